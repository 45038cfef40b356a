import type { Backend } from './types.js';

export type Operation = Exclude<keyof Backend, 'info' | 'newFloats' | 'together'>;
export type ArgumentsOf<Name extends Operation> = Parameters<Backend[Name]>[0];

/** The operations whose operands are rounded where the backend computes in bfloat16. */
export const BF16_OPERATIONS: readonly Operation[] = [
  'linear',
  'linearGradient',
  'mlp',
  'mlpGradient',
  'swigluMlp',
  'swigluMlpGradient',
  'muon',
];

// Parts of the lists below.
const LINEAR = ['rows', 'inputs', 'outputs', 'x', 'weight'] as const;
const HEADS = ['rows', 'heads', 'headWidth'] as const;
const NORM = ['qkv', 'keyWeight', 'queryWeight', 'table'] as const;
const ATTENTION = [...HEADS, 'offsets', ...NORM, 'dropout', 'causal'] as const;
const CACHED = ['contextLength', 'scale'] as const;
const PLACES = ['slots', 'positions'] as const;
const NEW_ROWS = ['queryStride', 'queries', 'newStride', 'newKeys', 'newValues'] as const;
const LAYER_NORM = ['rows', 'width', 'x', 'update', 'dropout', 'weight'] as const;
const MLP = ['rows', 'width', 'hidden', 'x', 'weight1', 'bias1', 'weight2', 'kept'] as const;
const SWIGLU = ['rows', 'width', 'hidden', 'x', 'weight1', 'weight2', 'gatesAndUps'] as const;
const CROSS_ENTROPY = ['rows', 'vocabulary', 'logits', 'targets'] as const;
const ADAM_BUFFERS = ['parameters', 'gradients', 'firstMoments', 'secondMoments'] as const;
const MUON_BUFFERS = ['parameters', 'gradients', 'momentum', 'matrices'] as const;
const SEGMENTS = ['segmentEnds', 'segmentDecay'] as const;

/** Every operation with its arguments in the order in which native/operations.h reads them. */
export const ARGUMENT_ORDER: { readonly [Name in Operation]: readonly (keyof ArgumentsOf<Name>)[] } = {
  embed: ['rows', 'width', 'tokenTable', 'positionTable', 'tokens', 'positions', 'dropout', 'out'],
  embedGradient: ['rows', 'width', 'gradTokenTable', 'gradPositionTable', 'tokens', 'positions', 'dropout', 'gradOut'],
  linear: [...LINEAR, 'bias', 'out'],
  linearGradient: [...LINEAR, 'gradOut', 'sets', 'gradX', 'gradWeight', 'gradBias'],
  queryKeyNorm: [...HEADS, ...NORM, 'positions', 'out'],
  rotary: [...HEADS, 'table', 'positions', 'qkv'],
  attention: [...ATTENTION, 'out'],
  attentionGradient: [...ATTENTION, 'gradOut', 'gradQkv', 'gradKeyWeight', 'gradQueryWeight'],
  cachedAttention: [...HEADS, ...CACHED, 'keys', 'values', ...PLACES, ...NEW_ROWS, 'out'],
  cachedInputAttention: ['rows', 'heads', 'width', ...CACHED, 'cache', ...PLACES, 'queries', 'inputs', 'out'],
  add: ['length', 'x', 'update', 'dropout', 'out'],
  addGradient: ['length', 'dropout', 'gradOut', 'sets', 'gradUpdate'],
  addLayerNorm: [...LAYER_NORM, 'bias', 'out'],
  addLayerNormGradient: [...LAYER_NORM, 'gradOut', 'sets', 'gradX', 'gradUpdate', 'gradWeight', 'gradBias'],
  swigluMlp: [...SWIGLU, 'out'],
  swigluMlpGradient: [...SWIGLU, 'gradOut', 'sets', 'gradX', 'gradWeight1', 'gradWeight2'],
  mlp: [...MLP, 'bias2', 'out'],
  mlpGradient: [...MLP, 'gradOut', 'sets', 'gradX', 'gradWeight1', 'gradBias1', 'gradWeight2', 'gradBias2'],
  crossEntropy: [...CROSS_ENTROPY, 'nll', 'correct'],
  crossEntropyGradient: [...CROSS_ENTROPY, 'scale', 'softShare', 'soft', 'gradLogits'],
  logSoftmax: ['rows', 'vocabulary', 'logits', 'temperature', 'out'],
  clear: ['length', 'x'],
  weightedSum: ['length', 'x', 'y', 'scaleX', 'scaleY', 'out'],
  adamW: ['length', ...ADAM_BUFFERS, ...SEGMENTS, 'learningRate', 'beta1', 'beta2', 'epsilon', 'step', 'gradientScale'],
  muon: ['length', ...MUON_BUFFERS, 'learningRate', 'momentumDecay', 'weightDecay', 'updateSize', 'gradientScale'],
  sumOfSquares: ['length', 'x'],
};

/** Arguments that are true or false here, and 1 or 0 in C++. */
export const FLAGS: readonly string[] = ['causal', 'sets'];

export const OPERATIONS = Object.keys(ARGUMENT_ORDER) as Operation[];

/** {@link Backend.together} of backends that compute an operation when it is called. */
export function oneAfterAnother(parts: readonly (() => void)[]): void {
  for (const part of parts) part();
}

/** A backend whose operations are made one by one. */
export function makeBackend(
  { info, newFloats }: Pick<Backend, 'info' | 'newFloats'>,
  make: <Name extends Operation>(name: Name) => Backend[Name],
): Backend {
  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, make(name)]));
  const others = { info, together: oneAfterAnother, ...(newFloats && { newFloats }) };
  return { ...others, ...(operations as unknown as Pick<Backend, Operation>) };
}
