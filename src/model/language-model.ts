import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import type { Padding } from '../nn/packed-batch.js';
import { Tape } from '../tensor/tape.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { Evaluator, type TextScores } from './evaluate.js';
import { type CharacterSource, transformerSource } from './generate.js';
import { attentionWeights, predictNext } from './inspect.js';
import { RUN_WEIGHTS, saveFile } from './save-file.js';
import { decodeModel, encodeModel } from './saved-model.js';
import { checkPrediction } from '../softmax.js';
import { TextModel } from './text-model.js';

/** What each head of each block attends to in one text. */
export interface TextAttention {
  /** What each position reads: `cls`, then the characters of the text. */
  readonly tokens: readonly string[];
  /**
   * `weights[block][head][query][key]`: how much of position `key` goes into position `query`, for keys up to the
   * query's own; a query's weights add up to 1.
   */
  readonly weights: readonly (readonly (readonly (readonly number[])[])[])[];
}

/**
 * A trained model with the alphabet it reads and the backend it runs on: strings in, strings and numbers out.
 *
 * @example
 * const model = await loadModel('runs/first');
 * model.sample({ count: 3, temperature: 0.8 });
 * model.score(['mayor opens new bridge']).nll; // nats
 * await model.save('first.safetensors');
 */
export class LanguageModel extends TextModel {
  private evaluator: Evaluator | undefined;

  constructor(
    readonly transformer: DecoderTransformer,
    readonly tokenizer: Tokenizer,
    readonly backend: Backend,
    /** Of its training: texts are scored the same way. */
    readonly padding: Padding,
    /** How its training texts were cleaned: texts to score are expected to be cleaned alike. */
    readonly cleaning: 'headlines' | 'none' = 'none',
  ) {
    super();
  }

  /**
   * The model of a file that {@link toBytes}, {@link save}, a training or an export wrote.
   *
   * @param source what the bytes are, for errors
   * @throws LetterpressError BAD_INPUT for other bytes, and for weights without configuration and alphabet
   */
  static fromBytes(bytes: Uint8Array, backend: Backend, source = 'the model'): LanguageModel {
    const { transformer, tokenizer, padding, cleaning } = decodeModel(bytes, source, backend);
    return new LanguageModel(transformer, tokenizer, backend, padding, cleaning);
  }

  get maxCharacters(): number {
    return this.transformer.config.contextLength - 1;
  }

  /**
   * The attention weights within a text, of each head of each block, without dropout. A longer text than the model's
   * context is truncated.
   *
   * @throws LetterpressError BAD_INPUT when more than a third of its characters are outside the alphabet
   */
  attention(text: string): TextAttention {
    const tokens = this.encodeText(text, 'text').slice(0, this.maxCharacters - 1);
    const weights: number[][][][] = [];
    predictNext(this.transformer, new Tape(this.backend), [tokens], (view) => {
      weights[view.block] = attentionWeights(view);
    });
    return { tokens: ['cls', ...Array.from(tokens, (token) => this.tokenizer.decode([token]))], weights };
  }

  /** The model as one safetensors file, with its configuration and alphabet: what `loadModel` reads. */
  toBytes(): Uint8Array {
    return encodeModel(this);
  }

  /**
   * Saves the model as one file, which `loadModel`, `letterpress import` and every reader of safetensors can read; an
   * earlier one is replaced. In a page the browser downloads it, under that name.
   *
   * @param path ends in `.safetensors`; otherwise it is a folder, made when missing, for `model.safetensors`
   * @throws LetterpressError BAD_OPTION for no path, and in a Web Worker; EXISTS for the folder of a run, whose
   *   weights are its own; IO when the file system refuses
   */
  async save(path: string): Promise<void> {
    if (typeof path !== 'string' || !/^[^\0]+$/.test(path))
      throw new LetterpressError('BAD_OPTION', `expected a path to save the model at, got ${JSON.stringify(path)}`);
    await saveFile(path.endsWith('.safetensors') ? path : `${path}/${RUN_WEIGHTS}`, this.toBytes());
  }

  *scoreSteps(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    this.evaluator ??= new Evaluator(this.transformer, this.backend, this.padding);
    const scores = yield* this.evaluator.score(encoded);
    scores.nll.forEach(checkPrediction);
    return scores;
  }

  characterSource(): CharacterSource {
    return transformerSource(this.transformer, this.backend);
  }
}
