/**
 * The model family, the notebook's model and all its options, written out plainly, in double precision and one number
 * after another: an independent reading of docs/notebook.md, section 5 to hold the real one against. It keeps the
 * attention weights.
 */
import { headWidthOf, type ModelConfig } from '../../src/nn/config.js';

type Vector = readonly number[];
type Matrix = readonly Vector[];

export interface PlainPass {
  /** `[rows][vocabulary]` */
  readonly logits: Matrix;
  /** `attention[block][head][query][key]`, all keys, 0 for those that come later. */
  readonly attention: readonly (readonly Matrix[])[];
}

/** Named tensors of a model, as `Parameters.toMap` gives them. */
type NamedTensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>;

/** A forward pass over one text, its cls included. */
export function plainForward(config: ModelConfig, weights: NamedTensors, tokens: ArrayLike<number>): PlainPass {
  const matrix = (name: string): Matrix => {
    const { shape, data } = weights.get(name)!;
    const columns = shape[1]!;
    return Array.from({ length: shape[0]! }, (_, i) =>
      Array.from({ length: columns }, (_, j) => data[i * columns + j]!),
    );
  };
  const vector = (name: string): Vector | undefined => {
    const found = weights.get(name);
    return found && Array.from(found.data);
  };
  const linear = (x: Vector, name: string): number[] => {
    const bias = vector(`${name}.bias`);
    return matrix(`${name}.weight`).map((row, i) => dot(row, x) + (bias?.[i] ?? 0));
  };
  const norm = (x: Vector, name: string): number[] => {
    const mean = sum(x) / x.length;
    const variance = sum(x.map((value) => (value - mean) ** 2)) / x.length;
    const scale = vector(`${name}.weight`)!;
    const shift = vector(`${name}.bias`)!;
    return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[i]! + shift[i]!);
  };
  const mlp = (x: Vector, block: string) => {
    if (config.activation === 'gelu') return linear(linear(x, `${block}.mlp.0`).map(gelu), `${block}.mlp.2`);
    const [gates, ups] = [linear(x, `${block}.mlp.gate`), linear(x, `${block}.mlp.up`)];
    return linear(
      gates.map((gate, i) => (gate / (1 + Math.exp(-gate))) * ups[i]!),
      `${block}.mlp.down`,
    );
  };
  /** Keys or queries of a head: normalised, then rotated, as a complex number for each pair (c, half + c). */
  const prepare = (x: Vector, position: number, scale: Vector | undefined): Vector => {
    const size = Math.sqrt(sum(x.map((value) => value ** 2)) / x.length + 1e-5);
    const scaled = scale ? x.map((value, c) => (value / size) * scale[c]!) : x;
    if (config.positions !== 'rotary') return scaled;
    const half = Math.floor(x.length / 2);
    return scaled.map((value, c) => {
      if (c >= 2 * half) return value;
      const angle = position * Math.exp((-(c % half) / half) * Math.log(10_000));
      const partner = c < half ? -scaled[c + half]! : scaled[c - half]!;
      return value * Math.cos(angle) + partner * Math.sin(angle);
    });
  };

  const width = headWidthOf(config);
  const attention: Matrix[][] = [];
  const attend = (x: Matrix, block: string): number[][] => {
    const project = (part: string) => x.map((row) => linear(row, `${block}.msha.${part}`));
    const [keys, queries, values] = [project('w_k'), project('w_q'), project('w_v')];
    const heads = Array.from({ length: config.heads }, (_, h) => {
      const cut = (row: Vector) => row.slice(h * width, (h + 1) * width);
      const [keyScale, queryScale] = [vector(`${block}.msha.k_norm.weight`), vector(`${block}.msha.q_norm.weight`)];
      return queries.map((query, i) => {
        // As the source does: keys and queries are both divided by the fourth root of the head's width.
        const scaled = (row: Vector) => row.map((value) => value / width ** 0.25);
        const q = scaled(prepare(cut(query), i, queryScale));
        const score = (key: Vector, j: number) => dot(q, scaled(prepare(cut(key), j, keyScale)));
        return softmax(keys.map((key, j) => (config.causal && j > i ? -Infinity : score(key, j))));
      });
    });
    attention.push(heads);
    return x.map((_, i) => {
      const mixed = heads.flatMap((weightsOf, h) =>
        Array.from({ length: width }, (_, d) =>
          sum(weightsOf[i]!.map((weight, j) => weight * values[j]![h * width + d]!)),
        ),
      );
      return linear(mixed, `${block}.msha.w_c`);
    });
  };

  const characters = matrix('embedding.weight');
  const learned = config.positions === 'learned' ? matrix('positional_embedding.weight') : undefined;
  let x: number[][] = Array.from(tokens, (token, t) =>
    learned ? add(characters[token]!, learned[t]!) : [...characters[token]!],
  );
  for (let b = 0; b < config.layers; b++) {
    const block = `transformer_blocks.${b}`;
    const normed = (rows: Matrix, i: 1 | 2) => rows.map((row) => norm(row, `${block}.layer_norm${i}`));
    if (config.norm === 'post') {
      const attended = attend(x, block);
      x = normed(
        x.map((row, i) => add(row, attended[i]!)),
        1,
      );
      x = normed(
        x.map((row) => add(row, mlp(row, block))),
        2,
      );
    } else {
      const attended = attend(normed(x, 1), block);
      x = x.map((row, i) => add(row, attended[i]!));
      const inner = normed(x, 2);
      x = x.map((row, i) => add(row, mlp(inner[i]!, block)));
    }
  }
  if (config.norm === 'pre') x = x.map((row) => norm(row, 'layer_norm'));
  const logitsOf = (row: Vector) =>
    config.tiedEmbeddings
      ? add(
          characters.map((character) => dot(character, row)),
          vector('logits.0.bias')!,
        )
      : linear(row, 'logits.0');
  return { logits: x.map(logitsOf), attention };
}

export function logSoftmax(x: Vector): number[] {
  return softmax(x).map(Math.log);
}

function softmax(x: Vector): number[] {
  const max = Math.max(...x);
  const weights = x.map((value) => Math.exp(value - max));
  return weights.map((weight) => weight / sum(weights));
}

function add(a: Vector, b: Vector): number[] {
  return a.map((value, i) => value + b[i]!);
}

function dot(a: Vector, b: Vector): number {
  return sum(a.map((value, i) => value * b[i]!));
}

function sum(x: Vector): number {
  return x.reduce((a, b) => a + b, 0);
}

function gelu(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2));
}

/** By its Maclaurin series, which is exact to double precision as far as |x| < 4; ±1 beyond. */
function erf(x: number): number {
  if (Math.abs(x) > 4) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}
