import type {
  FigureName,
  GroupFacts,
  MixtureFacts,
  ReportFacts,
  RunFacts,
  ShapeFacts,
  BaselineFacts,
} from '../../report/facts/types.js';
import type { ReportInput } from '../../report/input/report-input.js';
import { DIAGNOSIS_WORDS } from '../../report/writing/diagnosis-words.js';
import { formatCount, formatDuration, formatNumber } from '../../format.js';
import type { Style } from '../terminal/style.js';
import { formatTable, right, type Column } from '../terminal/table.js';

/** In place of an unknown figure. */
const UNKNOWN = '-';

/** The settings of the runs, a row each; those that all share stand once, above the table. */
export function runsTable(
  { groups }: ReportFacts,
  { runs: given }: ReportInput,
  { bold }: Pick<Style, 'bold'>,
): string {
  const planned = new Map(given.map(({ run }) => [run.name, run.config.training.epochs]));
  const rows = groups.flatMap(({ runs, ...group }) =>
    runs.map((run) => [
      run.name,
      group.recipe,
      group.shape === undefined ? UNKNOWN : shapeOf(group.shape),
      known(group.parameters, formatCount),
      formatCount(group.trainTexts),
      group.padding,
      group.precision,
      String(run.seed),
      epochsOf(run, planned.get(run.name)),
      known(run.figures.seconds, formatDuration),
    ]),
  );
  const columns: (Column & { readonly common?: true })[] = [
    { title: 'run' },
    { title: 'recipe', common: true },
    right('d-model × layers, heads'),
    right('parameters'),
    { ...right('texts'), common: true },
    { title: 'padding', common: true },
    { title: 'precision', common: true },
    { ...right('seed'), common: true },
    right('epochs'),
    right('time'),
  ];
  const isCommon = columns.map(
    ({ common }, c) => common === true && rows.length > 1 && rows.every((row) => row[c] === rows[0]![c]),
  );
  const all = columns.flatMap(({ title }, c) => (isCommon[c] ? `${title} ${rows[0]![c]!}` : []));
  const own = <T>(cells: readonly T[]): T[] => cells.filter((_, c) => !isCommon[c]);
  const table = formatTable(own(columns), rows.map(own), bold);
  return all.length === 0 ? table : `all: ${all.join(', ')}\n\n${table}`;
}

/** The figures of the runs, and below those of the same texts their baselines. */
export function figuresTable(
  { groups }: ReportFacts,
  { runs: given }: ReportInput,
  { bold }: Pick<Style, 'bold'>,
): string {
  const corpusOf = new Map(given.map(({ group, run }) => [group, run.config.corpus]));
  const sets = new Map<string, GroupFacts[]>();
  for (const group of groups) {
    const texts = corpusOf.get(group.name)!.fingerprint;
    sets.set(texts, [...(sets.get(texts) ?? []), group]);
  }
  const rows = [...sets.values()].flatMap((members, i) => {
    const { name, sizes } = corpusOf.get(members[0]!.name)!;
    const counts = [sizes.train, sizes.val, sizes.test].map((count) => formatCount(count)).join(' / ');
    const title = sets.size < 2 ? [] : [...(i === 0 ? [] : [[]]), [bold(`${name}, ${counts} texts`)]];
    const baselines = members.find((group) => group.baselines !== undefined)?.baselines?.baselines ?? [];
    return [
      ...title,
      ...members.flatMap((group) => [...group.runs.map(runRow), ...meanRow(group)]),
      ...(baselines.length === 0 ? [] : [[]]),
      ...baselines.map(baselineRow),
    ];
  });
  const columns = [
    { title: 'NLL in nats per text' },
    right('val NLL'),
    right('test NLL'),
    right('bits/character'),
    right('perplexity'),
    right('top-1'),
    right('best epoch'),
    { title: 'training' },
  ];
  return formatTable(columns, rows, bold);
}

/** The members and the figures of mixtures. */
export function mixturesTable(mixtures: readonly MixtureFacts[], { bold }: Pick<Style, 'bold'>): string {
  const rows = mixtures.map(({ name, members, valNll, crossValidatedNll, testNll, testTop1 }) => [
    name,
    members.map(({ label }) => label).join(' + '),
    known(valNll, formatNumber),
    known(crossValidatedNll, formatNumber),
    known(testNll, formatNumber),
    known(testTop1, (value) => formatNumber(value, 4)),
  ]);
  const columns = [
    { title: 'mixture' },
    { title: 'of' },
    right('val NLL'),
    right('cross-validated'),
    right('test NLL'),
    right('top-1'),
  ];
  return formatTable(columns, rows, bold);
}

function baselineRow(baseline: BaselineFacts): string[] {
  const { label, valNll, testNll, bitsPerCharacter, perplexityPerCharacter, testTop1 } = baseline;
  return [label, ...figureCells(valNll, testNll, bitsPerCharacter, perplexityPerCharacter, testTop1)];
}

function runRow({ name, figures, diagnosis }: RunFacts): string[] {
  const { bestValNll, testNll, bitsPerCharacter, perplexityPerCharacter, testTop1, bestEpoch } = figures;
  return [
    name,
    ...figureCells(bestValNll, testNll, bitsPerCharacter, perplexityPerCharacter, testTop1),
    known(bestEpoch, formatCount),
    DIAGNOSIS_WORDS[diagnosis.kind],
  ];
}

/** The mean over a group's seeds, if there are several with figures. */
function meanRow({ name, figures, diagnoses }: GroupFacts): string[][] {
  const { count } = figures.bestValNll;
  if (count < 2) return [];
  const mean = (figure: FigureName) => figures[figure].mean;
  const kinds = diagnoses.map(({ kind, runs }) => `${runs} ${DIAGNOSIS_WORDS[kind]}`).join(', ');
  return [
    [
      `${name}, mean of ${count}`,
      ...figureCells(
        mean('bestValNll'),
        mean('testNll'),
        mean('bitsPerCharacter'),
        mean('perplexityPerCharacter'),
        mean('testTop1'),
      ),
      '',
      kinds,
    ],
  ];
}

function figureCells(
  valNll: number | undefined,
  testNll: number | undefined,
  bitsPerCharacter: number | undefined,
  perplexity: number | undefined,
  top1: number | undefined,
): string[] {
  return [
    known(valNll, formatNumber),
    known(testNll, formatNumber),
    known(bitsPerCharacter, (value) => formatNumber(value, 3)),
    known(perplexity, (value) => formatNumber(value, 3)),
    known(top1, (value) => formatNumber(value, 4)),
  ];
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
