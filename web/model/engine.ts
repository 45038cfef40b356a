/** A model that computes in the tab. In a page it belongs in a worker: see client.ts. */
import type { Backend } from '../../src/backend/types.js';
import { createWasmBackend } from '../../src/backend/wasm/browser.js';
import { pacer, runSteps } from '../../src/generators.js';
import { writeTexts } from '../../src/model/generate.js';
import { attentionWeights, predictNext } from '../../src/model/inspect.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { logitsAlong } from '../../src/model/text-model.js';
import { principalComponents } from '../../src/statistics/principal-components.js';
import { Tape } from '../../src/tensor/tape.js';
import {
  MAX_ATTENTION,
  type EmbeddingMap,
  type Engine,
  type EngineFiles,
  type ModelInfo,
  type Part,
  type Reading,
  type Wish,
  type WishOfMany,
} from './engine-types.js';

export async function openEngine({ module, weights }: EngineFiles): Promise<Engine> {
  const backend = await createWasmBackend(module, { threads: 1 });
  return new LocalEngine(LanguageModel.fromBytes(weights, backend), backend);
}

class LocalEngine implements Engine {
  readonly info: ModelInfo;
  private readonly tape: Tape;

  constructor(
    private readonly model: LanguageModel,
    backend: Backend,
  ) {
    const { config, parameters } = model.transformer;
    this.tape = new Tape(backend);
    this.info = {
      characters: model.tokenizer.characters,
      maxCharacters: model.maxCharacters,
      layers: config.layers,
      heads: config.heads,
      causal: config.causal,
      parameters: parameters.count,
      cleaning: model.cleaning,
    };
  }

  read(text: string): Promise<Reading> {
    const { transformer } = this.model;
    const { vocabulary } = transformer.config;
    const tokens = this.encode(text);
    // A text that fills the context has no end.
    const positions = Math.min(tokens.length + 1, this.info.maxCharacters);
    if (transformer.config.causal) {
      const { logits } = predictNext(transformer, this.tape, [tokens]);
      return Promise.resolve({ tokens, logits: Float32Array.from(logits.subarray(0, positions * vocabulary)) });
    }
    // Without the causal mask, what is predicted depends on what follows: it is read as it would be written.
    const source = this.model.characterSource();
    const logits = new Float32Array(positions * vocabulary);
    let at = 0;
    for (const each of logitsAlong(source, tokens.subarray(0, positions - 1))) {
      logits.set(each, at);
      at += vocabulary;
    }
    return Promise.resolve({ tokens, logits });
  }

  attention(text: string, block: number): Promise<number[][][]> {
    let weights: number[][][] = [];
    const tokens = this.encodePrompt(text).slice(0, MAX_ATTENTION);
    predictNext(this.model.transformer, this.tape, [tokens], (view) => {
      if (view.block === block) weights = attentionWeights(view);
    });
    return Promise.resolve(weights);
  }

  embedding(): Promise<EmbeddingMap> {
    const { parameters, config } = this.model.transformer;
    const { data } = parameters.tensor('embedding.weight');
    const points = this.info.characters.map((_, i) =>
      Array.from(data.subarray((i + 1) * config.dModel, (i + 2) * config.dModel)),
    );
    const { coordinates, shares } = principalComponents(points);
    return Promise.resolve({ coordinates, shares });
  }

  async write(wish: Wish, onPart: (part: Part) => void, signal: AbortSignal): Promise<void> {
    const { prompt, ...strategy } = wish;
    const source = this.model.characterSource();
    let tokens: number[] = [];
    let logits: Float32Array[] = [];
    const send = (): void => {
      onPart({ tokens, logits });
      [tokens, logits] = [[], []];
    };
    const begin: typeof source.begin = (slots) => {
      const next = source.begin(slots);
      return (newest, position, slotsOf) => {
        const found = next(newest, position, slotsOf);
        logits.push(Float32Array.from(found));
        return found;
      };
    };
    const pause = pacer();
    const options = { ...strategy, count: 1, prompt: this.encodePrompt(prompt) };
    for (const [written] of writeTexts({ ...source, begin }, options)) {
      signal.throwIfAborted();
      if (written === undefined)
        logits = []; // of the prompt's characters
      else tokens.push(written.token);
      const turn = pause();
      if (turn === undefined) continue;
      send();
      await turn;
    }
    send();
  }

  async sample({ prompt, ...rest }: WishOfMany, signal: AbortSignal): Promise<readonly string[]> {
    const steps = writeTexts(this.model.characterSource(), { ...rest, prompt: this.encodePrompt(prompt) });
    return (await runSteps(steps, { signal })).map((tokens) => this.model.tokenizer.decode(tokens));
  }

  close(): void {
    // Nothing but memory.
  }

  /** Of any text: characters that are not in the alphabet become others, and a longer text is cut. */
  private encode(text: string): Uint16Array {
    return this.model.tokenizer.encode(text).slice(0, this.info.maxCharacters);
  }

  /** Leaves room for a character. */
  private encodePrompt(text: string): Uint16Array {
    return this.encode(text).slice(0, this.info.maxCharacters - 1);
  }
}
