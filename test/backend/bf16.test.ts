/**
 * `--precision bf16` on every instruction set: against plain formulas in float64 that round the same operands, and as a
 * model's gradients against float32.
 */
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/types.js';
import { bf16Reference } from '../support/bf16-reference.js';
import { nativeBackend, nativeInstructionSets } from '../support/instruction-sets.js';
import { errors } from '../support/op-errors.js';
import { edgeCases, linearCase, mlpCase, type OpCase } from '../support/op-cases.js';

const sets = nativeInstructionSets();
const take = (set: string, threads = 2): Backend => nativeBackend(set, threads, 'bf16');

/** Below, at and above the sizes of tiles (16), steps (32), and blocks (64, 128, 256). */
const cases: OpCase[] = [
  ...edgeCases().filter(({ name }) => /^(linear|mlp) /.test(name)),
  linearCase(33, 20, 60, true),
  linearCase(33, 33, 33, true),
  linearCase(65, 64, 96, true),
  linearCase(130, 360, 60, true),
  linearCase(129, 60, 1080, true),
  mlpCase(1, 20, 200),
  mlpCase(33, 20, 200),
  mlpCase(33, 30, 31),
  mlpCase(33, 60, 513),
  mlpCase(64, 32, 256),
  mlpCase(65, 128, 257),
  mlpCase(129, 48, 544),
  mlpCase(257, 33, 33),
];

/**
 * Linear layers only sum what is rounded already: as exact as in float32 (see contract.test.ts).
 *
 * In the MLP a hidden unit that is off by e (of itself) before it is rounded becomes the neighbouring bfloat16, off by
 * 2^-8, with a chance of e / 2^-8. The GELU made for bf16 has e up to 2^-14, so sums are off by up to 2^-8 · √(2^-6) ≈
 * 5e-4 of their typical size, and single elements by some of those neighbours at once. What rounding the operands costs is
 * 1.1e-3 for each, and a wrong rounding (truncation, or one that is left out) moves sums by 1e-3 to 2e-3.
 */
const EXACT = { typical: 1.5e-6, largest: 1e-5 };
const MLP = { typical: 7e-4, largest: 1e-2 };

describe.runIf(sets.length > 0)('bf16 operations agree with rounded operands in float64', () => {
  for (const opCase of cases) {
    it(opCase.name, () => {
      const exact = opCase.calls('float64').map((call) => call.run(bf16Reference as Backend));
      const calls = opCase.calls('float32');
      for (const set of sets) {
        const backend = take(set);
        calls.forEach((call, i) => {
          for (const [output, got] of call.run(backend)) {
            const label = `${call.op}.${output} on ${set}`;
            const { typical, largest } = errors(got, exact[i]!.get(output)!);
            const bound = call.op.startsWith('mlp') ? MLP : EXACT;
            // Of few elements, one may be all that is off.
            expect(typical, label).toBeLessThanOrEqual(got.length < 100 ? bound.largest : bound.typical);
            expect(largest, label).toBeLessThanOrEqual(bound.largest);
          }
        });
      }
    });
  }
});
