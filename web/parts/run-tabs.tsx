import { hrefOf } from '../route.js';

/** Views of a run by the first part of their address. */
const TABS = { run: 'Training', playground: 'Playground', xray: 'X-ray', novelty: 'Novelty' } as const;

interface RunTabsProps {
  readonly id: string;
  readonly current: keyof typeof TABS;
}

export function RunTabs({ id, current }: RunTabsProps) {
  return (
    <nav class="tabs" aria-label="Views of the run">
      {Object.entries(TABS).map(([view, title]) => (
        <a key={view} href={hrefOf(view, id)} aria-current={view === current ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
