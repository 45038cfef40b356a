import { expect, it, vi } from 'vitest';

// The example as it stands, but a smaller model and fewer epochs, so that it takes a second.
vi.mock('letterpress', async () => {
  const library = await import('../../src/index.js');
  const trainModel: typeof library.trainModel = (options) =>
    library.trainModel({ ...options, emb: 16, heads: 2, blocks: 1, learningRate: 0.02, epochs: 10 });
  return { ...library, trainModel };
});

it('examples/train-on-strings.mjs trains, samples and scores', async () => {
  const printed: unknown[][] = [];
  const log = vi
    .spyOn(console, 'log')
    .mockImplementation((...values: unknown[]) => void printed.push(values));
  const example = '../../examples/train-on-strings.mjs'; // a variable: it has no types to check
  try {
    await import(/* @vite-ignore */ example);
  } finally {
    log.mockRestore();
  }
  const epochs = printed.slice(0, -2);
  expect(epochs.map(([epoch]) => epoch)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  const [[samples], [nll]] = printed.slice(-2) as [[string[]], [Float64Array]];
  expect(samples).toHaveLength(5);
  // A text of the kind it was trained on is likelier than one with a strange ending.
  expect(nll[0]).toBeLessThan(nll[1]! - 5);
});
