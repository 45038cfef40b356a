import { join } from 'node:path';
import type { ModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { float32Tensor } from '../../src/runs/safetensors.js';
import { RunWriter } from '../../src/runs/writer.js';
import { defaultTokenizer, Tokenizer } from '../../src/tokenizer/tokenizer.js';
import { config as runConfig } from '../runs/fixtures.js';
import { roughen } from './architectures.js';

/** An alphabet for a model: the notebook's, or the first letters. */
export function tokenizerOf({ vocabulary }: ModelConfig): Tokenizer {
  return vocabulary === 29 ? defaultTokenizer() : new Tokenizer('abcdefghij'.slice(0, vocabulary - 2).split(''));
}

/** A run directory with a model of that configuration, of initial weights or rough ones. */
export function writeRunOf(model: ModelConfig, folder: string, { rough = false } = {}): DecoderTransformer {
  const transformer = new DecoderTransformer(model, { seed: 3 });
  if (rough) roughen(transformer.parameters, 4);
  const config = { ...runConfig, model: { ...model }, tokenizer: { ...tokenizerOf(model).toJSON() } };
  const writer = RunWriter.create(join(folder), config);
  const tensors = [...transformer.parameters.toMap()];
  const weights = tensors.map(([name, { shape, data }]) => [name, float32Tensor(shape, data)] as const);
  writer.writeWeights(new Map(weights), { epoch: 0, valNll: 99 });
  return transformer;
}
