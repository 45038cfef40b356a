import { entropy } from '../texts/temperature.js';
import type { SampleQuality } from '../texts/texts-schema.js';
import type { Temperatures } from '../runs/analysis-schema.js';
import { Tape } from '../tensor/tape.js';
import { finish } from '../generators.js';
import { scoreAsSampled, writeTexts } from '../model/generate.js';
import type { LanguageModel } from '../model/language-model.js';
import { predictNext } from '../model/inspect.js';
import { logitsAlong } from '../model/text-model.js';
import { isAutoregressive } from '../nn/config.js';
import { softmax } from '../softmax.js';
import { predictedPositions } from '../tokenizer/special-tokens.js';

export interface TemperatureOptions {
  readonly temperatures: readonly number[];
  /** Texts at each temperature. */
  readonly count: number;
  /** Text i is a function of the seed, i and the temperature: the same uniform numbers are used at each. */
  readonly seed: number;
  /** Measures the texts' quality, see `qualityMeasure`. */
  readonly quality: (texts: readonly string[]) => SampleQuality;
}

const BATCH = 32;

/**
 * Samples texts at several temperatures, and measures the entropy of the distributions that their characters were
 * sampled from, their NLL under the model itself, and their quality. The end of a text counts as a character.
 *
 * @throws LetterpressError BAD_OPTION for an invalid temperature
 * @returns a generator that yields the temperatures done, and returns what belongs into `temperatures.json`
 */
export function* sampleAtTemperatures(
  model: LanguageModel,
  { temperatures, count, seed, quality }: TemperatureOptions,
): Generator<number, Temperatures> {
  const { tokenizer } = model;
  const entries: Temperatures['entries'] = [];
  for (const temperature of temperatures) {
    const tokens = finish(writeTexts(model.characterSource(), { count, seed, temperature }));
    const texts = tokens.map((text) => tokenizer.decode(text));
    const { entropy, characters } = entropies(model, tokens, temperature);
    const nll = isAutoregressive(model.transformer.config)
      ? finish(model.scoreSteps(tokens)).nll
      : finish(scoreAsSampled(model.characterSource(), tokens));
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

/** Sum of the entropies of the distributions that the characters of some texts were sampled from, and their number. */
function entropies(
  model: LanguageModel,
  texts: readonly (readonly number[])[],
  temperature: number,
): { entropy: number; characters: number } {
  const { transformer, backend } = model;
  const { vocabulary, contextLength, causal } = transformer.config;
  let sum = 0;
  let characters = 0;
  if (!causal) {
    // A pass over the whole text would show each position what was not there yet when it was sampled.
    for (const text of texts)
      for (const logits of logitsAlong(
        model.characterSource(),
        text.slice(0, predictedPositions(text, contextLength) - 1),
      )) {
        sum += entropy(softmax(logits, 0, vocabulary, temperature));
        characters++;
      }
    return { entropy: sum, characters };
  }
  const tape = new Tape(backend);
  for (let from = 0; from < texts.length; from += BATCH) {
    const { batch, logits } = predictNext(transformer, tape, texts.slice(from, from + BATCH));
    for (let row = 0; row < batch.tokens.length; row++)
      sum += entropy(softmax(logits, row * vocabulary, vocabulary, temperature));
    characters += batch.tokens.length;
  }
  return { entropy: sum, characters };
}
