import type { SampleQuality } from '../texts/texts-schema.js';
import type { Temperatures } from '../runs/analysis-schema.js';
import { Tape } from '../tensor/tape.js';
import { finish } from '../generators.js';
import { generate } from '../model/generate.js';
import type { LanguageModel } from '../model/language-model.js';
import { predictNext } from '../model/predict.js';
import { nextTokenDistribution } from '../model/strategy.js';

/** What to draw. */
export interface TemperatureOptions {
  readonly temperatures: readonly number[];
  /** Texts at each temperature. */
  readonly count: number;
  /** Text i is a function of the seed, i and the temperature: the same uniform numbers are used at each. */
  readonly seed: number;
  /** What the texts' quality is measured by: `qualityOf` of a run's texts. */
  readonly quality: (texts: readonly string[]) => SampleQuality;
}

/** Texts of a forward pass. */
const BATCH = 32;

/**
 * Draws texts at several temperatures, and measures what became of them: how uncertain the distributions were that the
 * characters were drawn from, how probable the texts are to the model itself, and their quality.
 *
 * Characters of a text are counted with its end, which is drawn like a character.
 *
 * @throws LetterpressError BAD_OPTION for a temperature that makes no sense
 * @returns a generator that yields the temperatures done, and returns what belongs into `temperatures.json`
 */
export function* drawAtTemperatures(
  model: LanguageModel,
  { temperatures, count, seed, quality }: TemperatureOptions,
): Generator<number, Temperatures> {
  const { transformer, tokenizer, backend } = model;
  const entries: Temperatures['entries'] = [];
  for (const temperature of temperatures) {
    const tokens = finish(generate(transformer, backend, { count, seed, temperature }));
    const texts = tokens.map((text) => tokenizer.decode(text));
    const { entropy, characters } = entropies(model, tokens, temperature);
    const { nll } = finish(model.scoreSteps(tokens));
    const total = nll.reduce((a, b) => a + b, 0);
    entries.push({
      temperature,
      texts,
      entropyPerCharacter: entropy / characters,
      modelNll: total / count,
      modelNllPerCharacter: total / characters,
      quality: quality(texts),
    });
    yield entries.length;
  }
  return { seed, entries };
}

/** H = −Σ p ln p of the distributions that each character of some texts was drawn from: their sum, and how many they are. */
function entropies(
  { transformer, backend }: LanguageModel,
  texts: readonly (readonly number[])[],
  temperature: number,
): { entropy: number; characters: number } {
  const { vocabulary } = transformer.config;
  const tape = new Tape(backend);
  let entropy = 0;
  let characters = 0;
  for (let from = 0; from < texts.length; from += BATCH) {
    const { batch, logits } = predictNext(transformer, tape, texts.slice(from, from + BATCH));
    for (let row = 0; row < batch.tokens.length; row++)
      entropy += entropyOf(nextTokenDistribution(logits, row * vocabulary, vocabulary, temperature));
    characters += batch.tokens.length;
  }
  return { entropy, characters };
}

/** −Σ p ln p, nats. */
function entropyOf(distribution: Float64Array): number {
  return distribution.reduce((sum, p) => (p === 0 ? sum : sum - p * Math.log(p)), 0); // 0 ln 0 = 0
}
