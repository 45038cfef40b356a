import type { ReportInput, ReportRun } from '../report-input.js';
import type { RunGroup } from './group-facts.js';
import type { BestFacts, MissingFact, MissingKind } from './types.js';

/** What a reader may look for in a report and not find, group by group, then of the report as a whole. */
export function missingFacts(
  input: ReportInput,
  groups: readonly RunGroup[],
  comparable: ReadonlySet<RunGroup>,
  best: BestFacts | undefined,
): MissingFact[] {
  const begun = new Set(groups.map(({ name }) => name));
  const planned = (input.planned ?? []).filter(({ group }) => !begun.has(group));
  const found: MissingFact[] = planned.map(({ group }) => ({
    kind: 'not-begun',
    group,
    runs: [],
    sentence: `${group} has not been trained yet.`,
  }));
  for (const group of groups) {
    for (const [kind, lacks, sentence] of RUN_CHECKS) {
      const runs = group.runs.filter(lacks).map(({ name }) => name);
      if (runs.length > 0) found.push({ kind, group: group.name, runs, sentence: sentence(listNames(runs)) });
    }
    if (!comparable.has(group)) {
      const runs = group.runs.map(({ name }) => name);
      found.push({
        kind: 'other-texts',
        group: group.name,
        runs,
        sentence: `${group.name} was measured on other texts, or reads them in another way: its nats per text are not compared with the others'.`,
      });
    }
  }
  if (
    groups.length > 0 &&
    groups.every(({ runs }) => runs.every(({ corpusReport }) => corpusReport === undefined))
  )
    found.push({
      kind: 'no-corpus-report',
      group: undefined,
      runs: [],
      sentence: 'No run has figures of its texts (corpus.json); letterpress analyse adds them.',
    });
  const hasTemperatures = groups.some(({ runs }) =>
    runs.some(({ temperatures }) => temperatures !== undefined),
  );
  if (input.kind !== 'comparison' && best !== undefined && !hasTemperatures)
    found.push({
      kind: 'no-temperatures',
      group: best.group,
      runs: [best.run],
      sentence: `No texts of ${best.run} were drawn at several temperatures.`,
    });
  return found;
}

type RunCheck = readonly [
  kind: MissingKind,
  lacks: (run: ReportRun) => boolean,
  sentence: (names: string) => string,
];

const ended = ({ results }: ReportRun) => results !== undefined;

/** A run that has not ended has no analysis yet, so that only its not having ended is worth a word. */
const RUN_CHECKS: readonly RunCheck[] = [
  [
    'no-epochs',
    (run) => run.metrics.length === 0,
    (names) => `${names}: no epoch has ended, so there is no curve.`,
  ],
  [
    'unfinished',
    (run) => !ended(run) && run.metrics.length > 0,
    (names) =>
      `${names}: training has not ended, so there are no test figures, and the curve is as far as it is.`,
  ],
  [
    'no-yardsticks',
    (run) => ended(run) && run.yardsticks === undefined,
    (names) =>
      `${names}: no simple models to hold it against (yardsticks.json); letterpress analyse adds them.`,
  ],
  [
    'no-sample-quality',
    (run) => ended(run) && run.sampleQualities === undefined,
    (names) =>
      `${names}: its samples were not measured (samples/quality.json); letterpress analyse does that.`,
  ],
  [
    'no-final-samples',
    (run) => ended(run) && run.finalSamples === undefined,
    (names) => `${names}: its final samples are missing (samples/final.txt).`,
  ],
  [
    'no-inspection',
    // Of a model whose numbers are none there is nothing to see, which its figures say already.
    (run) => ended(run) && run.inspection === undefined && Number.isFinite(run.results?.testNll),
    (names) =>
      `${names}: nothing of the model's inside was kept (inspection.json); letterpress analyse does that.`,
  ],
];

/** `a`, `a and b`, `a, b and c`. */
function listNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
