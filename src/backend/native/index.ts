import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { LetterpressError } from '../../errors.js';
import type { NativeAddon } from './addon.js';
import {
  paddedForCache,
  type Backend,
  type BackendInfo,
  type ComputePrecision,
  type Dropout,
  type FloatArray,
  type RotaryArgs,
} from '../types.js';

/**
 * Measures for about so many milliseconds (above 0, at most 60,000) how fast the inner loop of all matrix products runs
 * on numbers that stay in the nearest cache: floating-point operations a second, all threads together. No product can
 * be faster, so this is what the speed of a model is compared with. There is one of each precision, whichever the backend
 * computes in.
 */
export type MeasurePeak = (milliseconds: number, precision: ComputePrecision) => number;

/** The native backend, or why it cannot be had and what to do about it. */
export type NativeLoad =
  | {
      readonly ok: true;
      readonly backend: Backend;
      readonly instructionSets: readonly string[];
      readonly measurePeak: MeasurePeak;
    }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

// Both src/backend/ and dist/backend/ lie two folders below the package.
const BUILD = new URL('../../../native/build/', import.meta.url);

const MAX_THREADS = 256;

/** Of an embedding without positions: the largest integer that the addon takes. */
const ANY_WINDOW = 2 ** 31 - 1;

const REMEDY =
  "Install a C++ compiler (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), then run 'npm rebuild letterpress', or 'npm run build:native' in a clone of the project.";

/** Default number of threads: LETTERPRESS_THREADS, else all cores. */
export function defaultThreads(): number {
  const variable = process.env['LETTERPRESS_THREADS'];
  if (variable === undefined || variable === '') return Math.min(availableParallelism(), MAX_THREADS);
  return checkThreads(Number(variable), `in the variable LETTERPRESS_THREADS, got '${variable}'`);
}

function checkThreads(threads: number, came: string): number {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new LetterpressError('BAD_OPTION', `expected a number of threads from 1 to ${MAX_THREADS} ${came}`);
  }
  return threads;
}

/**
 * Loads native/build/letterpress.node, which the install step builds where there is a C++ compiler.
 *
 * @param threads 1 to 256
 * @param build the folder of letterpress.node; another than the package's own is for tests
 * @param precision of this backend alone: another in the same process may have the other
 * @throws LetterpressError BAD_OPTION when there cannot be that many threads, or when LETTERPRESS_ISA names an
 *   instruction set that is not available
 */
export function loadNative(threads = defaultThreads(), build = BUILD, precision: ComputePrecision = 'f32'): NativeLoad {
  checkThreads(threads, `got ${threads}`);
  const path = fileURLToPath(new URL('letterpress.node', build));
  if (!existsSync(path)) return { ok: false, why: whyNotBuilt(build), remedy: REMEDY };
  let addon: NativeAddon;
  try {
    addon = createRequire(import.meta.url)(path) as NativeAddon;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why: `${path} cannot be loaded: ${why}`, remedy: `Build it again: ${REMEDY}` };
  }
  const instructionSets = addon.instructionSets();
  const asked = process.env['LETTERPRESS_ISA'] ?? '';
  if (asked !== '' && !instructionSets.includes(asked)) {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected one of ${instructionSets.join(', ')} in the variable LETTERPRESS_ISA, got '${asked}'`,
      'Those are the instruction sets that this processor and this build have.',
    );
  }
  const instructionSet = asked || instructionSets[0] || 'baseline';
  addon.configure(instructionSet, threads);
  return {
    ok: true,
    backend: nativeBackend(addon, { name: 'native', instructionSet, threads, precision }),
    instructionSets,
    measurePeak: (milliseconds, of) => (of === 'bf16' ? addon.peakBf16(milliseconds) : addon.peak(milliseconds)),
  };
}

/** What the build script recorded, or that it never ran. */
function whyNotBuilt(build: URL): string {
  const record = new URL('build.json', build);
  if (!existsSync(record)) return 'it was not built (were install scripts turned off?)';
  try {
    const { failed } = JSON.parse(readFileSync(record, 'utf8')) as { failed?: string };
    if (failed) return failed;
  } catch {
    // A record that was cut off says as little as none.
  }
  return 'its build is incomplete';
}

function dropoutArgs(d: Dropout): [number, number, number, number] {
  return [d.rate, d.key0 >>> 0, d.key1 >>> 0, d.site >>> 0];
}

/** Positions that a table of angles has. */
function rotaryWindow({ table, headWidth }: RotaryArgs): number {
  return Math.floor(table.length / (2 * Math.floor(headWidth / 2)));
}

/** The operations that come in both precisions. */
type Products = Pick<NativeAddon, 'linear' | 'linearGradient' | 'mlp' | 'mlpGradient'>;

function products(addon: NativeAddon, precision: ComputePrecision): Products {
  if (precision === 'f32') return addon;
  return {
    linear: addon.linearBf16,
    linearGradient: addon.linearGradientBf16,
    mlp: addon.mlpBf16,
    mlpGradient: addon.mlpGradientBf16,
  };
}

/**
 * The backend contract on the addon: each operation is one crossing into C++, which checks every array's type and
 * length again.
 */
function nativeBackend(addon: NativeAddon, info: BackendInfo): Backend {
  const sizes = (width: number, tokenTable: FloatArray, positionTable: FloatArray | undefined) =>
    [
      Math.floor(tokenTable.length / width),
      positionTable ? Math.floor(positionTable.length / width) : ANY_WINDOW,
    ] as const;
  const { linear, linearGradient, mlp, mlpGradient } = products(addon, info.precision);
  return {
    info,
    embed(a) {
      const [vocabulary, contextLength] = sizes(a.width, a.tokenTable, a.positionTable);
      const dropout = dropoutArgs(a.dropout);
      addon.embed(
        a.rows,
        a.width,
        vocabulary,
        contextLength,
        a.tokens,
        a.positions,
        ...dropout,
        a.tokenTable,
        a.positionTable,
        a.out,
      );
    },
    embedGradient(a) {
      const [vocabulary, contextLength] = sizes(a.width, a.gradTokenTable, a.gradPositionTable);
      const dropout = dropoutArgs(a.dropout);
      addon.embedGradient(
        a.rows,
        a.width,
        vocabulary,
        contextLength,
        a.tokens,
        a.positions,
        ...dropout,
        a.gradOut,
        a.gradTokenTable,
        a.gradPositionTable,
      );
    },
    linear(a) {
      linear(a.rows, a.inputs, a.outputs, a.x, a.weight, a.bias, a.out);
    },
    linearGradient(a) {
      linearGradient(a.rows, a.inputs, a.outputs, a.x, a.weight, a.gradOut, a.gradX, a.gradWeight, a.gradBias);
    },
    queryKeyNorm(a) {
      addon.queryKeyNorm(a.rows, a.heads, a.headWidth, a.qkv, a.keyWeight, a.queryWeight, a.out);
    },
    queryKeyNormGradient(a) {
      addon.queryKeyNormGradient(
        a.rows,
        a.heads,
        a.headWidth,
        a.qkv,
        a.keyWeight,
        a.queryWeight,
        a.gradOut,
        a.gradQkv,
        a.gradKeyWeight,
        a.gradQueryWeight,
      );
    },
    rotary(a) {
      addon.rotary(a.rows, a.heads, a.headWidth, rotaryWindow(a), a.positions, a.table, a.qkv);
    },
    rotaryGradient(a) {
      addon.rotaryGradient(a.rows, a.heads, a.headWidth, rotaryWindow(a), a.positions, a.table, a.gradQkv);
    },
    attention(a) {
      addon.attention(
        a.rows,
        a.heads,
        a.headWidth,
        a.offsets.length - 1,
        a.offsets,
        a.qkv,
        ...dropoutArgs(a.dropout),
        a.out,
      );
    },
    attentionGradient(a) {
      addon.attentionGradient(
        a.rows,
        a.heads,
        a.headWidth,
        a.offsets.length - 1,
        a.offsets,
        a.qkv,
        ...dropoutArgs(a.dropout),
        a.gradOut,
        a.gradQkv,
      );
    },
    cachedAttention(a) {
      const slots = Math.floor(a.keys.length / (paddedForCache(a.contextLength) * a.heads * a.headWidth));
      addon.cachedAttention(
        a.rows,
        a.heads,
        a.headWidth,
        a.contextLength,
        slots,
        a.scale,
        a.slots,
        a.positions,
        a.queryStride,
        a.queries,
        a.newStride,
        a.newKeys,
        a.newValues,
        a.keys,
        a.values,
        a.out,
      );
    },
    cachedInputAttention(a) {
      const slots = Math.floor(a.cache.length / (a.contextLength * a.width));
      addon.cachedInputAttention(
        a.rows,
        a.heads,
        a.width,
        a.contextLength,
        slots,
        a.scale,
        a.slots,
        a.positions,
        a.queries,
        a.inputs,
        a.cache,
        a.out,
      );
    },
    add(a) {
      addon.add(a.length, a.x, a.update, ...dropoutArgs(a.dropout), a.out);
    },
    addGradient(a) {
      addon.addGradient(a.length, ...dropoutArgs(a.dropout), a.gradOut, a.gradX, a.gradUpdate);
    },
    addLayerNorm(a) {
      addon.addLayerNorm(a.rows, a.width, a.x, a.update, ...dropoutArgs(a.dropout), a.weight, a.bias, a.out);
    },
    addLayerNormGradient(a) {
      addon.addLayerNormGradient(
        a.rows,
        a.width,
        a.x,
        a.update,
        ...dropoutArgs(a.dropout),
        a.weight,
        a.gradOut,
        a.gradX,
        a.gradUpdate,
        a.gradWeight,
        a.gradBias,
      );
    },
    swiglu(a) {
      addon.swiglu(a.rows, a.hidden, a.x, a.out);
    },
    swigluGradient(a) {
      addon.swigluGradient(a.rows, a.hidden, a.x, a.gradOut, a.gradX);
    },
    mlp(a) {
      mlp(a.rows, a.width, a.hidden, a.x, a.weight1, a.bias1, a.weight2, a.bias2, a.out);
    },
    mlpGradient(a) {
      mlpGradient(
        a.rows,
        a.width,
        a.hidden,
        a.x,
        a.weight1,
        a.bias1,
        a.weight2,
        a.gradOut,
        a.gradX,
        a.gradWeight1,
        a.gradBias1,
        a.gradWeight2,
        a.gradBias2,
      );
    },
    crossEntropy(a) {
      addon.crossEntropy(a.rows, a.vocabulary, a.logits, a.targets, a.nll, a.correct);
    },
    crossEntropyGradient(a) {
      addon.crossEntropyGradient(a.rows, a.vocabulary, a.logits, a.targets, a.scale, a.softShare, a.soft, a.gradLogits);
    },
    logSoftmax(a) {
      addon.logSoftmax(a.rows, a.vocabulary, a.logits, a.temperature, a.out);
    },
    weightedSum(a) {
      addon.weightedSum(a.length, a.x, a.y, a.scaleX, a.scaleY, a.out);
    },
    adamW(a) {
      addon.adamW(
        a.length,
        a.parameters,
        a.gradients,
        a.firstMoments,
        a.secondMoments,
        a.segmentEnds.length,
        a.segmentEnds,
        a.segmentDecay,
        a.learningRate,
        a.beta1,
        a.beta2,
        a.epsilon,
        a.step,
        a.gradientScale,
      );
    },
    sumOfSquares(x, length) {
      return addon.sumOfSquares(length, x);
    },
  };
}
