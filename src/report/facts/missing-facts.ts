import { listed } from '../../format.js';
import type { ReportInput, ReportRun } from '../input/report-input.js';
import { isImported, seesTargets, type RunGroup } from './run-groups.js';
import type { BestFacts, MissingFact, MissingKind, MixtureFacts } from './types.js';

export interface MissingContext {
  readonly comparable: ReadonlySet<RunGroup>;
  /** Groups with baselines, their own or another group's on the same texts. */
  readonly measured: ReadonlySet<RunGroup>;
  readonly best: BestFacts | undefined;
  readonly mixtures: readonly MixtureFacts[];
}

/** What a reader may look for in vain: groups, then what single runs lack, then what the whole report does. */
export function missingFacts(
  input: ReportInput,
  groups: readonly RunGroup[],
  { comparable, measured, best, mixtures }: MissingContext,
): MissingFact[] {
  const begun = new Set(groups.map(({ name }) => name));
  const planned = (input.planned ?? []).filter(({ group }) => !begun.has(group));
  const waiting = planned.filter(({ role }) => role !== 'ablation');
  const found: MissingFact[] = waiting.map(({ group }) => ({
    kind: 'not-begun',
    group,
    runs: [],
    sentence: `${group} has not been trained yet.`,
  }));
  for (const [kind, lacks, sentence] of RUN_CHECKS) {
    const concerned = groups.flatMap((group) =>
      group.runs.filter((run) => lacks(run, measured.has(group))).map(({ name }) => ({ group: group.name, name })),
    );
    if (concerned.length === 0) continue;
    const runs = concerned.map(({ name }) => name);
    const [group, ...others] = new Set(concerned.map((each) => each.group));
    found.push({
      kind,
      group: others.length === 0 ? group : undefined,
      runs,
      sentence: `${listed(runs)}: ${sentence}`,
    });
  }
  const add = (kind: MissingKind, sentence: string, group?: string, runs: readonly string[] = []) =>
    found.push({ kind, group, runs, sentence });
  for (const { name, runs } of groups.filter(seesTargets))
    add(
      'sees-targets',
      `${name} lacks the causal mask or the shift, so it sees what it predicts: its NLLs and accuracy are not those ` +
        'of a model of texts, and do not compare.',
      name,
      runs.map((run) => run.name),
    );
  for (const { name, runs } of groups.filter(
    (each) => !comparable.has(each) && !seesTargets(each) && !isImported(each),
  ))
    add(
      'other-texts',
      `${name} was measured on other texts, or encodes them differently: ` +
        "its nats per text are not compared with the others'.",
      name,
      runs.map((run) => run.name),
    );
  for (const { name } of mixtures.filter((each) => !each.comparable))
    add('other-texts', `${name} was measured on other texts than these runs.`);
  const all = groups.flatMap(({ runs }) => runs);
  if (!groups.every(isImported) && all.every(({ corpusReport }) => corpusReport === undefined))
    add('no-corpus-report', 'No run has figures of its texts (corpus.json); letterpress analyse adds them.');
  const unfinished = (input.ablations ?? []).filter(({ run }) => !ended(run)).map(({ run }) => run.name);
  const parts = [...unfinished, ...planned.flatMap(({ role, group }) => (role === 'ablation' ? group : []))];
  if (parts.length > 0) add('not-begun', `Parts taken away: the training of ${listed(parts)} has not ended.`);
  const isFew = ({ role }: { readonly role: string }) => role === 'few-texts';
  if (input.kind !== 'comparison' && !groups.some(isFew) && !planned.some(isFew))
    add(
      'not-begun',
      best === undefined && all.length > 0 && planned.length === 0 && all.every(ended)
        ? 'No model was trained on few texts: none has a finite validation NLL.'
        : 'No model has been trained on few texts yet.',
    );
  if (input.kind !== 'comparison' && best !== undefined && all.every(({ temperatures }) => temperatures === undefined))
    add('no-temperatures', `No texts of ${best.run} were sampled at several temperatures.`, best.group, [best.run]);
  return found;
}

type RunCheck = readonly [
  kind: MissingKind,
  lacks: (run: ReportRun, measured: boolean) => boolean,
  /** What follows the names of one or several runs and a colon. */
  sentence: string,
];

const ended = ({ results }: ReportRun) => results !== undefined;
/** Has a model, unless it diverged in its first epoch, as its figures say already. */
const endedWithModel = ({ results }: ReportRun) => results !== undefined && results.bestEpoch >= 0;

/** A run that has not ended has no analysis yet, which goes without saying. */
const RUN_CHECKS: readonly RunCheck[] = [
  [
    'no-epochs',
    isImported,
    'imported without its training, so there are no curve and no figures; letterpress evaluate measures it on texts.',
  ],
  ['no-epochs', (run) => !isImported(run) && run.metrics.length === 0, 'no epoch has ended, so there is no curve.'],
  [
    'unfinished',
    (run) => !ended(run) && run.metrics.length > 0,
    'training has not ended, so there are no test figures, and the curve is as far as it is.',
  ],
  [
    'no-baselines',
    (run, measured) => ended(run) && !measured,
    'no simple models to be compared with (baselines.json); letterpress analyse adds them.',
  ],
  [
    'no-sample-quality',
    (run) => endedWithModel(run) && run.sampleQualities === undefined,
    'the samples were not measured (samples/quality.json); letterpress analyse does that.',
  ],
  [
    'no-final-samples',
    (run) => endedWithModel(run) && run.finalSamples === undefined,
    'the final samples are missing (samples/final.txt).',
  ],
  [
    'no-inspection',
    // A diverged model has nothing to inspect, as its figures say already.
    (run) => ended(run) && run.inspection === undefined && Number.isFinite(run.results?.testNll),
    "nothing of the model's inside was kept (inspection.json); letterpress analyse does that.",
  ],
];
