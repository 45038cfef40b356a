import { samplingWeights, type SamplingStrategy } from '../../src/model/strategy.js';
import { visible } from '../format.js';
import type { ModelInfo } from './engine-types.js';

/** A character as it is written in a text: the end as a pilcrow. */
export function characterOf({ characters }: ModelInfo, token: number): string {
  return token === 0 ? '¶' : visible(characters[token - 1] ?? '');
}

const NAMES = new Map([
  [' ', 'space'],
  ['\n', 'line end'],
  ['\t', 'tab'],
]);

/** Those that show nothing by themselves: other spaces, joiners and so on. */
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]$/u;

/** A character by a name that can be seen, and read aloud. */
export function nameOf(info: ModelInfo, token: number): string {
  if (token === 0) return 'end';
  const character = info.characters[token - 1] ?? '';
  const name = NAMES.get(character);
  if (name !== undefined) return name;
  if (INVISIBLE.test(character)) return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  // A mark needs something that it stands on.
  return /^\p{M}/u.test(character) ? `◌${character}` : characterOf(info, token);
}

const vocabularyOf = ({ characters }: ModelInfo): number => characters.length + 2;

/** The logits at a position; undefined behind the last. */
export function logitsAt(info: ModelInfo, logits: Float32Array, position: number): Float32Array | undefined {
  const size = vocabularyOf(info);
  const found = logits.subarray(position * size, (position + 1) * size);
  return found.length === size ? found : undefined;
}

/** Probability of each token. */
export function distributionOf(logits: Float32Array, strategy: SamplingStrategy = { temperature: 1 }): Float64Array {
  const weights = samplingWeights(logits, 0, logits.length, strategy);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** −log p of each token of a text, and of its end, in nats. */
export function surpriseOf(info: ModelInfo, tokens: ArrayLike<number>, logits: Float32Array): number[] {
  const found: number[] = [];
  for (let position = 0; ; position++) {
    const row = logitsAt(info, logits, position);
    if (row === undefined) return found;
    found.push(-Math.log(distributionOf(row)[tokens[position] ?? 0]!));
  }
}

/** Probabilities as percentages, with the decimals that small ones need. None but 0 and 1 reads 0 or 100 %. */
export function share(probability: number): string {
  const percentage = 100 * probability;
  if (percentage > 0 && percentage < 0.1) return '< 0.1 %';
  if (percentage >= 99.5 && percentage < 100) return '> 99 %';
  return `${percentage.toFixed(percentage < 9.95 ? 1 : 0)} %`;
}

/** Where bars of probabilities end: further down the less the widest needs, in steps, so that they seldom jump. */
export function endOfBars(widest: number): number {
  return [0.25, 0.5].find((end) => widest <= end) ?? 1;
}

/** Tokens with their probabilities, the most probable first. Never the token that begins texts. */
export function ranked(probabilities: Float64Array): readonly (readonly [token: number, probability: number])[] {
  return Array.from(probabilities.subarray(0, -1), (probability, token) => [token, probability] as const).sort(
    ([, a], [, b]) => b - a,
  );
}
