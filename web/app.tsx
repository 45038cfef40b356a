import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Problem } from './parts/parts.js';
import { hrefOf, route } from './route.js';
import { isLost, latest, problem, source } from './state.js';
import { CompareView } from './views/compare.js';
import { PlaygroundView, XrayView } from './views/model.js';
import { NoveltyView } from './views/novelty.js';
import { ReportView } from './views/report.js';
import { LatestView, RunView } from './views/run.js';
import { RunsView } from './views/runs.js';
import { StartView } from './views/start.js';

/** A view, and its place in the navigation. */
interface View {
  readonly title: string;
  readonly View: ComponentType<{ readonly id: string }>;
  /** Whether the navigation names it; others are reached from where they belong. */
  readonly isNamed?: true;
}

/** By the first part of the address. */
const VIEWS: Readonly<Record<string, View>> = {
  runs: { title: 'Runs', View: RunsView, isNamed: true },
  start: { title: 'New training', View: StartView, isNamed: true },
  run: { title: 'Run', View: RunView },
  playground: { title: 'Playground', View: PlaygroundView },
  xray: { title: 'X-ray', View: XrayView },
  novelty: { title: 'Novelty', View: NoveltyView },
  latest: { title: 'Latest run', View: LatestView },
  compare: { title: 'Comparison', View: CompareView },
  report: { title: 'Report', View: ReportView },
};

export function App() {
  const { view, id } = route.value;
  const known = Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined;
  const { title, View } = known ?? VIEWS['runs']!;
  const shown = view === 'latest' ? (latest.value?.id ?? '') : known === undefined ? '' : id;
  useEffect(() => {
    document.title = `${shown === '' ? '' : `${shown} · `}${title} – Letterpress studio`;
  }, [title, shown]);
  const isFirst = useRef(true);
  useEffect(() => {
    problem.value = undefined; // of the view before
    // Where one reads on, with the keyboard too.
    if (!isFirst.current) document.getElementById('main')?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [view, id]);
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to the page
      </a>
      <header class="top">
        <a class="brand" href={hrefOf('runs')}>
          Letterpress <span>studio</span>
        </a>
        <nav aria-label="Views">
          {Object.entries(VIEWS).map(([name, each]) =>
            each.isNamed ? (
              <a key={name} href={hrefOf(name)} aria-current={name === view ? 'page' : undefined}>
                {each.title}
              </a>
            ) : null,
          )}
          <LatestLink />
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {isLost.value ? (
          <p class="problem" role="status">
            The studio does not answer: what is shown may be old. Start it again, and open the address that it prints.
          </p>
        ) : null}
        <Problem error={problem.value} />
        {source.value === undefined ? <NoServer /> : <View key={`${view}/${id}`} id={id} />}
      </main>
    </>
  );
}

/** The address of the page holds the view, so the link must not change it. */
function focusMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** There from the start, so that nothing moves when the runs are known. */
function LatestLink() {
  return (
    <a href={hrefOf('latest')} aria-current={route.value.view === 'latest' ? 'page' : undefined}>
      Latest run
      {latest.value?.state === 'training' ? <span class="dot" role="img" aria-label="is being trained" /> : null}
    </a>
  );
}

function NoServer() {
  return (
    <p class="empty">
      No studio answers. Start it with <code>letterpress studio</code>, and open the address that it prints.
    </p>
  );
}
