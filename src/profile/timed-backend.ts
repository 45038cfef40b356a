import type { Backend } from '../backend/types.js';
import { OPERATION_WORK, type OperationName, type Work } from './operation-work.js';

/** What the calls of one operation at one shape came to. */
export interface OperationTotal {
  readonly operation: OperationName;
  /** Sizes that tell it from other calls of the operation, e.g. `48→864`; may be empty. */
  readonly shape: string;
  calls: number;
  seconds: number;
  /** Sums of {@link Work}. */
  flops: number;
  bytes: number;
}

/** A backend that keeps account of what runs on it. */
export interface TimedBackend {
  readonly backend: Backend;
  /** The account, in the order in which operations were first called. */
  totals(): OperationTotal[];
  /** Begins a new account. */
  reset(): void;
}

/**
 * Wraps a backend: every operation runs as before, with a clock around it. That costs about a microsecond a call, so
 * speeds as such should be measured without it, and it tells only where the time of a step goes.
 *
 * @param clock milliseconds; another than `performance.now` is for tests
 */
export function timedBackend(backend: Backend, clock: () => number = () => performance.now()): TimedBackend {
  let totals = new Map<string, OperationTotal>();

  const account = (operation: OperationName, { shape, flops, bytes }: Work, seconds: number) => {
    const key = `${operation} ${shape}`;
    let total = totals.get(key);
    if (!total) totals.set(key, (total = { operation, shape, calls: 0, seconds: 0, flops: 0, bytes: 0 }));
    total.calls++;
    total.seconds += seconds;
    total.flops += flops;
    total.bytes += bytes;
  };

  const timed =
    <Args extends readonly unknown[], Result>(
      operation: OperationName,
      run: (...args: Args) => Result,
      workOf: (...args: Args) => Work,
    ) =>
    (...args: Args): Result => {
      const start = clock();
      const result = run(...args);
      const seconds = (clock() - start) / 1000;
      account(operation, workOf(...args), seconds);
      return result;
    };

  const work = OPERATION_WORK;
  return {
    backend: {
      info: backend.info,
      embed: timed('embed', (a) => backend.embed(a), work.embed),
      embedGradient: timed('embedGradient', (a) => backend.embedGradient(a), work.embedGradient),
      linear: timed('linear', (a) => backend.linear(a), work.linear),
      linearGradient: timed('linearGradient', (a) => backend.linearGradient(a), work.linearGradient),
      queryKeyNorm: timed('queryKeyNorm', (a) => backend.queryKeyNorm(a), work.queryKeyNorm),
      queryKeyNormGradient: timed(
        'queryKeyNormGradient',
        (a) => backend.queryKeyNormGradient(a),
        work.queryKeyNormGradient,
      ),
      rotary: timed('rotary', (a) => backend.rotary(a), work.rotary),
      rotaryGradient: timed('rotaryGradient', (a) => backend.rotaryGradient(a), work.rotaryGradient),
      attention: timed('attention', (a) => backend.attention(a), work.attention),
      attentionGradient: timed('attentionGradient', (a) => backend.attentionGradient(a), work.attentionGradient),
      cachedAttention: timed('cachedAttention', (a) => backend.cachedAttention(a), work.cachedAttention),
      cachedInputAttention: timed(
        'cachedInputAttention',
        (a) => backend.cachedInputAttention(a),
        work.cachedInputAttention,
      ),
      add: timed('add', (a) => backend.add(a), work.add),
      addGradient: timed('addGradient', (a) => backend.addGradient(a), work.addGradient),
      addLayerNorm: timed('addLayerNorm', (a) => backend.addLayerNorm(a), work.addLayerNorm),
      addLayerNormGradient: timed(
        'addLayerNormGradient',
        (a) => backend.addLayerNormGradient(a),
        work.addLayerNormGradient,
      ),
      swiglu: timed('swiglu', (a) => backend.swiglu(a), work.swiglu),
      swigluGradient: timed('swigluGradient', (a) => backend.swigluGradient(a), work.swigluGradient),
      mlp: timed('mlp', (a) => backend.mlp(a), work.mlp),
      mlpGradient: timed('mlpGradient', (a) => backend.mlpGradient(a), work.mlpGradient),
      crossEntropy: timed('crossEntropy', (a) => backend.crossEntropy(a), work.crossEntropy),
      crossEntropyGradient: timed(
        'crossEntropyGradient',
        (a) => backend.crossEntropyGradient(a),
        work.crossEntropyGradient,
      ),
      logSoftmax: timed('logSoftmax', (a) => backend.logSoftmax(a), work.logSoftmax),
      weightedSum: timed('weightedSum', (a) => backend.weightedSum(a), work.weightedSum),
      adamW: timed('adamW', (a) => backend.adamW(a), work.adamW),
      sumOfSquares: timed('sumOfSquares', (x, length) => backend.sumOfSquares(x, length), work.sumOfSquares),
    },
    totals: () => [...totals.values()],
    reset: () => void (totals = new Map()),
  };
}
