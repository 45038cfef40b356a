import { expect, it } from 'vitest';
import { PURPOSES, Random, threefry, type Purpose } from '../../src/random.js';
import { usePageWith } from './page.js';

const evaluate = usePageWith('src/random.ts');

/** Known answers of Threefry-2x32 with 20 rounds, from the test vectors of its authors' library (Random123). */
const KNOWN_ANSWERS = [
  [0, 0, 0, 0, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
] as const;

it.each(KNOWN_ANSWERS)('threefry(%i, %i, %i, %i) has its known answer in Chromium', async (k0, k1, c0, c1, x0, x1) => {
  const out = new Uint32Array(2);
  threefry(k0, k1, c0, c1, out);
  expect([...out]).toEqual([x0, x1]);
  const source = `(() => {
    const out = new Uint32Array(2);
    bundle.threefry(${k0}, ${k1}, ${c0}, ${c1}, out);
    return [...out];
  })()`;
  expect(await evaluate(source)).toEqual([x0, x1]);
});

it('draws the same numbers in Chromium as in Node, bit for bit', async () => {
  const purposes = Object.keys(PURPOSES) as Purpose[];
  const inNode = purposes.map((purpose) => {
    const random = new Random(2 ** 40 + 42, purpose, 7);
    return {
      uniform: Array.from({ length: 100 }, () => random.uniform()),
      order: [...random.permutation(50)],
    };
  });
  const inBrowser = await evaluate(`${JSON.stringify(purposes)}.map((purpose) => {
    const random = new bundle.Random(2 ** 40 + 42, purpose, 7);
    return { uniform: Array.from({ length: 100 }, () => random.uniform()), order: [...random.permutation(50)] };
  })`);
  expect(inBrowser).toEqual(inNode);
});
