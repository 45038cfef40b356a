import type { RotaryArgs } from '../types.js';

export function rotary(args: RotaryArgs): void {
  rotate(args, 1);
}

/** In place: a rotation's transpose is its inverse. */
export function rotaryGradient({ gradQkv, ...args }: Omit<RotaryArgs, 'qkv'> & { gradQkv: RotaryArgs['qkv'] }): void {
  rotate({ ...args, qkv: gradQkv }, -1);
}

/** In place, each pair (a, b) becomes (a cos − b sin, b cos + a sin), or with sign −1 the inverse. */
function rotate({ rows, heads, headWidth, positions, table, qkv }: RotaryArgs, sign: 1 | -1): void {
  const group = heads * headWidth;
  const half = Math.floor(headWidth / 2);
  for (let r = 0; r < rows; r++) {
    const cosines = positions[r]! * 2 * half;
    const sines = cosines + half;
    // The heads of keys, then those of queries, which follow them.
    for (let head = 0; head < 2 * heads; head++) {
      const first = r * 3 * group + head * headWidth;
      for (let c = 0; c < half; c++) {
        const a = qkv[first + c]!;
        const b = qkv[first + half + c]!;
        const cosine = table[cosines + c]!;
        const sine = sign * table[sines + c]!;
        qkv[first + c] = a * cosine - b * sine;
        qkv[first + half + c] = b * cosine + a * sine;
      }
    }
  }
}
