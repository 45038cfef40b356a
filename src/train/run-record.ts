/** What a run's files say of a training. Safe for browsers. */
import type { Backend } from '../backend/types.js';
import { eachSplit, type Corpus, type ExactDistribution } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { bitsPerCharacter, type Evaluation } from '../model/evaluate.js';
import type { RunTexts } from '../runs/run-texts.js';
import { SCHEMA_VERSION, type RunConfig, type RunResults } from '../runs/schema.js';
import type { TrainingPlan } from './plan.js';
import type { Trainer } from './trainer.js';

/** Texts sampled after each best epoch, and at the end: docs/notebook.md, section 7. */
export const SAMPLE_COUNT = 64;

/** What a run takes of its {@link TrainingPlan}. */
export interface RunPlan extends Pick<TrainingPlan, 'model' | 'training'> {
  readonly recipe: Pick<TrainingPlan['recipe'], 'name' | 'version'>;
}

/** What config.json says of a backend. */
export function describeBackend({ info }: Pick<Backend, 'info'>): RunConfig['backend'] {
  const { name, instructionSet, threads, precision } = info;
  return { name, isa: instructionSet, threads, precision };
}

/** Instruction sets that differ only in how they multiply bfloat16: in float32 they give the same bits. */
const SAME_IN_FLOAT32: readonly string[] = ['avx512', 'avx512bf16', 'amx'];

function hasSameBits(a: RunConfig['backend'], b: RunConfig['backend']): boolean {
  if (a.name !== b.name) return false;
  // Older runs do not say which instruction set they used.
  if (a.isa === undefined || b.isa === undefined || a.isa === b.isa) return true;
  return a.precision !== 'bf16' && [a.isa, b.isa].every((isa) => SAME_IN_FLOAT32.includes(isa));
}

/**
 * Whether a backend gives the same bits as that of an interrupted run, or of a search: threads make no difference.
 *
 * @throws LetterpressError BAD_OPTION for another precision, and for another backend or instruction set unless
 *   `changeBackend` allows it
 */
export function checkSameBackend(
  before: RunConfig['backend'],
  backend: Pick<Backend, 'info'>,
  changeBackend: boolean,
): boolean {
  const now = describeBackend(backend);
  if (now.precision !== before.precision) {
    throw new LetterpressError(
      'BAD_OPTION',
      `the run began in ${before.precision}, but the backend computes in ${now.precision}`,
      `Choose the backend with precision '${before.precision}', or begin a new run.`,
    );
  }
  const isSame = hasSameBits(before, now);
  if (isSame || changeBackend) return isSame;
  const show = ({ name, isa }: RunConfig['backend']) => (isa === undefined ? name : `${name} (${isa})`);
  const same =
    now.name === before.name
      ? `Resume it with LETTERPRESS_ISA=${before.isa!}, on a processor that has it`
      : `Choose the backend ${before.name} (backend)`;
  throw new LetterpressError(
    'BAD_OPTION',
    `it began on the backend ${show(before)}, and would continue on ${show(now)}, which rounds differently`,
    `${same}; or allow the change, which its configuration then records (changeBackend).`,
  );
}

/** What of config.json depends on where a run is trained. */
type Made = Pick<
  RunConfig,
  'schemaVersion' | 'letterpress' | 'createdAt' | 'seed' | 'node' | 'platform' | 'distillationSet'
> & { readonly fingerprint: string };

/** config.json of a new run. */
export function runConfigOf(
  plan: RunPlan,
  { corpus, splits, tokenizer, columns, reading, limit, cleaning }: RunTexts,
  backend: Pick<Backend, 'info'>,
  { fingerprint, distillationSet, ...made }: Made,
): RunConfig {
  return {
    ...made,
    backend: describeBackend(backend),
    corpus: {
      name: corpus.name,
      kind: corpus.kind,
      path: corpus.path,
      config: corpus.config,
      columns: columns && [...columns],
      reading,
      fingerprint,
      sizes: eachSplit((split) => splits[split].length),
      limit,
      cleaning,
      pieces: corpus.pieces,
      entropy: corpus.exact?.entropy,
    },
    tokenizer: { ...tokenizer.toJSON() },
    model: { ...plan.model },
    recipe: { name: plan.recipe.name, version: plan.recipe.version },
    distillationSet,
    training: { ...plan.training },
  };
}

/**
 * How far from perfect a model is, in nats per text, where the true distribution of the texts is known.
 *
 * @param nll the model's mean NLL over `texts`
 */
export function exactFigures(
  exact: ExactDistribution,
  texts: readonly string[],
  nll: number,
): NonNullable<RunResults['exact']> {
  const grammarNll = texts.reduce((sum, text) => sum + exact.nll(text), 0) / texts.length;
  return { entropy: exact.entropy, grammarNll, excess: nll - grammarNll };
}

interface Ending {
  readonly config: RunConfig;
  readonly corpus: Corpus;
  readonly splits: RunTexts['splits'];
  /** Test texts as the model reads them. */
  readonly test: readonly ArrayLike<number>[];
  readonly because: RunResults['stoppedBecause'];
  /** Of the best model, if there is one. */
  readonly scores: Evaluation | undefined;
  readonly seconds: number;
}

/** results.json of a training that has ended. */
export function runResultsOf(
  { state, bestWeights, evaluated }: Trainer,
  { config, corpus, splits, test, because, scores, seconds }: Ending,
): RunResults {
  const hasModel = bestWeights.length > 0;
  const nll = scores?.nll ?? NaN;
  return {
    schemaVersion: SCHEMA_VERSION,
    bestEpoch: state.bestEpoch,
    bestValNll: hasModel ? state.bestValNll : NaN,
    valTop1: hasModel ? state.bestValTop1 : NaN,
    testNll: nll,
    testTop1: scores?.top1 ?? NaN,
    testAccuracy: scores?.accuracy,
    epochsRun: state.epoch + (because === 'diverged' ? 1 : 0),
    stoppedBecause: because,
    divergences: state.divergences.length === 0 ? undefined : state.divergences,
    parameters: evaluated.parameters.count,
    seconds,
    texts: config.corpus.sizes,
    exact: corpus.exact && exactFigures(corpus.exact, splits.test, nll),
    bitsPerCharacter: bitsPerCharacter(nll, test, evaluated.config.contextLength),
  };
}
