/**
 * Mixes the distributions of several models at one position of a text.
 *
 * The outcomes are the end and the characters, tokens 0 … A: one fewer than the vocabulary. `cls` begins texts and
 * never occurs within one: every model's distribution is conditioned on that.
 */
import { logSumExp } from '../softmax.js';

export type MixingKind = 'linear' | 'geometric';

export const MIXING_KINDS: readonly MixingKind[] = ['linear', 'geometric'];

/** How models are mixed, and with which weights. */
export interface Mixing {
  readonly kind: MixingKind;
  /** `[buckets][members]`, see `Gate`. */
  readonly weights: readonly (readonly number[])[];
}

/**
 * Mixes the distributions of some models.
 *
 *   linear:     p(v) = Σ_m λ_m · p_m(v), with λ_m ≥ 0 that add up to 1
 *   geometric:  p(v) = Π_m p_m(v)^w_m / Σ_u Π_m p_m(u)^w_m, with any w_m
 *
 * @param logProbabilities `[…, members, outcomes]`, read from `at` @param weights `[members]`
 * @param out `[outcomes]` log-probabilities of the mixture; written
 */
export function mixInto(
  out: Float64Array,
  kind: MixingKind,
  logProbabilities: ArrayLike<number>,
  at: number,
  weights: ArrayLike<number>,
): void {
  if (kind === 'linear') mixLinear(out, logProbabilities, at, weights);
  else mixGeometric(out, logProbabilities, at, weights);
}

function mixLinear(out: Float64Array, logs: ArrayLike<number>, at: number, weights: ArrayLike<number>): void {
  const outcomes = out.length;
  for (let v = 0; v < outcomes; v++) {
    let max = -Infinity;
    for (let m = 0; m < weights.length; m++) if (weights[m]! > 0) max = Math.max(max, logs[at + m * outcomes + v]!);
    let sum = 0;
    for (let m = 0; m < weights.length; m++)
      if (weights[m]! > 0) sum += weights[m]! * Math.exp(logs[at + m * outcomes + v]! - max);
    out[v] = max + Math.log(sum);
  }
}

function mixGeometric(out: Float64Array, logs: ArrayLike<number>, at: number, weights: ArrayLike<number>): void {
  const outcomes = out.length;
  out.fill(0);
  for (let m = 0; m < weights.length; m++)
    for (let v = 0; v < outcomes; v++) out[v]! += weights[m]! * logs[at + m * outcomes + v]!;
  normalizeLogs(out, 0, outcomes, out, 0);
}

/**
 * Log-probabilities from logits: z_v − log Σ_u e^{z_u}. With `outcomes` one below the vocabulary, they are conditioned
 * on the last token not occurring.
 *
 * @param logits read from `at` @param out written from `outAt`; may be `logits`
 */
export function normalizeLogs(
  logits: ArrayLike<number>,
  at: number,
  outcomes: number,
  out: Float64Array,
  outAt: number,
): void {
  const log = logSumExp(logits, at, outcomes);
  for (let v = 0; v < outcomes; v++) out[outAt + v] = logits[at + v]! - log;
}

/** The same weights for every bucket. */
export function sameEverywhere(kind: MixingKind, weights: readonly number[], buckets: number): Mixing {
  return { kind, weights: Array.from({ length: buckets }, () => weights) };
}
