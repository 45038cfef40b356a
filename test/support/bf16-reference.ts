import type { LinearForward, LinearGradient, MlpForward, MlpGradient } from '../../src/backend/types.js';
import type { Backend, FloatArray } from '../../src/backend/types.js';
import { portable } from '../../src/backend/portable/index.js';

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

/** C[m][n] = Σ A(m, k) B(k, n) */
function product(
  m: number,
  n: number,
  depth: number,
  a: (m: number, k: number) => number,
  b: (k: number, n: number) => number,
): Float64Array {
  const c = zeros(m * n);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < depth; k++) {
      const aik = a(i, k);
      for (let j = 0; j < n; j++) c[i * n + j]! += aik * b(k, j);
    }
  }
  return c;
}

function addTo(to: FloatArray, from: FloatArray): void {
  for (let i = 0; i < from.length; i++) to[i]! += from[i]!;
}

function columnSums(matrix: FloatArray, rows: number, columns: number): Float64Array {
  const sums = zeros(columns);
  for (let i = 0; i < rows * columns; i++) sums[i % columns]! += matrix[i]!;
  return sums;
}

/**
 * The operations with products on bfloat16 as plain formulas in float64, the operands rounded where a product takes
 * them. The GELU and its derivative are the portable backend's, with a width and a hidden layer of one.
 */
export const bf16Reference: Pick<Backend, 'linear' | 'linearGradient' | 'mlp' | 'mlpGradient'> = {
  linear({ rows, inputs, outputs, x, weight, bias, out }: LinearForward) {
    const [xr, wr] = [rounded(x, rows * inputs), rounded(weight, outputs * inputs)];
    out.fill(0, 0, rows * outputs);
    addTo(
      out,
      product(
        rows,
        outputs,
        inputs,
        (r, i) => xr[r * inputs + i]!,
        (i, o) => wr[o * inputs + i]!,
      ),
    );
    if (bias) for (let i = 0; i < rows * outputs; i++) out[i]! += bias[i % outputs]!;
  },
  linearGradient({ rows, inputs, outputs, x, weight, gradOut, gradX, gradWeight, gradBias }: LinearGradient) {
    const [xr, wr, gr] = [
      rounded(x, rows * inputs),
      rounded(weight, outputs * inputs),
      rounded(gradOut, rows * outputs),
    ];
    if (gradX)
      addTo(
        gradX,
        product(
          rows,
          inputs,
          outputs,
          (r, o) => gr[r * outputs + o]!,
          (o, i) => wr[o * inputs + i]!,
        ),
      );
    if (gradWeight)
      addTo(
        gradWeight,
        product(
          outputs,
          inputs,
          rows,
          (o, r) => gr[r * outputs + o]!,
          (r, i) => xr[r * inputs + i]!,
        ),
      );
    if (gradBias) addTo(gradBias, columnSums(gradOut, rows, outputs));
  },
  mlp({ rows, width, hidden, bias2, weight2, out, ...rest }: MlpForward) {
    const { g } = hiddenLayer({ rows, width, hidden, ...rest });
    const [gr, wr] = [rounded(g, g.length), rounded(weight2, width * hidden)];
    out.fill(0, 0, rows * width);
    addTo(
      out,
      product(
        rows,
        width,
        hidden,
        (r, h) => gr[r * hidden + h]!,
        (h, c) => wr[c * hidden + h]!,
      ),
    );
    for (let i = 0; i < rows * width; i++) out[i]! += bias2[i % width]!;
  },
  mlpGradient(a: MlpGradient) {
    const { rows, width, hidden, x, weight1, weight2, gradOut } = a;
    const { g, slope } = hiddenLayer(a);
    const [xr, w1, w2] = [rounded(x, rows * width), rounded(weight1, hidden * width), rounded(weight2, width * hidden)];
    const dout = rounded(gradOut, rows * width);
    const dh = product(
      rows,
      hidden,
      width,
      (r, c) => dout[r * width + c]!,
      (c, h) => w2[c * hidden + h]!,
    );
    for (let i = 0; i < dh.length; i++) dh[i]! *= slope[i]!;
    const [gr, dhr] = [rounded(g, g.length), rounded(dh, dh.length)];
    addTo(
      a.gradX,
      product(
        rows,
        width,
        hidden,
        (r, h) => dhr[r * hidden + h]!,
        (h, c) => w1[h * width + c]!,
      ),
    );
    addTo(
      a.gradWeight1,
      product(
        hidden,
        width,
        rows,
        (h, r) => dhr[r * hidden + h]!,
        (r, c) => xr[r * width + c]!,
      ),
    );
    addTo(
      a.gradWeight2,
      product(
        width,
        hidden,
        rows,
        (c, r) => dout[r * width + c]!,
        (r, h) => gr[r * hidden + h]!,
      ),
    );
    addTo(a.gradBias1, columnSums(dh, rows, hidden));
    addTo(a.gradBias2, columnSums(gradOut, rows, width));
  },
};

/** g = gelu(h) and gelu'(h) of h = x W1ᵀ + b1, not rounded. */
function hiddenLayer({
  rows,
  width,
  hidden,
  x,
  weight1,
  bias1,
}: Pick<MlpForward, 'rows' | 'width' | 'hidden' | 'x' | 'weight1' | 'bias1'>) {
  const [xr, wr] = [rounded(x, rows * width), rounded(weight1, hidden * width)];
  const h = product(
    rows,
    hidden,
    width,
    (r, c) => xr[r * width + c]!,
    (c, o) => wr[o * width + c]!,
  );
  for (let i = 0; i < h.length; i++) h[i]! += bias1[i % hidden]!;
  const g = zeros(h.length);
  const slope = zeros(h.length);
  const [one, zero] = [Float64Array.of(1), Float64Array.of(0)];
  const unit = { rows: h.length, width: 1, hidden: 1, x: h, weight1: one, bias1: zero, weight2: one };
  portable.mlp({ ...unit, bias2: zero, out: g });
  const [gradOut, ignored] = [new Float64Array(h.length).fill(1), () => zeros(1)];
  portable.mlpGradient({
    ...unit,
    gradOut,
    gradX: slope,
    gradWeight1: ignored(),
    gradBias1: ignored(),
    gradWeight2: ignored(),
    gradBias2: ignored(),
  });
  return { g, slope };
}
