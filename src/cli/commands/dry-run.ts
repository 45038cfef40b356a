import type { Backend } from '../../backend/types.js';
import type { Splits } from '../../corpus/corpus.js';
import { formatBytes, formatCount, formatDuration, formatPercent } from '../../format.js';
import { peakMemoryBytes } from '../../profile/memory.js';
import { MIN_STEPS, TrainingUnderTest, stepFigures } from '../../profile/measure-training.js';
import { encodeSplit } from '../../tokenizer/encode-split.js';
import { lostShare } from '../../tokenizer/report.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { TrainingPlan } from '../../train/plan.js';
import type { CliContext } from '../context.js';

/** Of measuring, after the warm-up. */
const SECONDS = 1;
/** A forward pass costs a third of a training step: the gradients of weights and of activations cost as much each. */
const FORWARD_SHARE = 1 / 3;

interface DryRun {
  readonly plan: TrainingPlan;
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
  readonly backend: Backend;
}

/** What a training would be, from a few measured steps. */
function measureDryRun({ plan, splits, tokenizer, backend }: DryRun) {
  const encode = (texts: readonly string[]) =>
    encodeSplit(texts, tokenizer, { maxCharacters: plan.model.contextLength - 1 });
  const train = encode(splits.train);
  const { training } = plan;
  const under = new TrainingUnderTest(plan, train.encoded, { maxSteps: 10 * MIN_STEPS, backend });
  const steps = under.steps(backend, { steps: undefined, seconds: SECONDS });
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const { secondsPerStep } = stepFigures(step.value);
  const stepsPerEpoch = Math.ceil(splits.train.length / training.batch);
  const validation = (FORWARD_SHARE * splits.val.length) / training.batch;
  const secondsPerEpoch = secondsPerStep * (stepsPerEpoch + validation);
  return {
    parameters: under.parameters,
    texts: { train: splits.train.length, val: splits.val.length, test: splits.test.length },
    alphabet: tokenizer.characters.length,
    /** Shares of the characters. */
    outsideAlphabet: {
      train: lostShare(train.report),
      val: lostShare(encode(splits.val).report),
      test: lostShare(encode(splits.test).report),
    },
    stepsPerEpoch,
    secondsPerEpoch,
    epochs: training.epochs,
    /** Up to the last epoch; early stopping may end it before. */
    seconds: secondsPerEpoch * training.epochs,
    peakMemoryBytes: peakMemoryBytes(),
    backend: backend.info.name,
    threads: backend.info.threads,
  };
}

/** Prints what a training would be, instead of training. */
export function printDryRun(of: DryRun, json: boolean, context: CliContext): void {
  const found = measureDryRun(of);
  if (json) {
    context.printJson(found);
    return;
  }
  const { texts, outsideAlphabet } = found;
  const rows: readonly (readonly [string, string])[] = [
    [
      'texts',
      `${formatCount(texts.train)} to train, ${formatCount(texts.val)} to validate, ${formatCount(texts.test)} to test`,
    ],
    ['outside the alphabet', `${formatPercent(outsideAlphabet.train)} of the training texts' characters`],
    ['parameters', formatCount(found.parameters)],
    ['an epoch', `${formatDuration(found.secondsPerEpoch)} (${formatCount(found.stepsPerEpoch)} steps)`],
    ['all epochs', `${formatDuration(found.seconds)} for ${formatCount(found.epochs)}, unless it is stopped early`],
    ['memory', formatBytes(found.peakMemoryBytes)],
  ];
  context.print(rows.map(([name, value]) => `${context.style.bold(name.padEnd(22))}${value}\n`).join(''));
}
