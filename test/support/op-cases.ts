import { createHash } from 'node:crypto';
import { ARGUMENT_ORDER, type ArgumentsOf, type Operation } from '../../src/backend/operations.js';
import { cacheLengths, NO_DROPOUT, type FloatArray } from '../../src/backend/types.js';
import type { Precision } from '../../src/tensor/arena.js';
import { ArgumentMaker, type Op, type OpCall } from './op-call.js';

/** The calls of one operation at one shape, forward and gradient, on the same inputs. */
export interface OpCase {
  readonly name: string;
  calls(precision: Precision): OpCall[];
}

/** A case's numbers depend on its name alone: a new case changes no other. */
function defineCase(name: string, calls: (make: ArgumentMaker) => OpCall[]): OpCase {
  const seed = createHash('sha256').update(name).digest().readUInt32LE();
  const make = (precision: Precision) => calls(new ArgumentMaker(precision, seed));
  let float32: OpCall[] | undefined; // for every backend the same
  return { name, calls: (precision) => (precision === 'float32' ? (float32 ??= make(precision)) : make(precision)) };
}

const ALWAYS_SET = ['attention.gradQkv', 'crossEntropy.gradLogits'];
const OF_ACTIVATIONS = ['gradX', 'gradUpdate'];

type Differentiable = { [Name in Operation]: `${Name}Gradient` extends Operation ? Name : never }[Operation];

/** Name of the input that a gradient is of: gradX is of x. */
export function inputOf(gradient: string): string {
  const name = gradient.slice('grad'.length);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * A call and that of its gradient; two, where gradients may be set or added to. The gradient's arguments are those of
 * the call, `more`, and gradients of the call's arguments: they hold numbers to add to, but for those that are set.
 */
function withGradient<Name extends Differentiable>(
  make: ArgumentMaker,
  op: Name,
  args: ArgumentsOf<Name>,
  more: Readonly<Record<string, unknown>> = {},
): OpCall[] {
  const gradient = `${op}Gradient` as Op;
  const order: readonly string[] = ARGUMENT_ORDER[gradient];
  const gradientCall = (sets: boolean) => {
    const given: Record<string, unknown> = { ...args, sets, ...more };
    const argument = (name: string): unknown => {
      if (name in given) return given[name];
      const input = given[inputOf(name)] as FloatArray | undefined;
      if (input === undefined || name === 'gradOut') return input && make.floats(input.length);
      const isSet = ALWAYS_SET.includes(`${op}.${name}`) || (sets && OF_ACTIVATIONS.includes(name));
      return isSet ? make.blank(input.length) : make.grad(input.length);
    };
    const values: unknown = Object.fromEntries(order.map((name) => [name, argument(name)]));
    return make.call(gradient, values as ArgumentsOf<Op>);
  };
  const call = make.call(op, args);
  return order.includes('sets') ? [call, gradientCall(false), gradientCall(true)] : [call, gradientCall(false)];
}

function rateName(rate: number): string {
  return rate > 0 ? `, dropout ${rate}` : '';
}

/** Many rows share a token, fewer a position. */
export function embedCase(rows: number, width: number, rate: number, learned = true): OpCase {
  const what = learned ? '' : ', no positions';
  const [vocabulary, contextLength] = [29, 150];
  return defineCase(`embed ${rows} × ${width}${rateName(rate)}${what}`, (make) =>
    withGradient(make, 'embed', {
      rows,
      width,
      tokens: make.integers(rows, vocabulary),
      positions: make.integers(rows, contextLength),
      dropout: make.dropout(rate),
      tokenTable: make.floats(vocabulary * width),
      positionTable: learned ? make.floats(contextLength * width) : undefined,
      out: make.blank(rows * width),
    }),
  );
}

/** @param wanted of the gradients, apart from that of the bias */
export function linearCase(
  rows: number,
  inputs: number,
  outputs: number,
  bias: boolean,
  wanted: 'both' | 'gradX' | 'gradWeight' = 'both',
): OpCase {
  const only = wanted === 'both' ? '' : `, ${wanted} only`;
  const unwanted = { both: {}, gradX: { gradWeight: undefined }, gradWeight: { gradX: undefined } }[wanted];
  return defineCase(`linear ${rows} × ${inputs} → ${outputs}${bias ? ', bias' : ''}${only}`, (make) => {
    const args = {
      rows,
      inputs,
      outputs,
      x: make.floats(rows * inputs),
      weight: make.floats(outputs * inputs, 1 / Math.sqrt(inputs)),
      bias: bias ? make.floats(outputs) : undefined,
      out: make.blank(rows * outputs),
    };
    return withGradient(make, 'linear', args, unwanted);
  });
}

/** @param isRotated by rotary positions too */
export function queryKeyNormCase(rows: number, heads: number, headWidth: number, isRotated = false): OpCase {
  return defineCase(`queryKeyNorm ${rows}, ${heads} × ${headWidth}${isRotated ? ', rotated' : ''}`, (make) => [
    make.call('queryKeyNorm', {
      rows,
      heads,
      headWidth,
      qkv: make.floats(rows * 3 * heads * headWidth),
      keyWeight: make.floats(headWidth),
      queryWeight: make.floats(headWidth),
      ...(isRotated ? rotation(make, rows, headWidth) : { table: undefined, positions: undefined }),
      out: make.output(make.blank(rows * 3 * heads * headWidth)),
    }),
  ]);
}

/** Random positions, and the cosines and sines of random angles. */
function rotation(make: ArgumentMaker, rows: number, headWidth: number) {
  const contextLength = 40;
  const positions = make.integers(rows, contextLength);
  positions[0] = contextLength - 1;
  return { table: angleTable(make, contextLength, headWidth), positions };
}

function angleTable(make: ArgumentMaker, contextLength: number, headWidth: number) {
  const half = Math.floor(headWidth / 2);
  const angles = make.floats(contextLength * half, 3);
  return make.fill(contextLength * 2 * half, (i) => {
    const angle = angles[Math.floor(i / (2 * half)) * half + (i % half)]!;
    return Math.fround(i % (2 * half) < half ? Math.cos(angle) : Math.sin(angle));
  });
}

export function rotaryCase(rows: number, heads: number, headWidth: number): OpCase {
  return defineCase(`rotary ${rows}, ${heads} × ${headWidth}`, (make) => {
    const qkv = make.output(make.floats(rows * 3 * heads * headWidth));
    return [make.call('rotary', { rows, heads, headWidth, qkv, ...rotation(make, rows, headWidth) })];
  });
}

export function swigluMlpCase(rows: number, width: number, hidden: number): OpCase {
  return defineCase(`swigluMlp ${rows} × ${width}, hidden ${hidden}`, (make) => {
    const x = make.floats(rows * width);
    const weight1 = make.floats(2 * hidden * width, 1.5 / Math.sqrt(width));
    const gatesAndUps = make.fill(2 * rows * hidden, (i) => {
      const [r, h] = [Math.floor(i / (2 * hidden)), i % (2 * hidden)];
      let sum = 0;
      for (let c = 0; c < width; c++) sum += x[r * width + c]! * weight1[h * width + c]!;
      return sum;
    });
    const args = {
      rows,
      width,
      hidden,
      x,
      weight1,
      weight2: make.floats(width * hidden, 1 / Math.sqrt(hidden)),
      gatesAndUps: make.blank(2 * rows * hidden),
      out: make.blank(rows * width),
    };
    return withGradient(make, 'swigluMlp', args, { gatesAndUps: make.usedUp(gatesAndUps) });
  });
}

export function attentionCase(
  lengths: readonly number[],
  heads: number,
  headWidth: number,
  rate: number,
  { causal = true, norms = false, rotated = false } = {},
): OpCase {
  const prepared = `${norms ? ', norms' : ''}${rotated ? ', rotated' : ''}`;
  const what = `${rateName(rate)}${causal ? '' : ', no mask'}${prepared}`;
  return defineCase(`attention [${lengths.join(', ')}], ${heads} × ${headWidth}${what}`, (make) => {
    const offsets = Int32Array.from([0, ...lengths]);
    for (let b = 0; b < lengths.length; b++) offsets[b + 1]! += offsets[b]!;
    const rows = offsets[lengths.length]!;
    return withGradient(make, 'attention', {
      rows,
      heads,
      headWidth,
      offsets,
      qkv: make.floats(rows * 3 * heads * headWidth),
      keyWeight: norms ? make.floats(headWidth) : undefined,
      queryWeight: norms ? make.floats(headWidth) : undefined,
      table: rotated ? angleTable(make, Math.max(...lengths), headWidth) : undefined,
      dropout: make.dropout(rate),
      causal,
      out: make.blank(rows * heads * headWidth),
    });
  });
}

export function cachedAttentionCase(
  rows: number,
  slots: number,
  contextLength: number,
  heads: number,
  headWidth: number,
): OpCase {
  const group = heads * headWidth;
  const lengths = cacheLengths(slots, contextLength, group);
  return defineCase(`cachedAttention ${rows} of ${slots}, ${contextLength}, ${heads} × ${headWidth}`, (make) => [
    make.call('cachedAttention', {
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
      keys: make.output(make.floats(lengths.keys)),
      values: make.output(make.floats(lengths.values)),
      out: make.blank(rows * group),
    }),
  ]);
}

export function cachedInputAttentionCase(
  rows: number,
  slots: number,
  contextLength: number,
  heads: number,
  width: number,
): OpCase {
  return defineCase(`cachedInputAttention ${rows} of ${slots}, ${contextLength}, ${heads} × ${width}`, (make) => [
    make.call('cachedInputAttention', {
      rows,
      heads,
      width,
      contextLength,
      scale: 0.8 / Math.sqrt(width),
      ...placesOf(make, rows, slots, contextLength),
      queries: make.floats(rows * heads * width),
      inputs: make.floats(rows * width),
      cache: make.output(make.floats(slots * contextLength * width)),
      out: make.blank(rows * heads * width),
    }),
  ]);
}

/** Each row's own slot, from the last, and position, with the last and the first of the context among them. */
function placesOf(make: ArgumentMaker, rows: number, slots: number, contextLength: number) {
  const positions = make.integers(rows, contextLength);
  positions[0] = contextLength - 1;
  if (rows > 1) positions[1] = 0;
  return { slots: Int32Array.from({ length: rows }, (_, r) => slots - 1 - r), positions };
}

export function addCase(length: number, rate: number): OpCase {
  return defineCase(`add ${length}${rateName(rate)}`, (make) =>
    withGradient(make, 'add', {
      length,
      dropout: make.dropout(rate),
      x: make.floats(length),
      update: make.floats(length),
      out: make.blank(length),
    }),
  );
}

export function addLayerNormCase(rows: number, width: number, rate: number | undefined): OpCase {
  const what = rate === undefined ? '' : `, update${rateName(rate)}`;
  return defineCase(`addLayerNorm ${rows} × ${width}${what}`, (make) =>
    withGradient(make, 'addLayerNorm', {
      rows,
      width,
      x: make.floats(rows * width),
      update: rate === undefined ? undefined : make.floats(rows * width),
      dropout: rate === undefined ? NO_DROPOUT : make.dropout(rate),
      weight: make.floats(width),
      bias: make.floats(width),
      out: make.blank(rows * width),
    }),
  );
}

/** The gradient uses up what the operation before it kept. */
export function mlpCase(rows: number, width: number, hidden: number, keeps = false): OpCase {
  return defineCase(`mlp ${rows} × ${width}, hidden ${hidden}${keeps ? ', kept' : ''}`, (make) => {
    const args = {
      rows,
      width,
      hidden,
      x: make.floats(rows * width),
      weight1: make.floats(hidden * width, 1.5 / Math.sqrt(width)),
      bias1: make.floats(hidden),
      weight2: make.floats(width * hidden, 1 / Math.sqrt(hidden)),
      bias2: make.floats(width),
      kept: keeps ? make.blank(rows * hidden) : undefined,
      out: make.blank(rows * width),
    };
    const h = (i: number) => {
      const [r, k] = [Math.floor(i / hidden), i % hidden];
      let sum = args.bias1[k]!;
      for (let c = 0; c < width; c++) sum += args.x[r * width + c]! * args.weight1[k * width + c]!;
      return sum;
    };
    return withGradient(make, 'mlp', args, keeps ? { kept: make.usedUp(make.fill(rows * hidden, h)) } : {});
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
    const args = { rows, vocabulary, logits, targets, nll: make.blank(rows), correct: make.blank(rows) };
    return withGradient(make, 'crossEntropy', args, { scale: 0.75, softShare: 0, soft: undefined });
  });
}

/** With a distribution of its own in each row, or a uniform one. */
export function softTargetsCase(rows: number, vocabulary: number, softShare: number, spread: 'even' | 'rows'): OpCase {
  const name = `crossEntropyGradient ${rows} × ${vocabulary}, ${softShare} soft, ${spread}`;
  return defineCase(name, (make) => [
    make.call('crossEntropyGradient', {
      rows,
      vocabulary,
      logits: make.floats(rows * vocabulary, 2),
      targets: make.integers(rows, vocabulary),
      scale: 0.75,
      softShare,
      soft: spread === 'even' ? undefined : distributions(make, rows, vocabulary),
      gradLogits: make.blank(rows * vocabulary),
    }),
  ]);
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
    return [make.call('logSoftmax', { rows, vocabulary, logits, temperature, out: make.blank(rows * vocabulary) })];
  });
}

/** Gradients and moments are of that `size`. */
export function adamWCase(segmentEnds: readonly number[], step: number, size = 1): OpCase {
  const length = segmentEnds.at(-1)!;
  return defineCase(`adamW [${segmentEnds.join(', ')}], step ${step}, gradients of size ${size}`, (make) => [
    make.call('adamW', {
      length,
      parameters: make.output(make.floats(length)),
      gradients: make.floats(length, size),
      firstMoments: make.output(make.floats(length, 0.5 * size)),
      secondMoments: make.output(make.fill(length, () => Math.fround((0.01 + make.uniform()) * size ** 2))),
      segmentEnds: Int32Array.from(segmentEnds),
      segmentDecay: Float64Array.from(segmentEnds, (_, s) => (s % 2 === 0 ? 0.1 : 0)),
      learningRate: 0.005,
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      step,
      gradientScale: 0.37,
    }),
  ]);
}

/** Matrices of those shapes, with other parameters before, between and behind them. */
export function muonCase(shapes: readonly (readonly [rows: number, columns: number])[], size = 1): OpCase {
  const names = shapes.map(([rows, columns]) => `${rows} × ${columns}`);
  return defineCase(`muon [${names.join(', ')}], gradients of size ${size}`, (make) => {
    let length = 3;
    const matrices: number[] = [];
    for (const [rows, columns] of shapes) {
      matrices.push(length, rows, columns);
      length += rows * columns + 2;
    }
    const inside = length - 3 - 2 * shapes.length;
    return [
      make.call('muon', {
        length,
        parameters: make.output(make.floats(length)),
        gradients: make.floats(length, size),
        momentum: make.output(make.floats(inside, size)),
        matrices: Int32Array.from(matrices),
        learningRate: 0.3,
        momentumDecay: 0.9,
        weightDecay: 0.1,
        updateSize: 0.5,
        gradientScale: 0.37,
      }),
    ];
  });
}

export function clearCase(length: number): OpCase {
  return defineCase(`clear ${length}`, (make) => [make.call('clear', { length, x: make.output(make.floats(length)) })]);
}

export function weightedSumCase(length: number): OpCase {
  return defineCase(`weightedSum ${length}`, (make) => {
    const [x, y, out] = [make.floats(length), make.floats(length), make.blank(length)];
    return [make.call('weightedSum', { length, x, y, scaleX: -1.7, scaleY: 0.3, out })];
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
    linearCase(16, 60, 145, true),
    linearCase(29, 100, 97, false),
    linearCase(61, 250, 150, true),
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
    attentionCase([1, 15, 16, 17, 33], 2, 5, 0.2, { causal: false }),
    attentionCase([150, 49], 3, 12, 0, { causal: false }),
    attentionCase([5, 97], 1, 20, 0.1, { causal: false }),
    attentionCase([1, 2, 17, 40], 2, 5, 0, { norms: true, rotated: true }),
    attentionCase([16, 33, 1, 31], 3, 26, 0.1, { norms: true, rotated: true }),
    attentionCase([150, 49], 2, 12, 0, { norms: true }),
    attentionCase([7, 48], 1, 17, 0, { rotated: true }),
    attentionCase([5, 3, 19], 4, 2, 0.2, { rotated: true, causal: false }),
    attentionCase([1, 9], 7, 1, 0, { norms: true }),
    attentionCase([97, 64, 12], 2, 32, 0.1, { norms: true, rotated: true, causal: false }),
    queryKeyNormCase(1, 1, 1),
    queryKeyNormCase(3, 2, 3),
    queryKeyNormCase(17, 1, 20),
    queryKeyNormCase(64, 4, 8),
    queryKeyNormCase(150, 3, 15),
    queryKeyNormCase(301, 5, 32),
    queryKeyNormCase(7, 2, 5, true),
    queryKeyNormCase(70, 3, 26, true),
    queryKeyNormCase(33, 1, 2, true),
    rotaryCase(1, 1, 2),
    rotaryCase(5, 2, 3),
    rotaryCase(65, 3, 17),
    rotaryCase(150, 4, 32),
    rotaryCase(70, 2, 60),
    swigluMlpCase(1, 1, 1),
    swigluMlpCase(3, 20, 33),
    swigluMlpCase(7, 5, 15),
    swigluMlpCase(65, 33, 17),
    swigluMlpCase(61, 130, 90),
    swigluMlpCase(150, 48, 128),
    swigluMlpCase(49, 104, 280),
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
    addCase(5001, 0.001),
    addCase(5001, 0.93),
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
    mlpCase(1, 1, 1, true),
    mlpCase(3, 20, 33, true),
    mlpCase(7, 5, 15, true),
    mlpCase(65, 33, 17, true),
    mlpCase(150, 64, 256, true),
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
    clearCase(40_001),
    weightedSumCase(1),
    weightedSumCase(15),
    weightedSumCase(40_001),
    muonCase([[1, 1]]),
    muonCase(
      [
        [3, 5],
        [5, 3],
        [4, 4],
        [1, 9],
        [9, 1],
      ],
      1e-4,
    ),
    muonCase([
      [16, 48],
      [33, 17],
      [40, 104],
      [104, 40],
    ]),
    adamWCase([1], 1),
    adamWCase([3, 3, 17], 2),
    adamWCase([100], 3, 1e-8), // as small as epsilon
    adamWCase([5000, 16400, 16401, 40001], 1000),
  ];
}
