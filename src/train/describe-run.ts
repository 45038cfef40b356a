import { availableParallelism } from 'node:os';
import type { Backend } from '../backend/types.js';
import type { ExactDistribution } from '../corpus/corpus.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { LetterpressError } from '../errors.js';
import { newArtifact } from '../runs/artifact-folder.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { RunConfig, RunResults } from '../runs/schema.js';
import { inAlphabet, type DistillationSet } from './distillation/distillation-set.js';
import { readDistillationSet } from './distillation/distillation-set-folder.js';
import type { TrainingPlan } from './plan.js';

/** What a run takes of its {@link TrainingPlan}. */
export interface RunPlan extends Pick<TrainingPlan, 'model' | 'training'> {
  readonly recipe: Pick<TrainingPlan['recipe'], 'name' | 'version'>;
}

/** What config.json says of a backend. */
export function describeBackend({ info }: Pick<Backend, 'info'>): RunConfig['backend'] {
  const { name, instructionSet, threads, precision } = info;
  return { name, isa: instructionSet, threads, precision };
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
  // Older runs do not say which instruction set they used.
  const isSame = now.name === before.name && (before.isa === undefined || now.isa === before.isa);
  if (isSame || changeBackend) return isSame;
  const show = ({ name, isa }: RunConfig['backend']) => (isa === undefined ? name : `${name} (${isa})`);
  const same =
    now.name === before.name
      ? `Resume it on a processor with ${before.isa!}, with the variable LETTERPRESS_ISA unset`
      : `Choose the backend ${before.name} (backend)`;
  throw new LetterpressError(
    'BAD_OPTION',
    `it began on the backend ${show(before)}, and would continue on ${show(now)}, which rounds differently`,
    `${same}; or allow the change, which its configuration then records (changeBackend).`,
  );
}

/** config.json of a new run. */
export function describeRun(plan: RunPlan, texts: RunTexts, backend: Pick<Backend, 'info'>, seed: number): RunConfig {
  const { corpus, splits, tokenizer, distillationSet: path } = texts;
  return {
    ...newArtifact(),
    seed,
    node: process.version,
    platform: `${process.platform}-${process.arch}, ${availableParallelism()} cores`,
    backend: describeBackend(backend),
    corpus: {
      name: corpus.name,
      kind: corpus.kind,
      path: corpus.path,
      config: corpus.config,
      columns: texts.columns && [...texts.columns],
      reading: texts.reading,
      fingerprint: fingerprint({ splits }),
      sizes: { train: splits.train.length, val: splits.val.length, test: splits.test.length },
      limit: texts.limit,
      cleaning: texts.cleaning,
      pieces: corpus.pieces,
      entropy: corpus.exact?.entropy,
    },
    tokenizer: { ...tokenizer.toJSON() },
    model: { ...plan.model },
    recipe: { name: plan.recipe.name, version: plan.recipe.version },
    distillationSet: path === undefined ? undefined : { path, fingerprint: readDistillationSet(path).file.fingerprint },
    training: { ...plan.training },
  };
}

/**
 * The distillation set that config.json describes.
 *
 * @throws LetterpressError BAD_INPUT when it is missing, or another one, or has characters that the texts lack
 */
export function distillationSetOf(
  { distillationSet: described }: RunConfig,
  texts: RunTexts,
): DistillationSet | undefined {
  if (described === undefined) return undefined;
  const path = texts.distillationSet ?? described.path;
  const { file, distillationSet } = readDistillationSet(path);
  if (file.fingerprint === described.fingerprint) return inAlphabet(distillationSet, texts.tokenizer.characters);
  throw new LetterpressError(
    'BAD_INPUT',
    `the distillation set at ${path} is not the one that the run began with`,
    'Restore it, or begin a new run.',
  );
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
