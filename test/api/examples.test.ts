import { readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();

// The examples as they stand, but smaller models and fewer epochs, so that each takes a second or two.
vi.mock('letterpress', async () => {
  const library = await import('../../src/index.js');
  const trainModel: typeof library.trainModel = (options) =>
    library.trainModel({ ...options, dModel: 16, heads: 2, layers: 1, learningRate: 0.02, epochs: 10 });
  const planTraining: typeof library.planTraining = (options, vocabulary) =>
    library.planTraining({ ...options, dModel: 16, heads: 2, learningRate: 0.02 }, vocabulary);
  return { ...library, trainModel, planTraining };
});

/** Runs an example, and returns what it printed, call by call. */
async function printedBy(name: string): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => void printed.push(values));
  const example = `../../examples/${name}`; // a variable: it has no types to check
  try {
    await import(/* @vite-ignore */ example);
  } finally {
    log.mockRestore();
  }
  return printed;
}

it('examples/train-on-strings.mjs trains, samples and scores', async () => {
  const printed = await printedBy('train-on-strings.mjs');
  const epochs = printed.slice(0, -3);
  expect(epochs.map(([epoch]) => epoch)).toEqual(Array.from({ length: 10 }, (_, i) => i));
  const [[samples], [nll]] = printed.slice(-2) as [[string[]], [Float64Array]];
  expect(samples).toHaveLength(5);
  // A text of the kind it was trained on is likelier than one with a strange ending.
  expect(nll[0]).toBeLessThan(nll[1]! - 5);
});

it('examples/train-in-worker.mjs trains while its own thread goes on, stops and samples', async () => {
  vi.stubEnv('TMPDIR', folder());
  const printed = await printedBy('train-in-worker.mjs');
  const [samples] = printed.pop() as [string[]];
  expect(samples).toHaveLength(3);
  expect(printed.pop()?.[0]).toMatch(/^stopped; /);
  printed.forEach(([line], epoch) => expect(line).toMatch(new RegExp(`^epoch ${epoch}: NLL .* ticked [1-9]`)));
  expect(printed.length).toBeGreaterThan(0);
});

it('examples/mix-with-ngram.mjs mixes a model with an n-gram model, evaluates and samples', async () => {
  const printed = await printedBy('mix-with-ngram.mjs');
  const figures = new Map(printed.slice(0, 3) as [string, number][]);
  expect([...figures.keys()]).toEqual(['transformer', 'ngram', 'mixture']);
  // Two models that err differently are together better than either.
  expect(figures.get('mixture')).toBeLessThan(figures.get('transformer')!);
  expect(figures.get('mixture')).toBeLessThan(figures.get('ngram')!);
  expect(printed[3]?.[0]).toHaveLength(3);
});

it('examples/notebook.ts builds the notebook as the library does, trains it and samples', async () => {
  const out = folder();
  vi.stubEnv('QUICK', '1');
  vi.stubEnv('OUT', out);
  const printed = (await printedBy('notebook.ts')).map(([line]) => String(line));
  expect(printed[0]).toBe('87k: 87289 parameters');
  const nlls = printed.slice(1, 4).map((line) => Number(/NLL ([\d.]+)/.exec(line)?.[1]));
  expect(nlls[1]).toBeLessThan(nlls[0]!); // it learns
  expect(nlls[2]).toBeGreaterThan(0);
  expect(readdirSync(out).sort()).toEqual(['87k-epoch-0.txt', '87k-epoch-1.txt', '87k-nll.npy', '87k-rec.npy']);

  const { DecoderTransformer } = await import('../../examples/notebook.js');
  const { chooseBackend, presetConfig, Tape, ...library } = await import('../../src/index.js');
  const [tape, config] = [new Tape(chooseBackend().backend), presetConfig('87k')];
  const batch = library.packBatch([library.defaultTokenizer().encode('mayor opens bridge')], config, 'all');
  const logits = [new DecoderTransformer(config), new library.DecoderTransformer(config, { seed: 42 })].map((model) => {
    tape.begin({ training: false });
    return Array.from(model.forward(tape, batch).data);
  });
  expect(logits[0]).toEqual(logits[1]);
});
