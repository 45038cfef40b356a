import type {
  GroupFacts,
  MixtureFacts,
  ReportFacts,
  RunFacts,
  ShapeFacts,
  BaselineFacts,
} from '../../report/facts/types.js';
import type { ReportInput } from '../../report/input/report-input.js';
import { diagnosisWord, diagnosisWords } from '../../report/writing/group-text.js';
import { epochNumber, formatCount, formatDuration, formatNumber } from '../../format.js';
import type { RunConfig } from '../../runs/schema.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph, formatTable, right, titleOf, type Column } from '../terminal/table.js';

/** In place of an unknown figure. */
const UNKNOWN = '-';

/** The settings of the runs, a row each; those that all share stand once, above the table. */
export function runsTable({ groups }: ReportFacts, { runs: given }: ReportInput, style: Style): string {
  const planned = new Map(given.map(({ run }) => [run.name, run.config.training.epochs]));
  type Row = { readonly group: GroupFacts; readonly run: RunFacts };
  /** Columns with what they show; those that are `common` are left out where all rows show the same. */
  const columns: readonly (readonly [string | Column, (row: Row) => string, 'common'?])[] = [
    ['run', ({ run }) => run.name],
    ['recipe', ({ group }) => group.recipe, 'common'],
    [right('d-model × layers, heads'), ({ group: { shape } }) => (shape === undefined ? UNKNOWN : shapeOf(shape))],
    [right('parameters'), ({ group }) => known(group.parameters, formatCount)],
    [right('texts'), ({ group }) => formatCount(group.trainTexts), 'common'],
    ['padding', ({ group }) => group.padding, 'common'],
    ['precision', ({ group }) => group.precision, 'common'],
    [right('seed'), ({ run }) => String(run.seed), 'common'],
    [right('epochs'), ({ run }) => epochsOf(run, planned.get(run.name))],
    [right('time'), ({ run }) => known(run.figures.seconds, formatDuration)],
  ];
  const rows = groups.flatMap((group) => group.runs.map((run) => ({ group, run })));
  const isCommon = columns.map(([, show, common]) => common && rows.every((row) => show(row) === show(rows[0]!)));
  const own = columns.filter((_, c) => !isCommon[c]);
  const all = columns.filter((_, c) => isCommon[c]).map(([title, show]) => `${titleOf(title)} ${show(rows[0]!)}`);
  const table = formatTable(
    own.map(([title]) => title),
    rows.map((row) => own.map(([, show]) => show(row))),
    style,
  );
  return all.length === 0
    ? table
    : `${formatParagraph(`${rows.length > 1 ? 'all: ' : ''}${all.join(', ')}`, style)}\n${table}`;
}

/** The figures of the runs, and below those of the same texts their baselines. */
export function figuresTable({ groups }: ReportFacts, { runs: given }: ReportInput, style: Style): string {
  const corpusOf = new Map(given.map(({ group, run }) => [group, run.config.corpus]));
  const sets = new Map<string, GroupFacts[]>();
  for (const group of groups) {
    const texts = corpusOf.get(group.name)!.fingerprint;
    sets.set(texts, [...(sets.get(texts) ?? []), group]);
  }
  const titles = [...sets.values()].map(([first]) => textsOf(corpusOf.get(first!.name)!));
  const rows = [...sets].flatMap(([fingerprint, members], i) => {
    const { cleaning } = corpusOf.get(members[0]!.name)!;
    const isAlone = titles.filter((each) => each === titles[i]).length === 1;
    // Of texts that are counted alike: how they were cleaned, and what tells all others apart.
    const which = isAlone ? '' : ` (cleaning ${cleaning}, fingerprint ${fingerprint.slice(0, 8)})`;
    const title = sets.size < 2 ? [] : [...(i === 0 ? [] : [[]]), [`${titles[i]!}${which}`]];
    const baselines = members.find((group) => group.baselines !== undefined)?.baselines?.baselines ?? [];
    return [
      ...title,
      ...members.flatMap((group) => [...group.runs.map(runRow), ...meanRow(group)]),
      ...(baselines.length === 0 ? [] : [[]]),
      ...baselines.map(baselineRow),
    ];
  });
  const columns: (string | Column)[] = [
    'NLL in nats per text',
    right('val NLL'),
    right('test NLL'),
    { ...right('bits per character'), optional: true },
    right('accuracy'),
    right('top-1'),
    right('best epoch'),
    { title: 'training', optional: true },
  ];
  return formatTable(columns, rows, style);
}

/** `news, 300 / 40 / 50 texts` of training, validation and test. */
function textsOf({ name, sizes: { train, val, test } }: RunConfig['corpus']): string {
  return `${name}, ${[train, val, test].map((count) => formatCount(count)).join(' / ')} texts`;
}

/** The members and the figures of mixtures. */
export function mixturesTable(mixtures: readonly MixtureFacts[], style: Style): string {
  const rows = mixtures.map(({ name, members, valNll, crossValidatedNll, testNll, testTop1 }) => [
    name,
    members.map(({ label }) => label).join(' + '),
    known(valNll, formatNumber),
    known(crossValidatedNll, formatNumber),
    known(testNll, formatNumber),
    known(testTop1, (value) => formatNumber(value, 4)),
  ]);
  const columns = ['mixture', 'of', right('val NLL'), right('cross-validated'), right('test NLL'), right('top-1')];
  return formatTable(columns, rows, style);
}

function baselineRow(baseline: BaselineFacts): string[] {
  const { label, valNll, testNll, bitsPerCharacter, testAccuracy, testTop1 } = baseline;
  return [label, ...figureCells([valNll, testNll, bitsPerCharacter, testAccuracy, testTop1])];
}

const FIGURES = ['bestValNll', 'testNll', 'bitsPerCharacter', 'testAccuracy', 'testTop1'] as const;

function runRow({ name, figures, diagnosis }: RunFacts): string[] {
  const cells = figureCells(FIGURES.map((figure) => figures[figure]));
  return [
    name,
    ...cells,
    known(figures.bestEpoch, (epoch) => formatCount(epochNumber(epoch))),
    diagnosisWord(diagnosis),
  ];
}

/** The mean over a group's seeds, if there are several with figures. */
function meanRow({ name, figures, runs }: GroupFacts): string[][] {
  const { count } = figures.bestValNll;
  if (count < 2) return [];
  return [
    [
      `${name}, mean of ${count}`,
      ...figureCells(FIGURES.map((figure) => figures[figure].mean)),
      '',
      diagnosisWords({ runs }),
    ],
  ];
}

/** Validation and test NLL, bits per character, accuracy and top-1. */
function figureCells(values: readonly (number | undefined)[]): string[] {
  return values.map((value, i) => known(value, (one) => formatNumber(one, [2, 2, 3, 3, 4][i])));
}

/** `48 × 3, 4`: width, layers and heads. */
function shapeOf({ dModel, layers, heads }: ShapeFacts): string {
  return `${dModel} × ${layers}, ${heads}`;
}

/** Epochs that have ended, of those that are planned while more may come. */
function epochsOf({ figures, ended }: RunFacts, planned: number | undefined): string {
  const done = formatCount(figures.epochsRun ?? 0);
  return ended || planned === undefined ? done : `${done} of ${formatCount(planned)}`;
}

function known(value: number | undefined, format: (value: number) => string): string {
  return value === undefined || Number.isNaN(value) ? UNKNOWN : format(value);
}
