import { portable } from '../../src/backend/portable/index.js';
import type { Backend, FloatArray, MlpArgs } from '../../src/backend/types.js';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The bfloat16 nearest to x's float32, ties to even. */
export function toBf16(x: number): number {
  float[0] = x;
  if (Number.isNaN(float[0])) return NaN;
  const low = bits[0]! & 0xffff;
  const up = low > 0x8000 || (low === 0x8000 && (bits[0]! & 0x10000) !== 0);
  bits[0] = ((bits[0]! >>> 16) + (up ? 1 : 0)) << 16;
  return float[0];
}

const rounded = (x: FloatArray, length: number) => Float64Array.from(x.subarray(0, length), toBf16);
const zeros = (length: number) => new Float64Array(length);

/** A matrix and the steps from one row and from one column to the next, so that a transpose is the same numbers. */
type Matrix = readonly [data: FloatArray, rowStep: number, columnStep: number];

/** C [m, n] += A [m, depth] · B [depth, n] */
function addProduct([m, n, depth]: readonly [number, number, number], a: Matrix, b: Matrix, c: FloatArray): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a[0][i * a[1] + k * a[2]]! * b[0][k * b[1] + j * b[2]]!;
      c[i * n + j]! += sum;
    }
  }
}

function addColumnSums(matrix: FloatArray, rows: number, columns: number, sums: FloatArray): void {
  for (let i = 0; i < rows * columns; i++) sums[i % columns]! += matrix[i]!;
}

/**
 * The operations with products on bfloat16 as plain formulas in float64, the operands rounded where a product takes
 * them. The GELU and its derivative are the portable backend's, with a width and a hidden layer of one.
 */
export const bf16Reference: Pick<
  Backend,
  'linear' | 'linearGradient' | 'mlp' | 'mlpGradient' | 'swigluMlp' | 'swigluMlpGradient'
> = {
  linear({ rows, inputs, outputs, x, weight, bias, out }) {
    const [xr, wr] = [rounded(x, rows * inputs), rounded(weight, outputs * inputs)];
    for (let i = 0; i < rows * outputs; i++) out[i] = bias?.[i % outputs] ?? 0;
    addProduct([rows, outputs, inputs], [xr, inputs, 1], [wr, 1, inputs], out);
  },
  linearGradient({ rows, inputs, outputs, x, weight, gradOut, sets, gradX, gradWeight, gradBias }) {
    if (sets) gradX?.fill(0);
    const [xr, wr] = [rounded(x, rows * inputs), rounded(weight, outputs * inputs)];
    const gr = rounded(gradOut, rows * outputs);
    if (gradX) addProduct([rows, inputs, outputs], [gr, outputs, 1], [wr, inputs, 1], gradX);
    if (gradWeight) addProduct([outputs, inputs, rows], [gr, 1, outputs], [xr, inputs, 1], gradWeight);
    if (gradBias) addColumnSums(gradOut, rows, outputs, gradBias);
  },
  mlp({ rows, width, hidden, bias2, weight2, kept, out, ...rest }) {
    const { h, g } = hiddenLayer({ rows, width, hidden, weight2, kept: undefined, ...rest });
    kept?.set(h);
    const [gr, wr] = [rounded(g, g.length), rounded(weight2, width * hidden)];
    for (let i = 0; i < rows * width; i++) out[i] = bias2[i % width]!;
    addProduct([rows, width, hidden], [gr, hidden, 1], [wr, 1, hidden], out);
  },
  mlpGradient(a) {
    const { rows, width, hidden, x, weight1, weight2, gradOut } = a;
    const { g, slope } = hiddenLayer(a);
    const [xr, w1, w2] = [rounded(x, rows * width), rounded(weight1, hidden * width), rounded(weight2, width * hidden)];
    const dout = rounded(gradOut, rows * width);
    const dh = zeros(rows * hidden);
    addProduct([rows, hidden, width], [dout, width, 1], [w2, hidden, 1], dh);
    for (let i = 0; i < dh.length; i++) dh[i]! *= slope[i]!;
    a.kept?.set(dh);
    if (a.sets) a.gradX.fill(0);
    const [gr, dhr] = [rounded(g, g.length), rounded(dh, dh.length)];
    addProduct([rows, width, hidden], [dhr, hidden, 1], [w1, width, 1], a.gradX);
    addProduct([hidden, width, rows], [dhr, 1, hidden], [xr, width, 1], a.gradWeight1);
    addProduct([width, hidden, rows], [dout, 1, width], [gr, hidden, 1], a.gradWeight2);
    addColumnSums(dh, rows, hidden, a.gradBias1);
    addColumnSums(gradOut, rows, width, a.gradBias2);
  },
  swigluMlp({ rows, width, hidden, x, weight1, weight2, gatesAndUps, out }) {
    this.linear({ rows, inputs: width, outputs: 2 * hidden, x, weight: weight1, bias: undefined, out: gatesAndUps });
    const activated = zeros(rows * hidden);
    for (let i = 0; i < activated.length; i++) activated[i] = gated(gatesAndUps, hidden, i).value;
    this.linear({ rows, inputs: hidden, outputs: width, x: activated, weight: weight2, bias: undefined, out });
  },
  swigluMlpGradient({ rows, width, hidden, x, weight1, weight2, gatesAndUps, ...a }) {
    const { gradOut, sets, gradX, gradWeight1, gradWeight2 } = a;
    const [activated, grad] = [zeros(rows * hidden), zeros(rows * hidden)];
    const down = { rows, inputs: hidden, outputs: width, weight: weight2, gradOut, sets: false, gradBias: undefined };
    this.linearGradient({ ...down, x: activated, gradX: grad, gradWeight: undefined });
    for (let i = 0; i < grad.length; i++) {
      const { value, byGate, byUp, at } = gated(gatesAndUps, hidden, i);
      activated[i] = value;
      gatesAndUps[at] = grad[i]! * byGate;
      gatesAndUps[at + hidden] = grad[i]! * byUp;
    }
    this.linearGradient({ ...down, x: activated, gradX: undefined, gradWeight: gradWeight2 });
    const up = { rows, inputs: width, outputs: 2 * hidden, x, weight: weight1, gradOut: gatesAndUps };
    this.linearGradient({ ...up, sets, gradX, gradWeight: gradWeight1, gradBias: undefined });
  },
};

/** silu(gate) · up of the i-th hidden number, and its derivatives. */
function gated(gatesAndUps: FloatArray, hidden: number, i: number) {
  const at = i + Math.floor(i / hidden) * hidden;
  const [gate, up] = [gatesAndUps[at]!, gatesAndUps[at + hidden]!];
  const s = 1 / (1 + Math.exp(-gate));
  return { at, value: gate * s * up, byGate: up * (s + gate * s * (1 - s)), byUp: gate * s };
}

/** h = x W1ᵀ + b1, not rounded, or as it was kept; g = gelu(h) and gelu'(h). */
function hiddenLayer({ rows, width, hidden, x, weight1, bias1, kept }: MlpArgs) {
  const [xr, wr] = [rounded(x, rows * width), rounded(weight1, hidden * width)];
  const h = Float64Array.from({ length: rows * hidden }, (_, i) => kept?.[i] ?? bias1[i % hidden]!);
  if (!kept) addProduct([rows, hidden, width], [xr, width, 1], [wr, 1, width], h);
  const g = zeros(h.length);
  const slope = zeros(h.length);
  const [one, zero] = [Float64Array.of(1), Float64Array.of(0)];
  const unit = { rows: h.length, width: 1, hidden: 1, x: h, weight1: one, bias1: zero, weight2: one, kept: undefined };
  portable.mlp({ ...unit, bias2: zero, out: g });
  const [gradOut, ignored] = [new Float64Array(h.length).fill(1), () => zeros(1)];
  portable.mlpGradient({
    ...unit,
    gradOut,
    sets: true,
    gradX: slope,
    gradWeight1: ignored(),
    gradBias1: ignored(),
    gradWeight2: ignored(),
    gradBias2: ignored(),
  });
  return { h, g, slope };
}
