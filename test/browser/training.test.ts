import { expect, it } from 'vitest';
import * as library from '../../src/browser.js';
import { usePageWith } from './page.js';

const evaluate = usePageWith('src/browser.ts');

interface Outcome {
  readonly losses: number[];
  readonly weights: number[];
  readonly valNll: number;
  readonly scores: number[];
  readonly texts: string[];
}

/**
 * Trains a tiny model on two batches, scores texts and writes some. Its source is run in the page, so it may use
 * nothing but its arguments.
 */
async function trainTiny(bundle: typeof library, recipe: library.RecipeName): Promise<Outcome> {
  const corpus = bundle.gazette({ sizes: { train: 32, val: 8, test: 8 } });
  const losses: number[] = [];
  let valNll = NaN;
  const { model } = await bundle.trainModel({
    corpus,
    backend: bundle.portable,
    recipe,
    dModel: 8,
    heads: 2,
    layers: 1,
    mlpRatio: 2,
    dropout: 0.1,
    batch: 16,
    epochs: 1,
    seed: 3,
    onEvent: (event) => {
      if (event.kind === 'step') losses.push(event.report.nll);
      if (event.kind === 'epoch') valNll = event.report.valNll;
    },
  });
  return {
    losses,
    weights: Array.from(model.transformer.parameters.values),
    valNll,
    scores: Array.from(model.score(['rain expected', '']).nll),
    texts: model.sample({ count: 3, seed: 1, prompt: 'rain ' }),
  };
}

/** ‖a − b‖ / ‖b‖ */
function relativeError(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  const squares = (values: readonly number[]) => values.reduce((sum, x) => sum + x * x, 0);
  return Math.sqrt(squares(a.map((x, i) => x - b[i]!)) / squares(b));
}

it.each(['modern', 'notebook'] as const)('trains the recipe %s in Chromium as in Node', async (recipe) => {
  const here = await trainTiny(library, recipe);
  expect(here.losses).toHaveLength(2);
  const there = (await evaluate(`(${trainTiny.toString()})(bundle, '${recipe}')`)) as Outcome;
  // The two engines' versions may differ in the last bit of exp and its kin.
  expect(relativeError(there.losses, here.losses)).toBeLessThan(1e-6);
  expect(relativeError(there.weights, here.weights)).toBeLessThan(1e-6);
  expect(relativeError([there.valNll, ...there.scores], [here.valNll, ...here.scores])).toBeLessThan(1e-6);
  expect(there.texts).toEqual(here.texts);
  for (const text of there.texts) expect(text).toMatch(/^rain [a-z ]*$/);
});
