import { describeComparison } from '../../statistics/compare-groups.js';
import { isMixture } from '../../runs/artifact-folder.js';
import { diagnosedAs, namedSettings } from '../../report/writing/group-text.js';
import { computeFacts } from '../../report/facts/compute-facts.js';
import { mixtureFacts } from '../../report/facts/baseline-facts.js';
import type { ComparisonFacts, Difference, MissingKind, MixtureFacts, ReportFacts } from '../../report/facts/types.js';
import { listed } from '../../format.js';
import { readMixtures } from '../../report/input/read-runs.js';
import { readRunsOrStudy } from '../../study/read-study.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { formatParagraph } from '../terminal/table.js';
import { describeOverlap } from '../texts/notices.js';
import { figuresTable, mixturesTable, runsTable } from '../views/comparison.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('<run...>', 'run directories, mixtures, studies, or folders with runs in them')
    .description(
      'Print the settings and the figures of runs, baselines on the same texts, and which differences are ' +
        'significant. Runs that differ only in their seeds are averaged. Nothing is measured: it is all in the runs, ' +
        'which may be unfinished.',
    )
    .option('--json', 'one JSON document')
    .action((paths, { json = false }) => {
      // Mixtures alone are compared too; no paths at all are refused by commander.
      if (paths.every(isMixture)) compareMixtures(paths, json, context);
      else compareRuns(paths, json, context);
    });
  addExamples(command, [
    ['letterpress compare runs/gazette-modern-48x3', 'one run and its baselines'],
    ['letterpress compare runs', 'all runs and mixtures in a folder'],
    ['letterpress compare studies/news', 'the runs of a study, finished or not'],
    ['letterpress compare runs/small-seed0 runs/small-seed1 runs/large --json', 'for a program'],
  ]);
};

function compareMixtures(paths: readonly string[], json: boolean, context: CliContext): void {
  const read = readMixtures(paths);
  const fingerprints = new Set(read.map(({ corpus }) => corpus.fingerprint));
  const mixtures = mixtureFacts(read, fingerprints);
  if (json) context.printJson({ mixtures: mixtures.map(mixtureAsJson) });
  else context.print(mixturesTable(mixtures, context.style));
}

function compareRuns(paths: readonly string[], json: boolean, context: CliContext): void {
  const input = readRunsOrStudy(paths);
  const facts = computeFacts(input);
  const { mixtures } = facts;
  const said = {
    comparisons: comparisonsOf(facts),
    notes: [...facts.missing.filter(({ kind }) => NOTED.has(kind)), ...overlapOf(facts)],
  };
  if (json) {
    context.printJson({
      title: input.title,
      kind: input.kind,
      ...figuresAsJson(facts),
      mixtures: mixtures.map(mixtureAsJson),
      ...said,
    });
    return;
  }
  const { style } = context;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? ''
      : `\n${style.bold(title)}\n${lines.map((line) => formatParagraph(`  ${line}`, style, 4)).join('')}`;
  context.print(
    `${runsTable(facts, input, style)}\n${figuresTable(facts, input, style)}` +
      (mixtures.length === 0 ? '' : `\n${mixturesTable(mixtures, style)}`) +
      section(
        'What the curves show',
        facts.groups.flatMap(({ runs }) => runs.map(diagnosedAs)),
      ) +
      section(
        'What the test figures show',
        said.comparisons.map(({ sentence }) => sentence),
      ) +
      section(
        'Notes',
        said.notes.map(({ sentence }) => sentence),
      ),
  );
}

function mixtureAsJson(mixture: MixtureFacts): object {
  const { name, runs, ngramOrder, kind, valNll, crossValidatedNll, testNll, testTop1 } = mixture;
  return { name, runs, ngram: ngramOrder, mixing: kind, valNll, crossValidatedNll, testNll, testTop1 };
}

/** Texts of validation and test that are in training make every run look better than it is. */
function overlapOf({ data: { name, report } }: ReportFacts): { readonly kind: 'overlap'; readonly sentence: string }[] {
  const sentence = report && describeOverlap(report.splits);
  return sentence === undefined ? [] : [{ kind: 'overlap', sentence: `${sentence} of ${name}.` }];
}

/** Missing parts that a comparison would have shown. */
const NOTED: ReadonlySet<MissingKind> = new Set([
  'not-begun',
  'unfinished',
  'no-epochs',
  'other-texts',
  'sees-targets',
  'no-baselines',
]);

const DIFFERENCES: Readonly<Record<Difference, string>> = {
  size: 'size',
  texts: 'training texts',
  padding: 'padding',
  recipe: 'recipe',
  precision: 'precision',
  epochs: 'planned epochs',
  settings: 'other settings',
};

/** Each pair of groups, once: by test NLL, or by validation NLL where one of them is unfinished. */
function comparisonsOf(facts: ReportFacts) {
  const pairs = new Map<string, ReturnType<typeof describePair>>();
  for (const comparison of facts.comparisons) {
    const { first, second } = comparison;
    const key = JSON.stringify([first, second].sort());
    if (!pairs.has(key)) pairs.set(key, describePair(comparison));
  }
  return [...pairs.values()];
}

/** @param isSwapped whether the sentence before names the second first */
function differencesInWords({ differs, settings }: ComparisonFacts, isSwapped: boolean): string {
  if (differs.length === 0) return 'Their settings are the same.';
  const inOrder = isSwapped ? settings.map((each) => ({ ...each, first: each.second, second: each.first })) : settings;
  return `They differ in ${listed(differs.map((each) => DIFFERENCES[each]))}${namedSettings(inOrder)}.`;
}

function describePair(comparison: ComparisonFacts) {
  const { first, second, differs, settings, testNll, bestValNll } = comparison;
  const figure = testNll.basis === 'nothing' && bestValNll.basis !== 'nothing' ? 'bestValNll' : 'testNll';
  const found = figure === 'testNll' ? testNll : bestValNll;
  const name = figure === 'testNll' ? 'test NLL' : 'lowest validation NLL';
  return {
    first,
    second,
    differs,
    settings,
    figure,
    basis: found.basis,
    difference: found.difference,
    low: found.interval.low,
    high: found.interval.high,
    // Absent where the difference is not significant.
    better: found.better && found[found.better].name,
    sentence:
      `${describeComparison(found, { name, unit: 'nats per text', decimals: 2 })} ` +
      `(${differencesInWords(comparison, found.better === 'second')})`,
  };
}

/** The figures of `--json`; what is not known is null or absent. */
function figuresAsJson({ groups }: ReportFacts): object {
  return {
    groups: groups.map(({ name, runs, figures, ...group }) => ({
      name,
      runs: runs.map((run) => run.name),
      parameters: group.parameters,
      recipe: group.recipe,
      shape: group.shape,
      padding: group.padding,
      precision: group.precision,
      trainTexts: group.trainTexts,
      comparable: group.comparable,
      figures: Object.fromEntries(
        Object.entries(figures).map(([figure, { mean, standardDeviation, low, high, count }]) => [
          figure,
          { mean, standardDeviation, low, high, count },
        ]),
      ),
      baselines: group.baselines?.baselines,
    })),
    runs: groups.flatMap(({ name: group, runs }) =>
      runs.map(({ name, seed, ended, stoppedBecause, figures, diagnosis: { kind, sentences } }) => ({
        name,
        group,
        seed,
        ended,
        stoppedBecause,
        ...figures,
        diagnosis: { kind, sentences },
      })),
    ),
  };
}
