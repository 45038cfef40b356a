import type { ComponentChildren } from 'preact';
import { LetterpressError } from '../../src/errors.js';
import { SourceError } from '../data/source-error.js';
import { visible } from '../format.js';
import { hrefOf } from '../route.js';

/** What went wrong, and what to do: an error, or a text. */
export function Problem({ error }: { readonly error: unknown }) {
  if (error === undefined) return null;
  return (
    <p class="problem" role="alert">
      {typeof error === 'string'
        ? visible(error)
        : error instanceof LetterpressError || error instanceof SourceError
          ? `${error.message}. ${error.fix}`
          : error instanceof Error
            ? error.message
            : 'The model cannot be opened.'}
    </p>
  );
}

interface ActionButtonProps {
  readonly isBusy: boolean;
  readonly isPrimary?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** A button that does nothing while what it has begun is under way. Not disabled, which would lose the focus. */
export function ActionButton({ isBusy, isPrimary = false, onClick, children }: ActionButtonProps) {
  return (
    <button
      type="button"
      class={`${isPrimary ? 'primary' : ''} ${isBusy ? 'busy' : ''}`}
      aria-disabled={isBusy}
      onClick={() => {
        if (!isBusy) onClick();
      }}
    >
      {children}
    </button>
  );
}

/** Nats at which a character is as dark as it gets: one in four hundred. */
const MAX_SURPRISE = 6;

/** Ground of a character that cost so many nats. */
export function heatOf(nll: number): string {
  return `rgba(var(--heat), ${(0.6 * Math.min(1, nll / MAX_SURPRISE)).toFixed(3)})`;
}

/** Heading of a view of a folder. */
export function Name({ id }: { readonly id: string }) {
  return (
    <h1>
      <bdi>{visible(id)}</bdi>
    </h1>
  );
}

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

/** Heading of a view of a run's model. */
export function RunHead({ id, current }: RunTabsProps) {
  return (
    <div class="head">
      <Name id={id} />
      <RunTabs id={id} current={current} />
    </div>
  );
}

interface TilesProps {
  readonly tiles: readonly (readonly [name: string, value: string, unit: string])[];
}

export function Tiles({ tiles }: TilesProps) {
  return (
    <dl class="tiles">
      {tiles.map(([name, value, unit]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} <small>{unit}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface SamplesProps {
  readonly kind: string;
  readonly texts: readonly string[];
}

/** Texts that a model wrote. */
export function Samples({ kind, texts }: SamplesProps) {
  return (
    <ol class={kind}>
      {texts.map((text, i) => (
        <li key={i}>
          <bdi>{text === '' ? '(empty)' : visible(text)}</bdi>
        </li>
      ))}
    </ol>
  );
}
