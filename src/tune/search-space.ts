import * as z from 'zod';
import { describeIssues } from '../describe-issues.js';
import { LetterpressError } from '../errors.js';
import { Random } from '../random.js';
import { jsonOrWord, type SettingsByPath } from '../train/recipes/settings-by-path.js';

export const variationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('choices'), values: z.array(z.json()).min(1) }),
  z
    .strictObject({
      kind: z.literal('range'),
      low: z.number(),
      high: z.number(),
      /** Whether to draw from the logarithms. */
      log: z.boolean(),
    })
    .refine(({ low, high }) => low < high, { path: ['low'], error: 'expected less than the high' })
    .refine(({ low, log }) => !log || low > 0, { path: ['low'], error: 'expected more than 0 for equal ratios' }),
]);

/** The values that a setting may have: some, or all between two numbers. */
export type Variation = Readonly<z.infer<typeof variationSchema>>;

export const searchSpaceSchema = z.record(z.string(), variationSchema);

/**
 * What is varied, by the path of a setting; paths with `+` between them get the same value, as in
 * `model.dropout.attention+model.dropout.residual`.
 */
export type SearchSpace = Readonly<z.infer<typeof searchSpaceSchema>>;

/** Searched by default: these matter in every training, and their best values depend on the texts. */
export const DEFAULT_SPACE: SearchSpace = {
  'training.learningRate': { kind: 'range', low: 1e-3, high: 1e-2, log: true },
  'training.optimizer.weightDecay': { kind: 'range', low: 0.01, high: 1, log: true },
  'model.dropout.attention+model.dropout.residual': { kind: 'choices', values: [0, 0.1, 0.2, 0.3] },
};

/**
 * Reads what a user varies: `path=a,b,c` for choices, `path=low..high` for a range, `path=low..high:log` for one whose
 * equal ratios are equally likely. A choice is JSON, or a word.
 *
 * @throws LetterpressError BAD_OPTION saying what was expected
 * @example parseVariation('training.learningRate=1e-3..1e-2:log')
 * @example parseVariation('model.positions=learned,rotary')
 */
export function parseVariation(text: string): readonly [path: string, variation: Variation] {
  const at = text.indexOf('=');
  const [path, values] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || values === '') throw badVariation(text, 'a path and values are expected');
  const range = /^(?<low>[^.]*(?:\.\d+)?[^.]*)\.\.(?<high>[^:]+?)(?<log>:log)?$/.exec(values)?.groups;
  if (range === undefined && /^[^"]*\.\./.test(values)) throw badVariation(text, 'the range cannot be read');
  const variation =
    range === undefined
      ? { kind: 'choices', values: splitChoices(values).map(jsonOrWord) }
      : {
          kind: 'range',
          low: toNumber(range['low']),
          high: toNumber(range['high']),
          log: range['log'] !== undefined,
        };
  const parsed = variationSchema.safeParse(variation);
  if (parsed.success) return [path, parsed.data];
  throw badVariation(text, describeIssues(parsed.error, variation));
}

/** Splits at commas outside brackets. */
function splitChoices(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('[{'.includes(character)) depth++;
    if (']}'.includes(character)) depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()!}${character}`);
  }
  return parts.map((part) => part.trim());
}

function toNumber(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? NaN : Number(text);
}

function badVariation(text: string, problem: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `expected path=a,b,c or path=low..high, or path=low..high:log for equal ratios, got '${text}': ${problem}`,
    'For instance training.learningRate=1e-3..1e-2:log, or model.positions=learned,rotary.',
  );
}

/**
 * The settings of one trial: independent draws (Bergstra and Bengio, "Random search for hyper-parameter optimization",
 * JMLR 2012), a function of the seed and the trial. Trial 0 changes nothing: the others are compared with it.
 */
export function drawSettings(space: SearchSpace, seed: number, trial: number): SettingsByPath {
  if (trial === 0) return {};
  const random = new Random(seed, 'tune', trial);
  const settings: Record<string, SettingsByPath[string]> = {};
  for (const [paths, variation] of Object.entries(space)) {
    const value = drawValue(variation, random.uniform());
    for (const path of paths.split('+')) settings[path.trim()] = value;
  }
  return settings;
}

/** @param uniform in [0, 1) */
function drawValue(variation: Variation, uniform: number): SettingsByPath[string] {
  if (variation.kind === 'choices') return variation.values[Math.floor(uniform * variation.values.length)]!;
  const { low, high, log } = variation;
  const value = log ? low * (high / low) ** uniform : low + (high - low) * uniform;
  // Three digits are finer than a search can resolve; of a narrow range, three of what its numbers differ in.
  const digits = 3 + Math.max(0, Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low))));
  return Math.min(high, Math.max(low, Number(value.toPrecision(Math.min(digits, 17)))));
}
