import type { Backend } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import type { Padding } from '../nn/packed-batch.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { Evaluator, type TextScores } from './evaluate.js';
import { type CharacterSource, transformerSource } from './generate.js';
import { TextModel } from './text-model.js';

/**
 * A trained model with the alphabet it reads and the backend it runs on: strings in, strings and numbers out.
 *
 * @example
 * const model = loadModel('runs/first');
 * model.sample({ count: 3, temperature: 0.8 });
 * model.score(['mayor opens new bridge']).nll; // nats
 */
export class LanguageModel extends TextModel {
  private evaluator: Evaluator | undefined;

  constructor(
    readonly transformer: DecoderTransformer,
    readonly tokenizer: Tokenizer,
    readonly backend: Backend,
    /** Of its training: texts are scored the same way. */
    readonly padding: Padding,
  ) {
    super();
  }

  get maxCharacters(): number {
    return this.transformer.config.contextLength - 1;
  }

  scoreSteps(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    this.evaluator ??= new Evaluator(this.transformer, this.backend, this.padding);
    return this.evaluator.score(encoded);
  }

  characterSource(): CharacterSource {
    return transformerSource(this.transformer, this.backend);
  }
}
