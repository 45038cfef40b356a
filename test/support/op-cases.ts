import { createHash } from 'node:crypto';
import { cacheLengths, NO_DROPOUT, type FloatArray } from '../../src/backend/types.js';
import type { Precision } from '../../src/tensor/arena.js';
import { ArgumentMaker, type OpCall } from './op-call.js';

/** The calls of one operation at one shape, forward and gradient, on the same inputs. */
export interface OpCase {
  readonly name: string;
  calls(precision: Precision): OpCall[];
}

/** A case's numbers depend on its name alone: a new case changes no other. */
function defineCase(name: string, calls: (make: ArgumentMaker) => OpCall[]): OpCase {
  const seed = createHash('sha256').update(name).digest().readUInt32LE();
  return { name, calls: (precision) => calls(new ArgumentMaker(precision, seed)) };
}

function rateName(rate: number): string {
  return rate > 0 ? `, dropout ${rate}` : '';
}

/** Many rows share a token, fewer a position. */
export function embedCase(rows: number, width: number, rate: number, learned = true): OpCase {
  const what = learned ? '' : ', no positions';
  return defineCase(`embed ${rows} × ${width}${rateName(rate)}${what}`, (make) => {
    const vocabulary = 29;
    const contextLength = 150;
    const shared = {
      rows,
      width,
      tokens: make.integers(rows, vocabulary),
      positions: make.integers(rows, contextLength),
      dropout: make.dropout(rate),
    };
    const forward = {
      ...shared,
      tokenTable: make.floats(vocabulary * width),
      positionTable: learned ? make.floats(contextLength * width) : undefined,
      out: make.blank(rows * width),
    };
    const gradient = {
      ...shared,
      gradOut: make.floats(rows * width),
      gradTokenTable: make.grad(vocabulary * width),
      gradPositionTable: learned ? make.grad(contextLength * width) : undefined,
    };
    return [
      make.call('embed', forward, ['out']),
      make.call('embedGradient', gradient, ['gradTokenTable', ...(learned ? ['gradPositionTable' as const] : [])]),
    ];
  });
}

/** Wanted gradients of a linear layer, apart from that of the bias. */
type LinearGradients = 'both' | 'gradX' | 'gradWeight';

export function linearCase(
  rows: number,
  inputs: number,
  outputs: number,
  bias: boolean,
  wanted: LinearGradients = 'both',
): OpCase {
  const only = wanted === 'both' ? '' : `, ${wanted} only`;
  return defineCase(`linear ${rows} × ${inputs} → ${outputs}${bias ? ', bias' : ''}${only}`, (make) => {
    const shared = {
      rows,
      inputs,
      outputs,
      x: make.floats(rows * inputs),
      weight: make.floats(outputs * inputs, 1 / Math.sqrt(inputs)),
    };
    const forward = {
      ...shared,
      bias: bias ? make.floats(outputs) : undefined,
      out: make.blank(rows * outputs),
    };
    const gradient = {
      ...shared,
      gradOut: make.floats(rows * outputs),
      gradX: wanted === 'gradWeight' ? undefined : make.grad(rows * inputs),
      gradWeight: wanted === 'gradX' ? undefined : make.grad(outputs * inputs),
      gradBias: bias ? make.grad(outputs) : undefined,
    };
    const names = (['gradX', 'gradWeight', 'gradBias'] as const).filter((name) => gradient[name]);
    return [make.call('linear', forward, ['out']), make.call('linearGradient', gradient, names)];
  });
}

export function queryKeyNormCase(rows: number, heads: number, headWidth: number): OpCase {
  return defineCase(`queryKeyNorm ${rows}, ${heads} × ${headWidth}`, (make) => {
    const length = rows * 3 * heads * headWidth;
    const shared = {
      rows,
      heads,
      headWidth,
      qkv: make.floats(length),
      keyWeight: make.floats(headWidth),
      queryWeight: make.floats(headWidth),
    };
    const gradient = {
      ...shared,
      gradOut: make.floats(length),
      gradQkv: make.blank(length),
      gradKeyWeight: make.grad(headWidth),
      gradQueryWeight: make.grad(headWidth),
    };
    return [
      make.call('queryKeyNorm', { ...shared, out: make.blank(length) }, ['out']),
      make.call('queryKeyNormGradient', gradient, ['gradQkv', 'gradKeyWeight', 'gradQueryWeight']),
    ];
  });
}

/** At random positions, by random angles. */
export function rotaryCase(rows: number, heads: number, headWidth: number): OpCase {
  return defineCase(`rotary ${rows}, ${heads} × ${headWidth}`, (make) => {
    const contextLength = 40;
    const half = Math.floor(headWidth / 2);
    const angles = make.floats(contextLength * half, 3);
    const table = make.fill(contextLength * 2 * half, (i) => {
      const angle = angles[Math.floor(i / (2 * half)) * half + (i % half)]!;
      return Math.fround(i % (2 * half) < half ? Math.cos(angle) : Math.sin(angle));
    });
    const positions = make.integers(rows, contextLength);
    positions[0] = contextLength - 1;
    const shared = { rows, heads, headWidth, positions, table };
    const length = rows * 3 * heads * headWidth;
    return [
      make.call('rotary', { ...shared, qkv: make.floats(length) }, ['qkv']),
      make.call('rotaryGradient', { ...shared, gradQkv: make.floats(length) }, ['gradQkv']),
    ];
  });
}

export function swigluCase(rows: number, hidden: number): OpCase {
  return defineCase(`swiglu ${rows} × ${hidden}`, (make) => {
    const shared = { rows, hidden, x: make.floats(2 * rows * hidden, 2) };
    const gradient = { ...shared, gradOut: make.floats(rows * hidden), gradX: make.grad(2 * rows * hidden) };
    return [
      make.call('swiglu', { ...shared, out: make.blank(rows * hidden) }, ['out']),
      make.call('swigluGradient', gradient, ['gradX']),
    ];
  });
}

export function attentionCase(lengths: readonly number[], heads: number, headWidth: number, rate: number): OpCase {
  return defineCase(`attention [${lengths.join(', ')}], ${heads} × ${headWidth}${rateName(rate)}`, (make) => {
    const offsets = Int32Array.from([0, ...lengths]);
    for (let b = 0; b < lengths.length; b++) offsets[b + 1]! += offsets[b]!;
    const rows = offsets[lengths.length]!;
    const shared = {
      rows,
      heads,
      headWidth,
      offsets,
      qkv: make.floats(rows * 3 * heads * headWidth),
      dropout: make.dropout(rate),
    };
    const forward = { ...shared, out: make.blank(rows * heads * headWidth) };
    const gradient = {
      ...shared,
      gradOut: make.floats(rows * heads * headWidth),
      gradQkv: make.blank(rows * 3 * heads * headWidth),
    };
    return [make.call('attention', forward, ['out']), make.call('attentionGradient', gradient, ['gradQkv'])];
  });
}

/** One new character for `rows` of `slots` texts of various lengths. */
export function cachedAttentionCase(
  rows: number,
  slots: number,
  contextLength: number,
  heads: number,
  headWidth: number,
): OpCase {
  return defineCase(`cachedAttention ${rows} of ${slots}, ${contextLength}, ${heads} × ${headWidth}`, (make) => {
    const group = heads * headWidth;
    const lengths = cacheLengths(slots, contextLength, group);
    const args = {
      rows,
      heads,
      headWidth,
      contextLength,
      scale: 0.8 / Math.sqrt(headWidth),
      ...placesOf(make, rows, slots, contextLength),
      // Rows that lie apart, as in [keys, queries, values] side by side.
      queryStride: group + 3,
      queries: make.floats(rows * (group + 3) - 3),
      newStride: group + 2,
      newKeys: make.floats(rows * (group + 2) - 2),
      newValues: make.floats(rows * (group + 2) - 2),
      keys: make.floats(lengths.keys),
      values: make.floats(lengths.values),
      out: make.blank(rows * group),
    };
    return [make.call('cachedAttention', args, ['out', 'keys', 'values'])];
  });
}

/** One new character for `rows` of `slots` texts of various lengths. */
export function cachedInputAttentionCase(
  rows: number,
  slots: number,
  contextLength: number,
  heads: number,
  width: number,
): OpCase {
  return defineCase(`cachedInputAttention ${rows} of ${slots}, ${contextLength}, ${heads} × ${width}`, (make) => {
    const args = {
      rows,
      heads,
      width,
      contextLength,
      scale: 0.8 / Math.sqrt(width),
      ...placesOf(make, rows, slots, contextLength),
      queries: make.floats(rows * heads * width),
      inputs: make.floats(rows * width),
      cache: make.floats(slots * contextLength * width),
      out: make.blank(rows * heads * width),
    };
    return [make.call('cachedInputAttention', args, ['out', 'cache'])];
  });
}

/** Each row's own slot, from the last, and position, with the last and the first of the context among them. */
function placesOf(make: ArgumentMaker, rows: number, slots: number, contextLength: number) {
  const positions = make.integers(rows, contextLength);
  positions[0] = contextLength - 1;
  if (rows > 1) positions[1] = 0;
  return { slots: Int32Array.from({ length: rows }, (_, r) => slots - 1 - r), positions };
}

export function addCase(length: number, rate: number): OpCase {
  return defineCase(`add ${length}${rateName(rate)}`, (make) => {
    const dropout = make.dropout(rate);
    const forward = {
      length,
      dropout,
      x: make.floats(length),
      update: make.floats(length),
      out: make.blank(length),
    };
    const gradient = {
      length,
      dropout,
      gradOut: make.floats(length),
      gradX: make.grad(length),
      gradUpdate: make.grad(length),
    };
    return [make.call('add', forward, ['out']), make.call('addGradient', gradient, ['gradX', 'gradUpdate'])];
  });
}

/** With an update and its dropout `rate`, or without an update. */
export function addLayerNormCase(rows: number, width: number, rate: number | undefined): OpCase {
  const what = rate === undefined ? '' : `, update${rateName(rate)}`;
  return defineCase(`addLayerNorm ${rows} × ${width}${what}`, (make) => {
    const update = rate !== undefined;
    const shared = {
      rows,
      width,
      x: make.floats(rows * width),
      update: update ? make.floats(rows * width) : undefined,
      dropout: update ? make.dropout(rate) : NO_DROPOUT,
      weight: make.floats(width),
    };
    const forward = {
      ...shared,
      bias: make.floats(width),
      out: make.blank(rows * width),
    };
    const gradient = {
      ...shared,
      gradOut: make.floats(rows * width),
      gradX: make.grad(rows * width),
      gradUpdate: update ? make.grad(rows * width) : undefined,
      gradWeight: make.grad(width),
      gradBias: make.grad(width),
    };
    const outputs = ['gradX', ...(update ? ['gradUpdate' as const] : []), 'gradWeight', 'gradBias'] as const;
    return [make.call('addLayerNorm', forward, ['out']), make.call('addLayerNormGradient', gradient, outputs)];
  });
}

export function mlpCase(rows: number, width: number, hidden: number): OpCase {
  return defineCase(`mlp ${rows} × ${width}, hidden ${hidden}`, (make) => {
    const shared = {
      rows,
      width,
      hidden,
      x: make.floats(rows * width),
      weight1: make.floats(hidden * width, 1.5 / Math.sqrt(width)),
      bias1: make.floats(hidden),
      weight2: make.floats(width * hidden, 1 / Math.sqrt(hidden)),
    };
    const forward = { ...shared, bias2: make.floats(width), out: make.blank(rows * width) };
    const gradient = {
      ...shared,
      gradOut: make.floats(rows * width),
      gradX: make.grad(rows * width),
      gradWeight1: make.grad(hidden * width),
      gradBias1: make.grad(hidden),
      gradWeight2: make.grad(width * hidden),
      gradBias2: make.grad(width),
    };
    return [
      make.call('mlp', forward, ['out']),
      make.call('mlpGradient', gradient, ['gradX', 'gradWeight1', 'gradBias1', 'gradWeight2', 'gradBias2']),
    ];
  });
}

/** Every third row has two equal largest logits, of which the first must win. */
export function crossEntropyCase(rows: number, vocabulary: number, size: number): OpCase {
  return defineCase(`crossEntropy ${rows} × ${vocabulary}, logits of size ${size}`, (make) => {
    const logits = make.floats(rows * vocabulary, size);
    const targets = make.integers(rows, vocabulary);
    for (let r = 0; r < rows; r += 3) {
      const second = 1 + Math.floor(make.uniform() * (vocabulary - 1));
      const first = Math.floor(make.uniform() * second);
      logits[r * vocabulary + first] = logits[r * vocabulary + second] = 2 * size;
      targets[r] = r % 2 === 0 ? first : second;
    }
    const shared = { rows, vocabulary, logits, targets };
    const hard = { scale: 0.75, softShare: 0, soft: undefined, gradLogits: make.grad(rows * vocabulary) };
    return [
      make.call('crossEntropy', { ...shared, nll: make.blank(rows), correct: make.blank(rows) }, ['nll', 'correct']),
      make.call('crossEntropyGradient', { ...shared, ...hard }, ['gradLogits']),
    ];
  });
}

/** With a distribution of its own in each row, or a uniform one. */
export function softTargetsCase(rows: number, vocabulary: number, softShare: number, spread: 'even' | 'rows'): OpCase {
  const name = `crossEntropyGradient ${rows} × ${vocabulary}, ${softShare} soft, ${spread}`;
  return defineCase(name, (make) => {
    const args = {
      rows,
      vocabulary,
      logits: make.floats(rows * vocabulary, 2),
      targets: make.integers(rows, vocabulary),
      scale: 0.75,
      softShare,
      soft: spread === 'even' ? undefined : distributions(make, rows, vocabulary),
      gradLogits: make.grad(rows * vocabulary),
    };
    return [make.call('crossEntropyGradient', args, ['gradLogits'])];
  });
}

/** `[rows, vocabulary]`, each row a distribution whose sum is 1 to the bit: 256 random tokens. */
function distributions(make: ArgumentMaker, rows: number, vocabulary: number): FloatArray {
  const floats = make.constant(rows * vocabulary, 0);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < 256; i++) {
      const v = Math.floor(make.uniform() * vocabulary);
      floats[r * vocabulary + v]! += 1 / 256;
    }
  }
  return floats;
}

export function logSoftmaxCase(rows: number, vocabulary: number, temperature: number): OpCase {
  return defineCase(`logSoftmax ${rows} × ${vocabulary} at ${temperature}`, (make) => {
    const logits = make.floats(rows * vocabulary, 3);
    return [
      make.call('logSoftmax', { rows, vocabulary, logits, temperature, out: make.blank(rows * vocabulary) }, ['out']),
    ];
  });
}

/** Gradients and moments are of that `size`. */
export function adamWCase(segmentEnds: readonly number[], step: number, size = 1): OpCase {
  const length = segmentEnds.at(-1)!;
  return defineCase(`adamW [${segmentEnds.join(', ')}], step ${step}, gradients of size ${size}`, (make) => {
    const args = {
      length,
      parameters: make.floats(length),
      gradients: make.floats(length, size),
      firstMoments: make.floats(length, 0.5 * size),
      secondMoments: make.fill(length, () => Math.fround((0.01 + make.uniform()) * size ** 2)),
      segmentEnds: Int32Array.from(segmentEnds),
      segmentDecay: Float64Array.from(segmentEnds, (_, s) => (s % 2 === 0 ? 0.1 : 0)),
      learningRate: 0.005,
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      step,
      gradientScale: 0.37,
    };
    return [make.call('adamW', args, ['parameters', 'firstMoments', 'secondMoments'])];
  });
}

export function weightedSumCase(length: number): OpCase {
  return defineCase(`weightedSum ${length}`, (make) => {
    const [x, y, out] = [make.floats(length), make.floats(length), make.blank(length)];
    return [make.call('weightedSum', { length, x, y, scaleX: -1.7, scaleY: 0.3, out }, ['out'])];
  });
}

/**
 * Shapes at every edge of the kernels: below, at and above the sizes of vectors (4, 8, 16), register tiles
 * (6 or 12 rows, up to 32 columns), blocks (48, 64, 96, 144, 256) and of the special code for few rows (up to 4).
 */
export function edgeCases(): OpCase[] {
  return [
    embedCase(1, 1, 0),
    embedCase(5, 15, 0.5),
    embedCase(150, 48, 0),
    embedCase(300, 17, 0.1),
    embedCase(65, 17, 0.1, false),
    linearCase(1, 1, 1, true),
    linearCase(1, 20, 60, true),
    linearCase(2, 17, 29, false),
    linearCase(3, 256, 3, true),
    linearCase(4, 48, 144, true),
    linearCase(5, 3, 8, false),
    linearCase(6, 1, 48, true),
    linearCase(7, 20, 1, true),
    linearCase(47, 15, 16, true),
    linearCase(48, 16, 17, false),
    linearCase(49, 30, 20, true),
    linearCase(97, 60, 29, true),
    linearCase(150, 8, 100, false),
    linearCase(257, 5, 31, true),
    linearCase(150, 128, 256, true),
    linearCase(300, 48, 65, true),
    linearCase(33, 24, 40, true, 'gradX'),
    linearCase(33, 24, 40, true, 'gradWeight'),
    linearCase(50, 20, 12, false, 'gradX'),
    linearCase(50, 20, 12, false, 'gradWeight'),
    attentionCase([1], 1, 1, 0),
    attentionCase([1], 3, 12, 0.5),
    attentionCase([1, 2, 5, 6, 7, 8, 9], 2, 5, 0.2),
    attentionCase([15, 16, 17, 1], 3, 12, 0),
    attentionCase([31, 32, 33], 1, 20, 0.1),
    attentionCase([47, 48, 49], 2, 48, 0),
    attentionCase([11, 150, 1, 97], 5, 12, 0.3),
    attentionCase([1, 150], 2, 20, 0),
    attentionCase([4, 3, 2], 7, 1, 0),
    attentionCase([13], 1, 60, 0.1),
    queryKeyNormCase(1, 1, 1),
    queryKeyNormCase(3, 2, 3),
    queryKeyNormCase(17, 1, 20),
    queryKeyNormCase(64, 4, 8),
    queryKeyNormCase(150, 3, 15),
    queryKeyNormCase(301, 5, 32),
    rotaryCase(1, 1, 2),
    rotaryCase(5, 2, 3),
    rotaryCase(65, 3, 17),
    rotaryCase(150, 4, 32),
    rotaryCase(70, 2, 60),
    swigluCase(1, 1),
    swigluCase(7, 15),
    swigluCase(65, 33),
    swigluCase(150, 128),
    cachedAttentionCase(1, 1, 1, 1, 1),
    cachedAttentionCase(1, 2, 150, 4, 12),
    cachedAttentionCase(5, 7, 17, 2, 5),
    cachedAttentionCase(3, 3, 150, 5, 20),
    cachedAttentionCase(9, 12, 31, 1, 48),
    cachedAttentionCase(5, 7, 33, 3, 5),
    cachedInputAttentionCase(1, 1, 1, 1, 1),
    cachedInputAttentionCase(5, 7, 17, 2, 5),
    cachedInputAttentionCase(3, 4, 150, 6, 60),
    cachedInputAttentionCase(2, 2, 33, 19, 7),
    cachedInputAttentionCase(9, 12, 31, 5, 20),
    addCase(1, 0),
    addCase(3, 0.5),
    addCase(17, 0),
    addCase(16384, 0.1),
    addCase(33001, 0.2),
    addLayerNormCase(1, 3, undefined),
    addLayerNormCase(2, 8, 0),
    addLayerNormCase(4, 15, 0.5),
    addLayerNormCase(5, 16, undefined),
    addLayerNormCase(47, 17, 0.1),
    addLayerNormCase(97, 20, 0),
    addLayerNormCase(150, 60, 0.2),
    addLayerNormCase(65, 256, undefined),
    addLayerNormCase(300, 48, 0),
    mlpCase(1, 1, 1),
    mlpCase(1, 48, 192),
    mlpCase(2, 3, 47),
    mlpCase(4, 20, 200),
    mlpCase(5, 8, 48),
    mlpCase(5, 128, 144),
    mlpCase(47, 15, 144),
    mlpCase(48, 16, 145),
    mlpCase(49, 17, 1),
    mlpCase(49, 256, 47),
    mlpCase(97, 30, 200),
    mlpCase(97, 20, 1500),
    mlpCase(150, 1, 300),
    mlpCase(300, 48, 145),
    crossEntropyCase(1, 2, 1),
    crossEntropyCase(5, 29, 1),
    crossEntropyCase(150, 100, 3),
    crossEntropyCase(300, 29, 20),
    softTargetsCase(1, 2, 1, 'even'),
    softTargetsCase(67, 29, 0.1, 'even'),
    softTargetsCase(150, 100, 0.7, 'rows'),
    softTargetsCase(67, 29, 1, 'rows'),
    logSoftmaxCase(1, 2, 1),
    logSoftmaxCase(48, 29, 0.5),
    logSoftmaxCase(97, 29, 0.01),
    logSoftmaxCase(5, 100, 2),
    weightedSumCase(1),
    weightedSumCase(15),
    weightedSumCase(40_001),
    adamWCase([1], 1),
    adamWCase([3, 3, 17], 2),
    adamWCase([100], 3, 1e-8), // as small as epsilon
    adamWCase([5000, 16400, 16401, 40001], 1000),
  ];
}
