import type { Backend } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { Tape } from '../tensor/tape.js';
import { writeTexts, type GeneratedCharacter, type GenerateOptions, type CharacterSource } from './write-texts.js';

export type { GeneratedCharacter, GenerateOptions } from './write-texts.js';

/** A transformer as texts are written with it: with a cache of what attention reads instead of recomputing the prefix. */
export function transformerSource(model: DecoderTransformer, backend: Backend): CharacterSource {
  const { vocabulary, contextLength } = model.config;
  return {
    vocabulary,
    contextLength,
    begin: (slots) => {
      const tape = new Tape(backend);
      const caches = model.newCaches(slots);
      return (tokens, position, places) => {
        tape.begin({ training: false });
        const positions = new Int32Array(tokens.length).fill(position);
        return model.step(tape, tokens, positions, places, caches).data;
      };
    },
  };
}

/** Writes texts with a transformer; see {@link writeTexts}. */
export function generate(
  model: DecoderTransformer,
  backend: Backend,
  options: GenerateOptions,
): Generator<readonly GeneratedCharacter[], number[][]> {
  return writeTexts(transformerSource(model, backend), options);
}
