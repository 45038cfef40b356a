import type { Backend } from '../backend/types.js';
import { eachSplit, type Splits } from '../corpus/corpus.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import { lostShare } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { TrainingPlan } from '../train/plan.js';
import { teacherTexts } from '../train/epoch-texts.js';
import { MIN_STEPS, stepFigures, TrainingUnderTest } from './measure-training.js';

/** Of measuring, after the warm-up. */
const SECONDS = 1;
/** A forward pass costs a third of a training step: the gradients of weights and of activations cost as much each. */
const FORWARD_SHARE = 1 / 3;

export interface DryRunParts {
  readonly plan: TrainingPlan;
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
  readonly backend: Backend;
  /** Whether there is a distillation set to train on as well: a step on its texts costs what one on others does. */
  readonly distilled?: boolean;
}

/** What a training would be. */
export interface DryRunFigures {
  readonly parameters: number;
  readonly texts: Readonly<Record<keyof Splits, number>>;
  readonly alphabet: number;
  /** Shares of the characters. */
  readonly outsideAlphabet: Readonly<Record<keyof Splits, number>>;
  readonly stepsPerEpoch: number;
  readonly secondsPerEpoch: number;
  readonly epochs: number;
  /** Up to the last epoch; early stopping may end it before. */
  readonly seconds: number;
  readonly backend: string;
  readonly threads: number;
}

/** Measures a few steps, and yields after each. */
export function* measureDryRun(parts: DryRunParts): Generator<number, DryRunFigures> {
  const { plan, splits, tokenizer, backend, distilled = false } = parts;
  const encode = (texts: readonly string[]) =>
    encodeSplit(texts, tokenizer, { maxCharacters: plan.model.contextLength - 1 });
  const train = encode(splits.train);
  const { distillationSet: use } = plan.training;
  const count = train.encoded.length + (distilled ? teacherTexts(train.encoded.length, use?.fraction ?? 0) : 0);
  // Where there are fewer texts than a batch takes, a step trains on all of them, once.
  const batch = Math.min(plan.training.batch, count);
  const training = { ...plan.training, batch, distillationSet: distilled ? null : use };
  const under = new TrainingUnderTest({ ...plan, training }, train.encoded, { maxSteps: 10 * MIN_STEPS, backend });
  const measured = yield* under.steps(backend, { steps: undefined, seconds: SECONDS });
  const { secondsPerStep } = stepFigures(measured);
  const stepsPerEpoch = Math.ceil(count / batch);
  const validation = (FORWARD_SHARE * splits.val.length) / batch;
  const secondsPerEpoch = secondsPerStep * (stepsPerEpoch + validation);
  return {
    parameters: under.parameters,
    texts: eachSplit((split) => splits[split].length),
    alphabet: tokenizer.characters.length,
    outsideAlphabet: {
      train: lostShare(train.report),
      val: lostShare(encode(splits.val).report),
      test: lostShare(encode(splits.test).report),
    },
    stepsPerEpoch,
    secondsPerEpoch,
    epochs: training.epochs,
    seconds: secondsPerEpoch * training.epochs,
    backend: backend.info.name,
    threads: backend.info.threads,
  };
}
