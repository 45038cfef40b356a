import { computed } from '@preact/signals';
import type { RunRow } from '../../src/studio/api.js';
import { ago, counted, duration, number, percent, visible, whole } from '../format.js';
import { list, runs, source } from '../state.js';
import { hrefOf, query, setQuery } from '../route.js';
import { OtherFolders } from './others.js';

interface Column {
  readonly key: string;
  readonly title: string;
  readonly of: (run: RunRow) => number | string | undefined;
  readonly show?: (run: RunRow) => string;
  /** Whether the lowest or the highest is the best. */
  readonly best?: 'low' | 'high';
}

const COLUMNS: readonly Column[] = [
  { key: 'corpus', title: 'Corpus', of: (run) => run.corpus },
  { key: 'parameters', title: 'Parameters', of: (run) => run.parameters, show: (run) => whole(run.parameters) },
  { key: 'shape', title: 'Shape', of: (run) => run.shape, show: (run) => run.shape?.replaceAll(' ', '') ?? '–' },
  { key: 'recipe', title: 'Recipe', of: (run) => run.recipe },
  { key: 'epochs', title: 'Epochs', of: (run) => run.epochs, show: epochsOf },
  {
    key: 'bestValNll',
    title: 'Val NLL',
    of: (run) => run.bestValNll,
    show: (run) => number(run.bestValNll),
    best: 'low',
  },
  { key: 'testNll', title: 'Test NLL', of: (run) => run.testNll, show: (run) => number(run.testNll), best: 'low' },
  { key: 'accuracy', title: 'Accuracy', of: (run) => run.accuracy, show: (run) => percent(run.accuracy), best: 'high' },
  {
    key: 'bits',
    title: 'Bits/char',
    of: (run) => run.bitsPerCharacter,
    show: (run) => number(run.bitsPerCharacter, 3),
    best: 'low',
  },
  { key: 'speed', title: 'Chars/s', of: (run) => run.speed, show: (run) => whole(run.speed && Math.round(run.speed)) },
  { key: 'seconds', title: 'Time', of: (run) => run.seconds, show: (run) => duration(run.seconds) },
  { key: 'changed', title: 'Changed', of: (run) => run.changedAt, show: (run) => ago(run.changedAt) },
];

const STATES = ['training', 'finished', 'interrupted', 'diverged', 'imported', 'damaged'] as const;

const filtered = computed(() => {
  const words = (query.value.get('filter') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const state = query.value.get('state');
  return runs.value.filter((run) => {
    const text = [run.id, run.corpus, run.recipe, run.shape, run.state].join(' ').toLowerCase();
    return (state === null || run.state === state) && words.every((word) => text.includes(word));
  });
});

const sorted = computed(() => {
  const [key = 'changed', order = 'descending'] = (query.value.get('sort') ?? '').split('.').filter(Boolean);
  const column = COLUMNS.find((each) => each.key === key);
  const of = column?.of ?? (key === 'state' ? (run: RunRow) => run.state : (run: RunRow) => run.id);
  const sign = order === 'ascending' ? 1 : -1;
  const rank = (value: number | string | undefined): value is undefined => value === undefined || Number.isNaN(value); // what is unknown comes last
  const sortedRuns = [...filtered.value].sort((a, b) => {
    const [x, y] = [of(a), of(b)];
    if (rank(x) || rank(y)) return Number(rank(x)) - Number(rank(y));
    return sign * (typeof x === 'string' ? x.localeCompare(String(y), 'en', { numeric: true }) : x - Number(y));
  });
  return { key, order, runs: sortedRuns };
});

const chosen = computed(() => new Set(query.value.getAll('run')));

export function RunsView() {
  const all = list.value;
  if (all === undefined) return <p class="empty">Reading the folder…</p>;
  if (all.runs.length === 0 && all.others.length === 0) return <NoRuns />;
  const { runs: rows } = sorted.value;
  return (
    <>
      <div class="head">
        <h1>Runs</h1>
        <div class="row">
          <label class="inline">
            Filter{' '}
            <input
              type="search"
              value={query.value.get('filter') ?? ''}
              placeholder="name, corpus, recipe"
              onInput={({ currentTarget }) => setQuery({ filter: currentTarget.value })}
            />
          </label>
          <label class="inline">
            State{' '}
            <select
              value={query.value.get('state') ?? ''}
              onChange={({ currentTarget }) => setQuery({ state: currentTarget.value })}
            >
              <option value="">all</option>
              {STATES.map((state) => (
                <option key={state}>{state}</option>
              ))}
            </select>
          </label>
        </div>
      </div>
      {all.isCut ? <p class="problem">There are too many folders to show all of their runs.</p> : null}
      <div class="scroll runs" tabIndex={0} role="region" aria-label="Table of runs">
        <table>
          <caption class="visually-hidden">Runs, with a column to choose those to compare</caption>
          <Headings />
          <tbody>
            {rows.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="small soft" role="status">
        {rows.length === 0
          ? `None of ${counted(runs.value.length, 'run')} is like that: change the filter or the state.`
          : `${whole(rows.length)} of ${counted(runs.value.length, 'run')}. NLL in nats per text; the best on each corpus is bold. Tick several runs to compare them.`}
      </p>
      <Chosen />
      <OtherFolders />
    </>
  );
}

function Headings() {
  const { key, order } = sorted.value;
  const heading = (name: string, title: string, kind = '') => (
    <th key={name} scope="col" class={kind} aria-sort={name === key ? (order as 'ascending') : 'none'}>
      <button
        type="button"
        onClick={() => {
          const now = sorted.peek(); // what is drawn may be older
          const isDescending = name === now.key && now.order !== 'ascending';
          setQuery({ sort: `${name}.${isDescending ? 'ascending' : 'descending'}` });
        }}
      >
        {title}
      </button>
    </th>
  );
  return (
    <thead>
      <tr>
        <th scope="col">
          <span class="visually-hidden">Compare</span>
        </th>
        {heading('name', 'Run', 'name')}
        {heading('state', 'State')}
        {COLUMNS.map(({ key: name, title, show }) => heading(name, title, show ? 'number' : ''))}
      </tr>
    </thead>
  );
}

/** The best of those on the same texts, where there are several; not of models that see what they predict. */
const bests = computed(() => {
  const best = new Map<string, number>();
  const comparable = filtered.value.filter(({ seesTargets }) => seesTargets !== true);
  for (const { corpus } of comparable)
    for (const { key, of, best: kind } of COLUMNS) {
      const some = comparable.filter((run) => run.corpus === corpus);
      const values = some.map(of).filter((value) => typeof value === 'number' && Number.isFinite(value));
      if (kind !== undefined && values.length > 1)
        best.set(`${key} ${corpus}`, (kind === 'low' ? Math.min : Math.max)(...(values as number[])));
    }
  return best;
});

const isBest = (run: RunRow, { key, of }: Column): boolean =>
  run.seesTargets !== true && bests.value.get(`${key} ${run.corpus}`) === of(run) && of(run) !== undefined;

function Row({ run }: { readonly run: RunRow }) {
  const nameAt = run.id.lastIndexOf('/') + 1;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare ${visible(run.id)}`}
          checked={chosen.value.has(run.id)}
          onChange={({ currentTarget }) => choose(run.id, currentTarget.checked)}
        />
      </td>
      <td class="name">
        <a href={hrefOf('run', run.id)} title={visible(run.id)}>
          <bdi>
            <span class="soft">{visible(run.id.slice(0, nameAt))}</span>
            {visible(run.id.slice(nameAt))}
          </bdi>
        </a>
        {run.seesTargets ? <small class="soft">sees what it predicts</small> : null}
      </td>
      <td>
        <span class={`chip ${run.state}`}>{run.state}</span>
      </td>
      {run.state === 'damaged' ? (
        <td class="name" colSpan={COLUMNS.length}>
          {visible(run.problem ?? '')}
        </td>
      ) : (
        COLUMNS.map((column) => (
          <td key={column.key} class={`${column.show ? 'number' : 'word'} ${isBest(run, column) ? 'best' : ''}`}>
            {column.show ? column.show(run) : visible(String(column.of(run) ?? '–'))}
          </td>
        ))
      )}
    </tr>
  );
}

function choose(id: string, isChosen: boolean): void {
  const ids = new Set(chosen.value);
  if (isChosen) ids.add(id);
  else ids.delete(id);
  setQuery({ run: [...ids] });
}

function Chosen() {
  const ids = [...chosen.value];
  if (ids.length === 0) return null;
  return (
    <div class="chosen card row" role="region" aria-label="Chosen runs">
      <span>{counted(ids.length, 'run')} chosen</span>
      <a class="button primary" href={hrefOf('compare', '', { run: ids })}>
        Compare
      </a>
      <button
        type="button"
        onClick={() => {
          // The button goes, and would take the focus with it.
          document.querySelector<HTMLElement>('.runs')?.focus();
          setQuery({ run: undefined });
        }}
      >
        Choose none
      </button>
    </div>
  );
}

function NoRuns() {
  return (
    <div class="empty">
      <h1>No runs yet</h1>
      <p>
        <a href={hrefOf('start')}>Train a first model</a>
        {source.value?.trainings?.kinds.includes('hub') === true ? (
          <>
            , or run <code>letterpress train</code> in this folder
          </>
        ) : null}
        .
      </p>
    </div>
  );
}

function epochsOf({ epochs, plannedEpochs = epochs }: RunRow): string {
  return epochs === plannedEpochs ? whole(epochs) : `${whole(epochs)} / ${whole(plannedEpochs)}`;
}
