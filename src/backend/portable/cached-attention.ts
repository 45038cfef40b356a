import { paddedForCache, type CachedAttention, type CachedInputAttention } from '../types.js';
import { addScaled, dot, scratchLike, softmax } from './vectors.js';

export function cachedAttention(args: CachedAttention): void {
  const { rows, heads, headWidth, contextLength, scale, slots, positions, queries, values, out } = args;
  const width = heads * headWidth;
  const keyStep = paddedForCache(contextLength);
  const valueStep = paddedForCache(width);
  const weights = scratchLike(queries, contextLength);
  out.fill(0, 0, rows * width);
  for (let r = 0; r < rows; r++) {
    writeToCache(args, r);
    const position = positions[r]!;
    for (let column = 0; column < width; column += headWidth) {
      const query = r * args.queryStride + column;
      const key = (slots[r]! * width + column) * keyStep;
      const value = slots[r]! * contextLength * valueStep + column;
      for (let j = 0; j <= position; j++) {
        let score = 0;
        for (let c = 0; c < headWidth; c++) score += queries[query + c]! * args.keys[key + c * keyStep + j]!;
        weights[j] = score * scale;
      }
      softmax(weights, position + 1);
      for (let j = 0; j <= position; j++) {
        addScaled(out, r * width + column, weights[j]!, values, value + j * valueStep, headWidth);
      }
    }
  }
}

function writeToCache(args: CachedAttention, r: number): void {
  const { contextLength, newKeys, newValues, newStride, keys, values } = args;
  const width = args.heads * args.headWidth;
  const slot = args.slots[r]!;
  const position = args.positions[r]!;
  const from = r * newStride;
  for (let c = 0; c < width; c++) {
    keys[(slot * width + c) * paddedForCache(contextLength) + position] = newKeys[from + c]!;
  }
  values.set(newValues.subarray(from, from + width), (slot * contextLength + position) * paddedForCache(width));
}

export function cachedInputAttention(args: CachedInputAttention): void {
  const { rows, heads, width, contextLength, scale, slots, positions, queries, inputs, cache, out } = args;
  const weights = scratchLike(queries, contextLength);
  out.fill(0, 0, rows * heads * width);
  for (let r = 0; r < rows; r++) {
    const position = positions[r]!;
    const first = slots[r]! * contextLength * width;
    cache.set(inputs.subarray(r * width, (r + 1) * width), first + position * width);
    for (let head = 0; head < heads; head++) {
      const at = (r * heads + head) * width;
      for (let j = 0; j <= position; j++) weights[j] = scale * dot(queries, at, cache, first + j * width, width);
      softmax(weights, position + 1);
      for (let j = 0; j <= position; j++) addScaled(out, at, weights[j]!, cache, first + j * width, width);
    }
  }
}
