import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as browser from '../../src/browser.js';
import {
  bestKneserNey,
  chooseBackend,
  cleanHeadline,
  cleanTexts,
  compareGroups,
  continueTraining,
  corpusFromTexts,
  corpusReport,
  correlate,
  createCleaner,
  defaultTokenizer,
  encodeSplit,
  exportModel,
  gazette,
  importModel,
  learnAlphabet,
  loadCorpus,
  loadMixture,
  loadModel,
  loadTextModel,
  mixModels,
  mixRuns,
  nearDuplicates,
  nearOverlap,
  planTraining,
  presetConfig,
  readRun,
  readStudy,
  readTexts,
  runSteps,
  runStudy,
  sampleQuality,
  trainInWorker,
  trainModel,
  TrainingIndex,
  writeDistillationSetTexts,
  writeReport,
  type LanguageModel,
  type ModelEvent,
  type SequenceShape,
  type TrainedModel,
} from '../../src/index.js';
import { backend } from '../train/tiny.js';
import { errorOf } from '../support/error-of.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
const corpus = gazette({ sizes: { train: 64, val: 16, test: 16 } });
const options = { corpus, dModel: 8, heads: 2, layers: 2, mlpRatio: 2, batch: 16, epochs: 3, seed: 5 };
const tiny = { ...options, backend };

let trained: TrainedModel;
let model: LanguageModel;
beforeAll(async () => {
  trained = await trainModel(tiny);
  ({ model } = trained);
});

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe('a model', () => {
  it('gives the distribution of the next character, the most probable first', () => {
    const next = model.nextCharacters('storm');
    const probabilities = next.map(({ probability }) => probability);
    expect(new Set(next.map(({ character }) => character))).toEqual(new Set(['', ...model.tokenizer.characters]));
    expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
    expect(total(probabilities)).toBeGreaterThan(0.9);
    expect(total(probabilities)).toBeLessThan(1 + 1e-6);
    const sharper = model.nextCharacters('storm', { temperature: 0.1 });
    expect(sharper[0]!.character).toBe(next[0]!.character);
    expect(sharper[0]!.probability).toBeGreaterThan(probabilities[0]!);
    expect(model.nextCharacters()).not.toEqual(next);
  });

  it('says how surprising each character and the end were: together the NLL of the text', () => {
    for (const text of ['storm hits town', '', 'x'.repeat(model.maxCharacters), 'y'.repeat(200)]) {
      const surprise = model.surprise(text);
      expect(surprise.map(({ character }) => character).join('')).toBe(text.slice(0, model.maxCharacters));
      expect(surprise).toHaveLength(Math.min(text.length + 1, model.maxCharacters));
      expect(total(surprise.map(({ nll }) => nll))).toBeCloseTo(model.score([text]).nll[0]!, 2);
    }
    const [first] = model.surprise('s');
    const probability = model.nextCharacters().find(({ character }) => character === 's')!.probability;
    expect(first!.nll).toBeCloseTo(-Math.log(probability), 5);
  });

  it('says what each head attends to: weights that add up to 1 over what came before', () => {
    const { tokens, weights } = model.attention('on air');
    expect(tokens).toEqual(['cls', ...Array.from('on air')]);
    expect(weights).toHaveLength(2);
    for (const head of weights.flat()) {
      expect(head.map((query) => query.length)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      for (const query of head) expect(total(query)).toBeCloseTo(1, 5);
    }
    expect(model.attention('x'.repeat(200)).tokens).toHaveLength(model.maxCharacters);
  });

  it('streams the characters of the text that it samples', async () => {
    const sampling = { prompt: 'ra', temperature: 0.8, seed: 3 };
    let text = 'ra';
    for await (const character of model.stream(sampling)) {
      expect(character).toHaveLength(1);
      text += character;
    }
    expect(text).toBe(model.sample(sampling)[0]);
  });

  it('stops its stream, and work in steps, when the signal is aborted', async () => {
    const abort = new AbortController();
    const characters: string[] = [];
    const reading = (async () => {
      for await (const character of model.stream({ signal: abort.signal, temperature: 5 })) {
        characters.push(character);
        if (characters.length === 3) abort.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect(characters).toHaveLength(3);
    const steps = model.sampleSteps({ count: 3 });
    await expect(runSteps(steps, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(runSteps(steps, { singal: abort.signal } as object)).rejects.toThrow("has no option called 'singal'");
    const aborted = runSteps(model.sampleSteps({ signal: abort.signal }));
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(await runSteps(model.sampleSteps({ count: 3 }))).toEqual(model.sample({ count: 3 }));
  });

  it('trains further on other texts, and stays as it was', async () => {
    const before = model.toBytes();
    const longer = await continueTraining(model, { corpus: corpus.splits.train, epochs: 2, batch: 16, seed: 1 });
    expect(longer.history).toHaveLength(2);
    expect(longer.best.valNll).toBeLessThan(trained.history[0]!.valNll);
    expect(longer.model.transformer.config).toEqual(model.transformer.config);
    expect(model.toBytes()).toEqual(before);
    const refused = continueTraining(model, { corpus, set: { 'model.layers': 3 } });
    await expect(refused).rejects.toThrow(/model\.layers cannot be set/);
  });
});

describe('a saved model', () => {
  const same = async (again: LanguageModel | Promise<LanguageModel>) => {
    expect((await again).toBytes()).toEqual(model.toBytes());
    expect((await again).sample({ seed: 9 })).toEqual(model.sample({ seed: 9 }));
  };

  it('is loaded from its file, its folder, its address and its bytes, in Node.js and as in a browser', async () => {
    const place = folder();
    const file = join(place, 'deep', 'news.safetensors');
    await model.save(file);
    await model.save(file); // replaces it
    expect(readdirSync(join(place, 'deep'))).toEqual(['news.safetensors']);
    const long = join(place, `${'x'.repeat(243)}.safetensors`);
    await model.save(long);
    await same(loadModel(long));
    await model.save(join(place, 'folder'));
    expect(readdirSync(join(place, 'folder'))).toEqual(['model.safetensors']);
    const bytes = model.toBytes();
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/news' ? 200 : 404).end(request.url === '/news' ? bytes : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      for (const source of [file, join(place, 'folder'), pathToFileURL(file), `${url}/news`, bytes])
        await same(loadModel(source, { backend }));
      for (const source of [new URL(`${url}/news`), bytes, bytes.buffer as ArrayBuffer])
        await same(browser.loadModel(source, { backend }));
      const missing = { code: 'IO', message: expect.stringContaining('404') as string };
      await expect(loadModel(`${url}/other`)).rejects.toMatchObject(missing);
      const signal = AbortSignal.abort();
      await expect(loadModel(`${url}/news`, { signal })).rejects.toMatchObject({ name: 'AbortError' });
    } finally {
      server.close();
    }
  });

  it('never replaces the weights of a run', async () => {
    const run = join(folder(), 'run');
    mkdirSync(run);
    writeFileSync(join(run, 'config.json'), '{}');
    await expect(model.save(run)).rejects.toMatchObject({ code: 'EXISTS' });
    expect(existsSync(join(run, 'model.safetensors'))).toBe(false);
    await model.save(join(run, 'mine.safetensors'));
  });

  it.runIf(existsSync('/proc/self'))('says where a folder cannot be made', async () => {
    await expect(model.save('/proc/none/inner/news.safetensors')).rejects.toMatchObject({ code: 'IO' });
  });

  it('is downloaded by a page', async () => {
    const link = { click: vi.fn() };
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('document', { createElement: () => link });
    try {
      await model.save('news.safetensors');
    } finally {
      vi.unstubAllGlobals();
    }
    expect(link).toMatchObject({ download: 'news.safetensors', href: expect.stringMatching(/^blob:/) as string });
    expect(link.click).toHaveBeenCalledOnce();
  });
});

describe('a Web Worker', () => {
  /** Both ends of a worker: Node's ports speak as those of browsers do. */
  const startWorker = (): browser.MessageTarget => {
    const { port1, port2 } = new MessageChannel();
    browser.serveTraining(() => backend, port2 as unknown as browser.MessageTarget);
    port1.unref();
    port2.unref();
    return port1 as unknown as browser.MessageTarget;
  };

  it('trains the same model with the same events as trainModel', async () => {
    const worker = startWorker();
    const kinds = new Set<string>();
    let bytes: Uint8Array | undefined;
    for await (const event of browser.trainInWorker(worker, options)) {
      kinds.add(event.kind);
      if (event.kind !== 'trained') continue;
      bytes = event.model;
      expect(event.history.map(({ valNll }) => valNll)).toEqual(trained.history.map(({ valNll }) => valNll));
      expect(event.test).toEqual(trained.test);
    }
    expect([...kinds]).toEqual(['begun', 'step', 'validation', 'epoch', 'done', 'testing', 'trained']);
    expect(bytes).toEqual(model.toBytes());
  });

  it('stops after the epoch at which the signal is aborted, or the loop is left, and is free again', async () => {
    const worker = startWorker();
    const abort = new AbortController();
    let epochs = 0;
    for await (const event of browser.trainInWorker(worker, { ...options, epochs: 1000, signal: abort.signal })) {
      if (event.kind === 'epoch' && ++epochs === 2) abort.abort();
      if (event.kind === 'trained') expect(event).toMatchObject({ stoppedBecause: 'interrupted' });
    }
    expect(epochs).toBe(2);
    for await (const event of browser.trainInWorker(worker, { ...options, epochs: 1000 })) {
      if (event.kind === 'epoch') break;
    }
    const failed = browser.trainInWorker(worker, { ...options, recipe: 'modem' as 'modern' }).next();
    await expect(failed).rejects.toMatchObject({ code: 'BAD_OPTION', fix: "Did you mean 'modern'?" });
  });

  it('refuses a second training while it trains, whose events would be the first one’s', async () => {
    const worker = startWorker();
    const first = browser.trainInWorker(worker, options);
    await first.next();
    const second = browser.trainInWorker(worker, { ...options, seed: 6 });
    await expect(second.next()).rejects.toMatchObject({ code: 'IN_USE' });
    let bytes: Uint8Array | undefined;
    for await (const event of first) if (event.kind === 'trained') bytes = event.model;
    expect(bytes).toEqual(model.toBytes());
    const other = await trainModel({ ...tiny, seed: 6 });
    for await (const event of browser.trainInWorker(worker, { ...options, seed: 6 }))
      if (event.kind === 'trained') expect(event.test).toEqual(other.test);
  });

  it('throws at once where the texts cannot be sent, and is free for others', async () => {
    const worker = startWorker();
    for (const [corpus, error] of [
      [[() => 'a function'], { name: 'DataCloneError' }],
      [undefined, { code: 'BAD_OPTION', message: expect.stringContaining('(corpus), got undefined') as string }],
    ] as const) {
      const wrong = { ...options, corpus: corpus as unknown as string[] };
      await expect(browser.trainInWorker(worker, wrong).next()).rejects.toMatchObject(error);
    }
    const kinds: string[] = [];
    for await (const event of browser.trainInWorker(worker, options)) kinds.push(event.kind);
    expect(kinds.at(-1)).toBe('trained');
  });
});

it.each(['begun', 'step', 'epoch', 'testing'])('trainModel rejects with what onEvent does at %s', async (kind) => {
  const onEvent = (event: ModelEvent) => (event.kind === kind ? Promise.reject(new Error(`at ${kind}`)) : undefined);
  await expect(trainModel({ ...tiny, onEvent })).rejects.toThrow(`at ${kind}`);
});

describe('wrong use', () => {
  const wrong = (some: object) => trainModel({ ...tiny, ...some });
  const aborted = AbortSignal.abort();
  const GROUP = { name: 'a', values: [1, 2] };
  const PACKAGE = 'package.json';
  const NO_SHAPE = { dModel: undefined, heads: undefined, layers: undefined, mlpRatio: undefined };

  it.each([
    ['no texts', { corpus: undefined }, 'BAD_OPTION', /\(corpus\), got undefined/],
    ['a path for the texts', { corpus: 'news.txt' }, 'BAD_OPTION', /\(corpus\), got string/],
    ['no settings', { set: null }, 'BAD_OPTION', /settings by path \(set\), got null/],
    ['no recipe', { recipe: null }, 'BAD_INPUT', /recipe is not a valid recipe/],
    ['a recipe without settings', { recipe: {} }, 'BAD_INPUT', /recipe is not a valid recipe/],
    ['a number for a listener', { onEvent: 3 }, 'BAD_OPTION', /a function \(onEvent\), got 3/],
    [
      'a controller for its signal',
      { signal: new AbortController() },
      'BAD_OPTION',
      /an AbortSignal \(signal\), got .*Controller/,
    ],
    ['nothing for its signal', { signal: null }, 'BAD_OPTION', /an AbortSignal \(signal\), got null/],
    ["a backend's name for it", { backend: 'wasm' }, 'BAD_OPTION', /a backend, .*\(backend\), got wasm/],
    ['what a backend is in for it', { backend: chooseBackend() }, 'BAD_OPTION', /a backend, .*\(backend\)/],
    ['characters for a tokenizer', { tokenizer: 'abc' }, 'BAD_OPTION', /a Tokenizer \(tokenizer\), got abc/],
    ['no distillation set', { distillationSet: {} }, 'BAD_OPTION', /a distillation set, .* \(distillationSet\), got/],
    ['no tokenizer', { tokenizer: null }, 'BAD_OPTION', /a Tokenizer \(tokenizer\), got null/],
    ['what every object has for a size', { ...NO_SHAPE, size: 'toString' }, 'BAD_OPTION', /has no size toString/],
    ['a hole among the texts', { corpus: Array<string>(3) }, 'BAD_INPUT', /got undefined at index 0/],
    [
      'a number in a split',
      { corpus: { ...corpus, splits: { ...corpus.splits, val: ['a', 7] } } },
      'BAD_INPUT',
      /got number at index 1 \(corpus\.splits\.val\)/,
    ],
    ['a number among the texts', { corpus: ['a', 1, 'b'] }, 'BAD_INPUT', /got number at index 1/],
    ['a misspelt option', { epoch: 3 }, 'BAD_OPTION', /no option called 'epoch'/],
    ['a misspelt recipe', { recipe: 'modem' }, 'BAD_OPTION', /no recipe called 'modem'/],
    ['a misspelt setting', { set: { 'training.clipNrom': 1 } }, 'BAD_OPTION', /training\.clipNrom/],
    ['epochs that are no number', { epochs: NaN }, 'BAD_OPTION', /epochs: .*got NaN/],
    ['a seed that is no number', { seed: NaN }, 'BAD_OPTION', /whole number of at least 0 for seed, got NaN/],
    ['a negative seed', { seed: -1, corpus: ['a', 'b', 'c'] }, 'BAD_OPTION', /for seed, got -1/],
    ['texts of another alphabet', { corpus: ['и так', 'далее', 'или нет'] }, 'BAD_INPUT', /outside the alphabet/],
    ['a signal that is aborted already', { signal: aborted }, 'ABORTED', /\(signal\) before its first epoch/],
  ])('of trainModel is refused: %s', async (_name, some, code, message) => {
    const training = wrong(some);
    await expect(training).rejects.toMatchObject({ name: 'LetterpressError', code });
    await expect(training).rejects.toThrow(message); // a pattern in toMatchObject matches everything
  });

  it.each([
    ['count', { count: NaN }, /count, got NaN/],
    ['count', { count: -1 }, /count, got -1/],
    ['seed', { seed: 1.5 }, /seed, got 1.5/],
    ['temperature', { temperature: 0 }, /temperature above 0, got 0/],
    ['temprature', { temprature: 1 }, /no option called 'temprature'/],
    ['prompt', { prompt: 7 }, /\(prompt\), got number/],
    ['prompt', { prompt: 'привет' }, /the prompt are outside the alphabet/],
  ])('of sample is refused: %s of %o', (_name, some, message) => {
    expect(() => model.sample(some as object)).toThrow(message);
  });

  it.each([
    ['nothing', undefined, 'BAD_OPTION', /source of a model, got undefined/],
    ['null', null, 'BAD_OPTION', /source of a model, got null/],
    ['a folder that is not there', '/nowhere/run', 'BAD_RUN', /no run directory at \/nowhere\/run/],
    ['other bytes', new Uint8Array(100), 'BAD_INPUT', /not a valid safetensors file/],
    ['weights alone', browser.encodeSafetensors(new Map()), 'BAD_INPUT', /neither the model's configuration/],
  ])('of loadModel is refused: %s', async (_name, source, code, message) => {
    const loading = loadModel(source as string);
    await expect(loading).rejects.toMatchObject({ code });
    await expect(loading).rejects.toThrow(message);
  });

  it.each([0, 1.5, NaN, 257])('of createWasmBackend is refused: %d threads', async (threads) => {
    const error = { code: 'BAD_OPTION', message: `expected a number of threads from 1 to 256, got ${threads}` };
    await expect(browser.createWasmBackend(new Uint8Array(8), { threads })).rejects.toMatchObject(error);
  });

  it.each<[string, () => unknown, string | RegExp]>([
    ['a preset', () => presetConfig('1m' as '5m'), "expected a preset (87k, 557k, 5m, 10m), got '1m'"],
    ['a format', () => exportModel('/nowhere', { to: 'tf' as 'html' }), /format to export to \(onnx, .*\), got 'tf'/],
    [
      'a kind of mixing',
      () => mixModels({ models: [model], splits: corpus.splits, mixing: 'linaer' as 'linear' }),
      "expected a kind of mixing (linear, geometric), got 'linaer'",
    ],
    ['no texts of a teacher', () => writeDistillationSetTexts(model, { texts: 0 }), /at least 1 for texts, got 0/],
    [
      'an option of sample that nextCharacters does not have',
      () => model.nextCharacters('a', { temperature: 0.5, topK: 3 } as { temperature: number }),
      "nextCharacters has no option called 'topK'",
    ],
    ['NaN texts of a teacher', () => writeDistillationSetTexts(model, { texts: NaN }), /at least 1 for texts, got NaN/],
    [
      'an option of a teacher',
      () => writeDistillationSetTexts(model, { texts: 1, temprature: 2 } as { texts: number }),
      /no option called 'temprature'/,
    ],
    ['an option of score', () => model.score(['a'], { singal: 1 } as object), /score has no option called 'singal'/],
    [
      'an option of mixModels',
      () => mixModels({ models: [model], splits: corpus.splits, odrer: 3 } as Parameters<typeof mixModels>[0]),
      "mixModels has no option called 'odrer'",
    ],
    [
      'an option of corpusFromTexts',
      () => corpusFromTexts(corpus.splits.train, { sed: 3 } as object),
      "corpusFromTexts has no option called 'sed'",
    ],
    [
      'an option of exportModel',
      () => exportModel('/nowhere', { to: 'html', forse: true } as { to: 'html' }),
      "exportModel has no option called 'forse'",
    ],
    [
      'an option of importModel',
      () => importModel('/nowhere', { out: 'x', head: 2 } as { out: string }),
      "importModel has no option called 'head'",
    ],
    [
      'an option of loadModel',
      () => loadModel(model.toBytes(), { device: 'wasm' } as object),
      "loadModel has no option called 'device'",
    ],
    [
      'an option of chooseBackend',
      () => chooseBackend({ thread: 2 } as object),
      "chooseBackend has no option called 'thread'",
    ],
    [
      'an option of loadCorpus',
      () => loadCorpus({ path: '/nowhere', sed: 1 } as { path: string }),
      /loadCorpus has no/,
    ],
    ['an option of readTexts', () => readTexts('/nowhere', { colum: 'a' } as object), /readTexts has no option/],
    ['an option of gazette', () => gazette({ count: 10 } as object), "gazette has no option called 'count'"],
    [
      'an option of planTraining',
      () => planTraining({ epocs: 3 } as object, 29),
      "Training has no option called 'epocs'",
    ],
    ['what is no plan', () => planTraining('modern' as never, 29), 'planTraining expects an object of options'],
    ['an option of nearDuplicates', () => nearDuplicates(['a'], { maxDistanc: 0.1 } as object), "called 'maxDistanc'"],
    ['an option of nearOverlap', () => nearOverlap(['a'], ['b'], { distance: 0.1 } as object), "called 'distance'"],
    [
      'an option of bestKneserNey',
      () => bestKneserNey([[1]], [[1]], { vocabulary: 29, contextLength: 9, maxOrdr: 2 } as SequenceShape),
      "bestKneserNey has no option called 'maxOrdr'",
    ],
    ['an option of correlate', () => correlate([], { sed: 1 } as object), "correlate has no option called 'sed'"],
    ['an option of compareGroups', () => compareGroups(GROUP, GROUP, { levl: 0.9 } as object), "called 'levl'"],
    [
      'a direction of compareGroups',
      () => compareGroups(GROUP, GROUP, { betterIs: 'hihger' as 'higher' }),
      'expected lower or higher (betterIs), got hihger',
    ],
    [
      'an option of corpusReport',
      () => corpusReport(corpus.splits, defaultTokenizer(), { maxDistanc: 0.1 } as object),
      "corpusReport has no option called 'maxDistanc'",
    ],
    [
      'no number of texts to search',
      () => corpusReport(corpus.splits, defaultTokenizer(), { maxSearched: NaN }),
      'expected a number of texts (maxSearched), got NaN',
    ],
    [
      'an option of sampleQuality',
      () => sampleQuality(['a'], new TrainingIndex(['b']), () => 1, { heldout: {} } as object),
      "sampleQuality has no option called 'heldout'",
    ],
    [
      'an option of encodeSplit',
      () => encodeSplit(['a'], defaultTokenizer(), { maxCharacter: 3 } as object),
      "encodeSplit has no option called 'maxCharacter'",
    ],
    ['an option of defaultTokenizer', () => defaultTokenizer({ unkown: 'drop' } as object), "called 'unkown'"],
    [
      'a policy of defaultTokenizer',
      () => defaultTokenizer({ unknown: 'x' as 'drop' }),
      'space or drop (unknown), got x',
    ],
    [
      'a policy of learnAlphabet',
      () => learnAlphabet(['a'], { unknown: 'x' as 'drop' }),
      'space or drop (unknown), got x',
    ],
    ['an option of learnAlphabet', () => learnAlphabet(['a'], { max: 3 } as object), "no option called 'max'"],
    ['NaN characters to learn', () => learnAlphabet(['a'], { maxCharacters: NaN }), 'for maxCharacters, got NaN'],
    [
      'a mode of cleaning',
      () => cleanTexts(['a'], 'headline' as 'headlines'),
      'headlines or none (mode), got headline',
    ],
    ['an option of writeReport', () => writeReport({} as never, '/nowhere', { font: [] } as object), "called 'font'"],
    ['an option of runStudy', () => runStudy({} as never, { singal: 1 } as object).next(), "called 'singal'"],
    ['a request of runStudy', () => runStudy({ folders: '/nowhere' } as never).next(), "called 'folders'"],
    ['a number for a run', () => readRun(5 as never), 'expected the folder of a run, got number'],
    ['a number for a study', () => readStudy(5 as never), 'expected the folder of a study, got number'],
    ['a number for a mixture', () => loadMixture(5 as never, backend), 'expected the folder of a mixture, got number'],
    ['a number for a model', () => loadTextModel(5 as never, backend), 'expected the folder of a run or mixture, got'],
    ['a number for a run to export', () => exportModel(5 as never, { to: 'html' }), 'the folder of a run, got number'],
    ['null for a run to export', () => exportModel(null as never, { to: 'html' }), 'the folder of a run, got null'],
    ['a number for weights', () => importModel(5 as never, { out: '/nowhere' }), 'a file of weights, got number'],
    [
      'weights without a folder',
      () => importModel('/nowhere', {} as never),
      'a folder for the run (out), got undefined',
    ],
    ['a mixture without a folder', () => mixRuns({ runs: [] } as never), 'for the mixture (folder), got undefined'],
    ['a number for a path', () => loadCorpus({ path: 5 as never }), 'expected a path, got number'],
    ['a number for a file', () => readTexts(5 as never), 'expected a path, got number'],
    [
      'a format of files',
      () => loadCorpus({ path: PACKAGE, format: 'xml' as 'csv' }),
      /jsonl, parquet \(format\), got xml/,
    ],
    [
      'quotes of files',
      () => readTexts(PACKAGE, { format: 'csv', quote: "'" as 'none' }),
      "expected none (quote), got '",
    ],
    ['nothing for splits', () => mixModels({ models: [model] } as never), 'expected splits, got undefined (splits)'],
    ['a path in place of options', () => loadCorpus('/nowhere' as never), 'loadCorpus expects an object of options'],
    ['a hole among texts to score', () => model.score(Array<string>(1)), 'expected a list of strings (texts)'],
  ])('of other functions is refused: %s', async (_name, use, message) => {
    const run = async () => await use();
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  it.each([
    ['a number to clean', () => cleanHeadline(5 as never), 'got number at index 0'],
    ['a number among texts to clean', () => cleanTexts(['a', 5 as never], 'none'), 'got number at index 1'],
    ['a number for a cleaner', () => createCleaner()(5 as never), 'got number at index 0'],
    [
      'a corpus in place of its splits',
      () => mixModels({ models: [model], splits: corpus as never }),
      'got undefined (splits.val)',
    ],
    [
      'no training texts for an n-gram model',
      () => mixModels({ models: [model], splits: { val: ['a', 'b'] } as never }),
      'got undefined (splits.train)',
    ],
  ])('among texts is refused, not a TypeError: %s', (_name, use, message) => {
    const found = errorOf(use);
    expect([found.code, found.message]).toEqual(['BAD_INPUT', expect.stringContaining(message)]);
  });

  it('of trainInWorker, save and scoreAsync is refused, not a TypeError', async () => {
    const refusals = [
      trainInWorker(undefined as never).next(),
      trainInWorker({ folder: '/nowhere/run' } as never).next(),
      browser.trainInWorker(undefined as never, undefined as never).next(),
      model.save('a\0b'),
      model.scoreAsync(['a'], { singal: 1 } as object),
      trainInWorker({ folder: '/nowhere/run' } as never, { singal: 1 } as object).next(),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });

  it('of save is refused where its folder cannot be', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(model.save(join(file, 'model'))).rejects.toMatchObject({ name: 'LetterpressError', code: 'IO' });
  });

  it('of continueTraining is answered with what can be given to it', async () => {
    const refused = continueTraining(model, { corpus: ['и так', 'далее', 'или нет'] });
    await expect(refused).rejects.toMatchObject({
      code: 'BAD_INPUT',
      fix: expect.stringContaining('(model.tokenizer), or train a new') as string,
    });
  });

  it('is not what an undefined option is: it has its default', () => {
    const [set, other] = [{ seed: undefined, temperature: undefined } as object, {}].map((more) =>
      writeDistillationSetTexts(model, { texts: 3, ...more }),
    );
    expect(set).toEqual(other);
  });

  it('of a text for a list of texts is refused', () => {
    expect(() => model.score('storm' as unknown as string[])).toThrow(/list of strings \(texts\)/);
    expect(() => model.score(['щука'])).toThrow(/the texts are outside the alphabet/);
  });

  it('is not what a learned alphabet or a few strange characters are: their share is an event', async () => {
    const texts = Array.from({ length: 30 }, (_, i) => `номер ${i}`);
    const shares: number[] = [];
    const onEvent = (event: browser.ModelEvent) => event.kind === 'begun' && shares.push(event.outsideAlphabet);
    await trainModel({ ...tiny, corpus: texts, tokenizer: learnAlphabet(texts), epochs: 1, onEvent });
    await trainModel({ ...tiny, corpus: corpusFromTexts(texts.map((_, i) => `a text, №${i}`)), epochs: 1, onEvent });
    expect(shares[0]).toBe(0);
    expect(shares[1]).toBeGreaterThan(0.2);
  });
});
