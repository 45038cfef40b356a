/** A training in a worker of the tab, which tells what belongs into its run directory. */
import type { Backend } from '../../src/backend/types.js';
import { fingerprintParts, type Splits } from '../../src/corpus/corpus.js';
import { LetterpressError } from '../../src/errors.js';
import { meanScores } from '../../src/model/evaluate.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { surpriseOf, watchedTexts } from '../../src/run-analysis/surprise.js';
import type { RunTexts } from '../../src/runs/run-texts.js';
import { decodeSafetensors } from '../../src/runs/safetensors.js';
import { checkpointMetaSchema, formatStep, parseFile, SCHEMA_VERSION, type RunConfig } from '../../src/runs/schema.js';
import { CHECKPOINT_META_KEY, encodeCheckpoint, encodeWeights } from '../../src/runs/weights-metadata.js';
import { encodeSplit } from '../../src/tokenizer/encode-split.js';
import { checkpointOf, namedTensors, progressOf, restoreTensors } from '../../src/train/checkpoint.js';
import { planTraining, refuseSetTwice, type PlanOptions } from '../../src/train/plan.js';
import { jsonOrWord } from '../../src/train/recipes/settings-by-path.js';
import { runConfigOf, runResultsOf, SAMPLE_COUNT } from '../../src/train/run-record.js';
import type { EpochReport, TrainEvent } from '../../src/train/train-events.js';
import { Trainer } from '../../src/train/trainer.js';
import type { Task, TrainingEnd, TrainingRequest, Written } from './tasks.js';

/** Milliseconds between lines of `steps.csv`. */
const TELL = 250;
const CHECKPOINT = 'the checkpoint';

/** Options that are not the planner's. */
const OTHERS: ReadonlySet<string> = new Set(['alphabet', 'limit', 'columns', 'seed', 'threads', 'lr', 'set']);

export function planOf({ options }: TrainingRequest, { tokenizer }: RunTexts) {
  const { lr, set } = options as { lr?: number; set?: string };
  const at = set?.indexOf('=') ?? -1;
  if (set !== undefined && at < 1)
    throw new LetterpressError('BAD_OPTION', `expected a path and a value, got ${set}`, 'E.g. training.batch=32.');
  const rest = Object.entries(options).filter(([name]) => !OTHERS.has(name));
  const asked: PlanOptions = {
    ...(Object.fromEntries(rest) as PlanOptions),
    learningRate: lr,
    ...(set === undefined ? {} : { set: { [set.slice(0, at).trim()]: jsonOrWord(set.slice(at + 1).trim()) } }),
  };
  refuseSetTwice(asked);
  return planTraining(asked, tokenizer.vocabularySize);
}

/**
 * Trains to the end, or until `signal` is aborted: as `letterpress train` on the same backend, to the bit.
 *
 * @param tell of what was written
 */
export async function train(
  { request, resumed }: Extract<Task, { name: 'train' }>,
  texts: RunTexts,
  backend: Backend,
  tell: (written: Written) => void,
  signal: AbortSignal,
): Promise<TrainingEnd> {
  const plan = planOf(request, texts);
  const seed = Number(request.options['seed'] ?? 0);
  const { splits, tokenizer, corpus } = texts;
  const config = resumed?.config ?? (await newConfig(request, plan, texts, backend, seed));
  const maxCharacters = plan.model.contextLength - 1;
  const encode = (split: keyof Splits) => encodeSplit(splits[split], tokenizer, { maxCharacters }).encoded;
  const [trained, val, test] = [encode('train'), encode('val'), encode('test')];
  const checkpoint = resumed && readCheckpoint(resumed.checkpoint);
  const trainer = new Trainer(
    new DecoderTransformer(plan.model, { seed, backend }),
    backend,
    plan.training,
    { train: trained, val, space: tokenizer.spaceToken },
    seed,
    checkpoint && progressOf(checkpoint, CHECKPOINT),
  );
  if (checkpoint !== undefined) restoreTensors(trainer, checkpoint, CHECKPOINT);
  const model = new LanguageModel(trainer.evaluated, tokenizer, backend, plan.training.padding);
  const sample = (): string[] => model.sample({ count: SAMPLE_COUNT, seed });
  const watched = watchedTexts(val);
  const before = Number(checkpoint?.meta['seconds'] ?? 0);
  const started = performance.now();
  const seconds = (): number => before + (performance.now() - started) / 1000;
  const describe = (report: EpochReport): Written => {
    const { epoch, best } = report;
    const weights = () => encodeWeights(config, namedTensors(trainer.evaluated.parameters), report);
    return {
      metrics: report,
      surprise: { epoch, texts: surpriseOf(model, watched) },
      ...(best ? { best: { epoch, samples: sample(), weights: weights() } } : {}),
    };
  };
  tell({ config });

  const because = await follow(trainer.run(signal), describe, seconds, tell);
  if (because === 'interrupted') {
    const { meta, tensors } = checkpointOf(trainer, seconds());
    return { checkpoint: encodeCheckpoint(config, meta, tensors) };
  }
  const hasModel = trainer.bestWeights.length > 0;
  if (hasModel) trainer.evaluated.parameters.values.set(trainer.bestWeights);
  const scores = hasModel ? meanScores(model.score(splits.test)) : undefined;
  const samples = hasModel ? sample() : undefined;
  const ending = { config, corpus, splits, test, because, scores, seconds: seconds() };
  return { results: runResultsOf(trainer, ending), samples };
}

/**
 * Tells of the steps and epochs of a training, and lets a message to stop it have its turn between them.
 *
 * @param describe what an epoch has made
 * @param seconds since the training began
 * @returns why it has ended
 */
async function follow(
  events: Iterable<TrainEvent>,
  describe: (report: EpochReport) => Written,
  seconds: () => number,
  tell: (written: Written) => void,
): Promise<Extract<TrainEvent, { kind: 'done' }>['because']> {
  let steps = '';
  let told = -Infinity;
  for (const event of events) {
    if (event.kind === 'step') steps += formatStep({ ...event.report, seconds: seconds() });
    if (event.kind === 'diverged' && event.report === undefined) {
      tell({ isUndone: true });
      steps = '';
    }
    if (performance.now() - told > TELL || event.kind === 'epoch' || event.kind === 'done') {
      if (steps !== '') tell({ steps });
      [steps, told] = ['', performance.now()];
      // Such a message would have no turn after scheduler.yield().
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (event.kind === 'epoch') tell(describe(event.report));
    if (event.kind === 'diverged' && event.report !== undefined) tell({ metrics: event.report });
    if (event.kind === 'done') return event.because;
  }
  throw new LetterpressError('INTERNAL', 'the training had no end');
}

async function newConfig(
  { version }: TrainingRequest,
  plan: ReturnType<typeof planOf>,
  texts: RunTexts,
  backend: Backend,
  seed: number,
): Promise<RunConfig> {
  return runConfigOf(plan, texts, backend, {
    schemaVersion: SCHEMA_VERSION,
    letterpress: version,
    createdAt: new Date().toISOString(),
    seed,
    node: 'none',
    platform: navigator.userAgent,
    fingerprint: await fingerprint(texts.splits),
  });
}

async function fingerprint(splits: Splits): Promise<string> {
  const bytes = await new Blob([...fingerprintParts(splits)]).arrayBuffer();
  if ((crypto as Partial<Crypto>).subtle === undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      'the browser gives this page no SHA-256, which a run directory has of its texts',
      'Serve the page by https, or from this machine (127.0.0.1).',
    );
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function readCheckpoint(bytes: Uint8Array) {
  const { tensors, metadata } = decodeSafetensors(bytes, CHECKPOINT);
  const meta: unknown = JSON.parse(metadata[CHECKPOINT_META_KEY] ?? '');
  return { tensors, meta: parseFile(checkpointMetaSchema, meta, CHECKPOINT) };
}
