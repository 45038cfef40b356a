/** What the page asks of a model, and what that answers: plain data, which crosses to a worker. */
import type { SamplingStrategy } from '../../src/model/strategy.js';

/** Longer texts are cut before their attention is computed, which is a number for each pair of characters. */
export const MAX_ATTENTION = 128;

export interface EngineFiles {
  /** Of letterpress.wasm. */
  readonly module: Uint8Array<ArrayBuffer>;
  /** Of the model's safetensors file. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

export interface ModelInfo {
  /** In the order of their tokens, which begin at 1; 0 is the end of a text, the last token value its beginning. */
  readonly characters: readonly string[];
  readonly maxCharacters: number;
  readonly layers: number;
  readonly heads: number;
  /** Whether attention has the causal mask. */
  readonly causal: boolean;
  readonly parameters: number;
  readonly cleaning: 'headlines' | 'none';
}

/** What a model predicts along a text. */
export interface Reading {
  /** The text as the model reads it. */
  readonly tokens: Uint16Array;
  /** `[positions, vocabulary]`: of the first character, of what follows it, and so on; of the end if there is room. */
  readonly logits: Float32Array;
}

export interface Wish extends SamplingStrategy {
  readonly prompt: string;
  readonly seed: number;
}

export interface WishOfMany extends Wish {
  readonly count: number;
}

/** The next characters of a text that is written, each with the logits that it was sampled from. */
export interface Part {
  /** Of characters; 0 is the end. */
  readonly tokens: readonly number[];
  readonly logits: readonly Float32Array[];
}

/** The characters' embedding along its two principal components. */
export interface EmbeddingMap {
  readonly coordinates: readonly (readonly number[])[];
  /** Of the variance, along each. */
  readonly shares: readonly number[];
}

/** Everything may be rejected with a LetterpressError, whose message and `fix` are for the reader. */
export interface Engine {
  readonly info: ModelInfo;
  read(text: string): Promise<Reading>;
  /** `[head][query][key]` of a block, of the beginning of a text. */
  attention(text: string, block: number): Promise<number[][][]>;
  embedding(): Promise<EmbeddingMap>;
  /** Writes one text: what `letterpress sample` writes for the same seed on the same backend. */
  write(wish: Wish, onPart: (part: Part) => void, signal: AbortSignal): Promise<void>;
  sample(wish: WishOfMany, signal: AbortSignal): Promise<readonly string[]>;
  close(): void;
}

/** To the worker. */
export type Question =
  | ({ readonly id: number; readonly name: 'open' } & EngineFiles)
  | { readonly id: number; readonly name: 'read'; readonly text: string }
  | { readonly id: number; readonly name: 'attention'; readonly text: string; readonly block: number }
  | { readonly id: number; readonly name: 'embedding' }
  | { readonly id: number; readonly name: 'write'; readonly wish: Wish }
  | { readonly id: number; readonly name: 'sample'; readonly wish: WishOfMany }
  | { readonly id: number; readonly name: 'cancel' };

/** From the worker, to the question with this id. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly part: Part }
  | { readonly id: number; readonly message: string; readonly fix: string };
