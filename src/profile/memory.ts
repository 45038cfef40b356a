import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { LetterpressError } from '../errors.js';
import { hiddenWidthOf } from '../nn/config.js';
import { summarizeModel } from '../nn/summary.js';
import type { TrainingPlan } from '../train/plan.js';

/**
 * Bytes that a training takes at the least: weights, gradients and two moments, and the hidden layers of a batch where
 * they are stored, as SwiGLU's are.
 *
 * @param textTokens tokens of a text on average
 */
function leastTrainingBytes({ model, training }: Pick<TrainingPlan, 'model' | 'training'>, textTokens: number): number {
  const { contextLength, layers, activation } = model;
  const rows = training.batch * (training.padding === 'all' ? contextLength : Math.min(textTokens, contextLength));
  const hidden = activation === 'swiglu' ? 2 * rows * layers * hiddenWidthOf(model) : 0;
  return 4 * (4 * summarizeModel(model).parameters + hidden);
}

/** Tokens of a text on average: its characters and what begins or ends it. */
export function meanTokens(texts: readonly string[]): number {
  return 1 + texts.reduce((sum, { length }) => sum + length, 0) / Math.max(1, texts.length);
}

/**
 * @param memory bytes of this machine, or of the container
 * @throws LetterpressError BAD_OPTION for a training that cannot fit
 */
export function checkMemory(
  plan: Pick<TrainingPlan, 'model' | 'training'>,
  textTokens: number,
  memory = Math.min(totalmem(), process.constrainedMemory() || Infinity),
): void {
  const bytes = leastTrainingBytes(plan, textTokens);
  if (bytes <= memory) return;
  const gigabytes = (count: number): string => (count / 1e9).toFixed(count < 1e10 ? 1 : 0);
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a training that fits the memory of this machine, ${gigabytes(memory)} GB; ` +
      `this one takes ${gigabytes(bytes)} GB at least`,
    'Make the model smaller (dModel, layers, mlpRatio), or the batches (batch).',
  );
}

/**
 * Largest resident set of this process so far, in bytes. On Linux it is read from /proc, since `getrusage` also counts
 * the process that started this one.
 */
export function peakMemoryBytes(): number {
  return linuxPeak() ?? process.resourceUsage().maxRSS * 1024;
}

function linuxPeak(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Larger than the caches. */
const COPIED_FLOATS = 1 << 24;

/**
 * Bytes a second, reads and writes together, at which one thread copies a large array: the fastest of a few times.
 * Operations without products are compared with it.
 */
export function copyBandwidth(floats = COPIED_FLOATS, times = 8): number {
  const from = new Float32Array(floats).fill(1);
  const to = new Float32Array(floats).fill(2); // written first, so that its pages are allocated
  let best = 0;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    to.set(from);
    best = Math.max(best, (from.byteLength + to.byteLength) / ((performance.now() - start) / 1000));
  }
  return best;
}
