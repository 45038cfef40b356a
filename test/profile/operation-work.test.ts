import { describe, expect, it } from 'vitest';
import { OPERATION_WORK, type Work } from '../../src/profile/operation-work.js';
import { NO_DROPOUT } from '../../src/backend/types.js';
import type { OpCall } from '../support/op-call.js';
import * as ops from '../support/op-cases.js';

const workOf = ({ op, args }: OpCall): Work => (OPERATION_WORK[op] as (a: unknown) => Work)(args);

/** Bytes of a call's arrays. Those that are added to count twice: gradients, but for those that hold no numbers yet. */
function bytesOf({ op, args, outputs }: OpCall): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(args)) {
    if (!ArrayBuffer.isView(value)) continue;
    // The views are cut out of larger arrays, but `byteLength` is their own.
    const isSet = (value as Float32Array).every(Number.isNaN);
    const added = op.endsWith('Gradient') && outputs.includes(name) && !isSet;
    bytes += value.byteLength * (added ? 2 : 1);
  }
  return bytes;
}

describe('OPERATION_WORK', () => {
  for (const one of ops.edgeCases()) {
    it(`counts the bytes of its arrays, and twice the products in its gradient: ${one.name}`, () => {
      const calls = one.calls('float32');
      const single = one.name.endsWith(' only'); // see below
      for (const call of calls) {
        if (single && call.op === 'linearGradient') continue;
        if (/^cached|^rotary|^adamW$|^muon$/.test(call.op)) continue; // see below
        expect(workOf(call).bytes, call.op).toBe(bytesOf(call));
      }
      const [forward, gradient] = calls;
      if (gradient) expect(workOf(gradient).flops).toBe((single ? 1 : 2) * workOf(forward!).flops);
    });
  }

  it('counts only the wanted one of two gradients, with its factors', () => {
    const [rows, inputs, outputs] = [7, 5, 3];
    const [, forX] = ops.linearCase(rows, inputs, outputs, false, 'gradX').calls('float32');
    const [, forWeight] = ops.linearCase(rows, inputs, outputs, false, 'gradWeight').calls('float32');
    expect(workOf(forX!).bytes).toBe(4 * (rows * outputs + inputs * outputs + 2 * rows * inputs));
    expect(workOf(forWeight!).bytes).toBe(4 * (rows * outputs + rows * inputs + 2 * inputs * outputs));
  });

  it('counts every multiplication and addition of a product', () => {
    const count = (...sizes: number[]) => 2 * sizes.reduce((a, b) => a * b, 1);
    const flops = (calls: OpCall[]) => workOf(calls[0]!).flops;
    expect(flops(ops.linearCase(7, 5, 3, true).calls('float32'))).toBe(count(7, 5, 3));
    expect(flops(ops.mlpCase(7, 5, 11).calls('float32'))).toBe(count(7, 5, 11) + count(7, 11, 5));

    let attention = 0;
    for (const length of [1, 4, 9])
      for (let query = 0; query < length; query++)
        for (let key = 0; key <= query; key++) attention += count(1, 6) + count(1, 6); // a score, a weighted sum
    expect(flops(ops.attentionCase([1, 4, 9], 2, 6, 0).calls('float32'))).toBe(2 * attention);

    const [cached] = ops.cachedAttentionCase(3, 5, 20, 4, 6).calls('float32');
    const [inputs] = ops.cachedInputAttentionCase(3, 5, 20, 4, 6).calls('float32');
    const pairsOf = (call: OpCall) =>
      (call.args['positions'] as Int32Array).reduce((sum, position) => sum + position + 1, 0);
    expect(workOf(cached!).flops).toBe(pairsOf(cached!) * 4 * 2 * count(6));
    expect(workOf(inputs!).flops).toBe(pairsOf(inputs!) * 4 * 2 * count(6));
    // Of three rows: queries, keys and values of 4 heads come in, outputs go out; keys and values of all positions so
    // far are looked at. Where inputs are keys and values, one row of 6 numbers takes the place of both for all heads.
    expect(workOf(cached!).bytes).toBe(4 * (3 * 4 * 24 + 2 * pairsOf(cached!) * 24) + 2 * 3 * 4);
    expect(workOf(inputs!).bytes).toBe(4 * (3 * (24 + 6 + 6 + 24) + pairsOf(inputs!) * 6) + 2 * 3 * 4);
  });

  it('counts keys and queries, but no values, of rotary positions', () => {
    for (const call of ops.rotaryCase(5, 2, 7).calls('float32')) {
      expect(workOf(call)).toEqual({ flops: 0, bytes: 4 * (2 * 2 * 5 * 14 + 40 * 6 + 5), shape: '' });
    }
  });

  it('counts the arrays of the matrices that Muon moves, and the products of their smaller sides', () => {
    const shapes = [
      [3, 5],
      [7, 2],
    ] as const;
    const [call] = ops.muonCase(shapes).calls('float32');
    expect(workOf(call!).bytes).toBe(4 * 5 * (15 + 14)); // momentum and weights are read and written
    const flops = shapes.map(([rows, columns]) => {
      const [m, n] = [Math.min(rows, columns), Math.max(rows, columns)];
      return 5 * ((2 * m * m * n) / 2 + (2 * m ** 3) / 2 + 2 * m * m * n); // half of what is symmetric
    });
    expect(workOf(call!).flops).toBe(flops[0]! + flops[1]!);
  });

  it('counts the arrays of AdamW and of the sum of squares once', () => {
    const length = 1000;
    const [adamW] = ops.adamWCase([length], 1).calls('float32');
    expect(workOf(adamW!)).toEqual({ flops: 0, bytes: 4 * 7 * length, shape: '' });
    expect(OPERATION_WORK.sumOfSquares({ length: 600, x: new Float32Array(600) })).toEqual({
      flops: 0,
      bytes: 2400,
      shape: '',
    });
  });

  it('distinguishes the shapes of one operation', () => {
    const shapes = [ops.linearCase(1, 48, 864, true), ops.attentionCase([1], 6, 48, 0), ops.mlpCase(1, 48, 8160)];
    expect(shapes.map((one) => workOf(one.calls('float32')[0]!).shape)).toEqual(['48→864', '6×48', '48→8160→48']);
    const x = new Float32Array(4);
    expect(OPERATION_WORK.add({ length: 4, x, update: x, dropout: NO_DROPOUT, out: x }).shape).toBe('');
  });
});
