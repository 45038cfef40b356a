import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeNpy } from '../../src/runs/npy.js';

/** Files that `numpy.save` (1.24) wrote, with what was saved. */
const saved: [values: number[], base64: string][] = [
  [
    [1.5, -2, NaN, Infinity],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsKSwgfSAgICAgICAg' +
      'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAD4PwAAAAAAAADAAAAAAAAA' +
      '+H8AAAAAAADwfw==',
  ],
  [
    [],
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsKSwgfSAgICAgICAg' +
      'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
  ],
];

it.each(saved)('encodeNpy writes %j as numpy.save does', (values, base64) => {
  expect(Buffer.from(encodeNpy(values)).toString('base64')).toBe(base64);
});

it('encodeNpy writes all values, aligned to 64 bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const bytes = encodeNpy(values);
      const start = bytes.length - 8 * values.length;
      expect(start % 64).toBe(0);
      expect(Array.from(new Float64Array(bytes.slice(start).buffer))).toEqual(values);
    }),
  );
});
