import { describe, expect, it } from 'vitest';
import { countParameters } from '../../src/nn/decoder-transformer.js';
import {
  DEFAULT_VOCABULARY,
  DEFAULT_CONTEXT_LENGTH,
  PRE_NORM_ARCHITECTURE,
  PRESETS,
  presetConfig,
} from '../../src/nn/presets.js';
import { ARCHITECTURES, configOf } from '../support/architectures.js';
import { layerParameters, modelShape } from '../../src/report/model-shape.js';

const total = (model: object) =>
  layerParameters(modelShape({ model: { ...model } })!).reduce((sum, { parameters }) => sum + parameters, 0);

describe('layerParameters', () => {
  it.each([
    ['87k', 87_289],
    ['557k', 556_919],
    ['5m', 5_097_821],
    ['10m', 10_122_749],
  ] as const)('adds up to the parameters of the notebook’s %s', (name, parameters) => {
    expect(total(presetConfig(name))).toBe(parameters);
  });

  it('adds up for pre-norm models with standard heads too', () => {
    const shape = { ...PRESETS['5m'], vocabulary: DEFAULT_VOCABULARY, contextLength: DEFAULT_CONTEXT_LENGTH };
    const config = { ...shape, ...PRE_NORM_ARCHITECTURE };
    expect(total(config)).toBe(countParameters(config));
  });
});

describe('layerParameters with the options of the family', () => {
  it.each(Object.keys(ARCHITECTURES))('adds up for %s', (name) => {
    const config = configOf(name);
    expect(total(config)).toBe(countParameters(config));
  });
});

describe('modelShape', () => {
  it('is unknown for a model of another form', () => {
    expect(modelShape({ model: { kind: 'recurrent' } })).toBeUndefined();
  });
});
