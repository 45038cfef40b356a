/** Schemas of numbers in JSON. Apart from json.ts, which commands need that need no schema. */
import * as z from 'zod';

const NON_FINITE: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** A schema for a whole number of things. */
export const count = z.int().min(0);

/** A schema for a part of a whole. */
export const share = z.number().min(0).max(1);

/** A schema for any number, also the non-finite ones as `toJson` writes them. */
export const realNumber = z.preprocess(
  (input) => NON_FINITE.get(input) ?? input,
  z.custom<number>((value) => typeof value === 'number', { error: 'expected a number' }),
);
