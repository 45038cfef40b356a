import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusReport } from '../../src/texts/corpus-report.js';
import { countCharacters } from '../../src/texts/characters.js';
import { evenlySpaced, sampleQuality } from '../../src/texts/sample-quality.js';
import { TrainingIndex } from '../../src/texts/training-index.js';
import { fitBaselines } from '../../src/baselines/fit-baselines.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import type { Splits } from '../../src/corpus/corpus.js';
import { ANALYSIS_FILES, writeAnalysis } from '../../src/runs/analysis-files.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { inspectModel } from '../../src/run-analysis/inspect-model.js';
import { chooseTexts } from '../../src/run-analysis/choose-texts.js';
import { learnAlphabet } from '../../src/tokenizer/learn-alphabet.js';
import { analysedTexts } from '../../src/run-analysis/analysed-texts.js';
import { ANALYSIS_PARTS, analyseRun, analyseRunSteps, siblingRuns } from '../../src/run-analysis/analyse-run.js';
import { finish } from '../../src/generators.js';
import { loadModel } from '../../src/model/load-model.js';
import { planTraining, type PlanOptions } from '../../src/train/plan.js';
import { encodeTexts, type RunTexts } from '../../src/runs/run-texts.js';
import { describeRun, TrainingRun, type RunEvent } from '../../src/train/training-run.js';
import { errorOf, temporaryFolders } from '../runs/fixtures.js';
import { backend, encode, tinyPlan, tinyTexts } from '../train/tiny.js';

const newFolder = temporaryFolders();
const { train, val, test } = tinyTexts.splits;
const tokens = { train: encode(train), val: encode(val), test: encode(test) };

/** A run of the tiny model, trained to the end. */
async function trained(texts = tinyTexts, options: PlanOptions = {}, folder = newFolder()): Promise<string> {
  const shape = { dModel: 8, heads: 2, layers: 1, mlpRatio: 2, batch: 16, epochs: 2, ...options };
  const plan = planTraining(shape, texts.tokenizer.vocabularySize);
  const run = TrainingRun.create(folder, describeRun(plan, texts, backend, 7), texts, backend);
  expect(await follow(run)).toContain('finished');
  return folder;
}

/** Runs to the end, or until `stop` says so. Returns the kinds of its events. */
async function follow(run: TrainingRun, stop: (event: RunEvent) => boolean = () => false): Promise<RunEvent['kind'][]> {
  const abort = new AbortController();
  const kinds = new Set<RunEvent['kind']>();
  for await (const event of run.events(abort.signal)) {
    kinds.add(event.kind);
    if (stop(event)) abort.abort();
  }
  return [...kinds];
}

const analysisOf = (folder: string) => readRun(folder).readAnalysis();
const bytesOf = (folder: string) =>
  ANALYSIS_FILES.map((name) => join(folder, RUN_FILES[name])).map((path) =>
    existsSync(path) ? readFileSync(path, 'utf8') : undefined,
  );

const inMemory = (splits: Splits): RunTexts => ({
  corpus: { name: 'texts', kind: 'memory', splits, alreadyClean: false },
  cleaning: 'none',
  splits,
  tokenizer: learnAlphabet(splits.train),
});

describe('a run that has ended', () => {
  it('has what the plain functions say of its texts, its samples and its model', async () => {
    const folder = await trained();
    const run = readRun(folder);
    const { baselines, kneserNey } = finish(
      fitBaselines({
        splits: tokens,
        texts: tinyTexts.splits,
        vocabulary: 29,
        contextLength: 150,
        entropy: tinyTexts.corpus.exact!.entropy,
      }),
    );
    const index = new TrainingIndex(train);
    const quality = (texts: readonly string[]) =>
      sampleQuality(texts, index, (text) => kneserNey.nll(encode([text])[0]!));
    const model = loadModel(run, backend);
    const shown = chooseTexts(tokens.test).map((i) => ({ split: 'test' as const, tokens: tokens.test[i]! }));
    expect(run.readAnalysis()).toEqual({
      baselines,
      corpusReport: corpusReport(tinyTexts.splits, tinyTexts.tokenizer),
      sampleQualities: {
        searched: train.length,
        entries: [
          ...run.sampleEpochs.map((epoch) => ({
            of: 'epoch',
            epoch,
            quality: quality(run.readSamples(epoch)),
          })),
          { of: 'final', quality: quality(run.readSamples('final')) },
          { of: 'test', quality: quality(evenlySpaced(test, 64)) },
        ],
      },
      inspection: inspectModel(model, shown),
      temperatures: undefined,
    });
  });

  it('is analysed part after part, and each is told to its end', async () => {
    const folder = await trained();
    const model = loadModel(folder, backend);
    const steps = [...analyseRunSteps(folder, tinyTexts, model, undefined, { temperatures: [0.5, 1] })];
    expect([...new Set(steps.map(({ part }) => part))]).toEqual(ANALYSIS_PARTS);
    for (const part of ANALYSIS_PARTS) {
      const told = steps.filter((step) => step.part === part);
      expect(told[0]!.done).toBe(0);
      expect(told.at(-1)!.done).toBe(told.at(-1)!.total);
    }
    expect(analysisOf(folder).temperatures?.entries.map(({ temperature }) => temperature)).toEqual([0.5, 1]);
  });

  it('gets nothing written for a temperature that makes no sense', async () => {
    const folder = await trained();
    rmSync(join(folder, RUN_FILES.baselines));
    const options = { temperatures: [1, 0] };
    const error = errorOf(() => analyseRun(folder, tinyTexts, loadModel(folder, backend), options));
    expect(error.code).toBe('BAD_OPTION');
    expect(analysisOf(folder).baselines).toBeUndefined();
  });
});

describe('a run beside others', () => {
  /** A finished run, and what is made of it again and with others beside it. */
  const analysedWith = (folder: string, reuse: readonly string[]) => {
    const steps = [...analyseRunSteps(folder, tinyTexts, loadModel(folder, backend), undefined, { reuse })];
    // Both are told in many steps where they are made.
    const made = (part: string) => steps.some((step) => step.part === part && step.total > 1);
    return { bytes: bytesOf(folder), fitted: made('baselines'), described: made('corpus') };
  };

  it('takes the measures of the same texts from there, and gets the same bytes', async () => {
    const above = newFolder();
    const first = await trained(tinyTexts, {}, join(above, 'first'));
    const second = await trained(tinyTexts, { dModel: 12 }, join(above, 'second'));
    writeFileSync(join(above, 'a file'), '');
    expect(siblingRuns(second)).toEqual([first]);
    expect(siblingRuns(join(above, 'nowhere', 'at all'))).toEqual([]);
    const anew = analysedWith(second, []);
    expect([anew.fitted, anew.described]).toEqual([true, true]);
    expect(anew.bytes.filter((bytes) => bytes !== undefined)).toHaveLength(4);
    const reusing = analysedWith(second, [join(above, 'a file'), join(above, 'nothing'), first]);
    expect(reusing).toEqual({ bytes: anew.bytes, fitted: false, described: false });
    // Also in training, where the runs beside it are looked at by themselves.
    const third = await trained(tinyTexts, { dModel: 12 }, join(above, 'third'));
    expect(bytesOf(third)).toEqual(anew.bytes);
  });

  it('does not take measures of other texts, of another program, or what is damaged', async () => {
    const folder = await trained();
    const anew = analysedWith(folder, []);
    const expectUnused = (other: string) =>
      expect(analysedWith(folder, [other])).toEqual({ ...anew, fitted: true, described: true });
    const otherTexts = gazette({ seed: 2, sizes: { train: 64, val: 16, test: 16 } });
    const ofOthers = await trained({ ...tinyTexts, corpus: otherTexts, splits: otherTexts.splits });
    expectUnused(ofOthers);

    // The same config.json, but files of other texts.
    const impostor = newFolder();
    cpSync(folder, impostor, { recursive: true });
    writeAnalysis(impostor, analysisOf(ofOthers));
    expectUnused(impostor);

    const edited = newFolder();
    const editConfig = (edit: (text: string) => string) => {
      cpSync(folder, edited, { recursive: true });
      const path = join(edited, RUN_FILES.config);
      writeFileSync(path, edit(readFileSync(path, 'utf8')));
    };
    for (const edit of [
      (text: string) => text.replace('"contextLength": 150', '"contextLength": 140'),
      (text: string) => text.replace(/"node": "[^"]*"/, '"node": "v1.0.0"'),
      (text: string) => text.replace(/"letterpress": "[^"]*"/, '"letterpress": "0.0.1"'),
      (text: string) => text.slice(1),
    ]) {
      editConfig(edit);
      expectUnused(edited);
    }
    editConfig((text) => text);
    writeFileSync(join(edited, RUN_FILES.baselines), '{}');
    expectUnused(edited);
  });

  it('takes the one measure that there is', async () => {
    const folder = await trained();
    const other = newFolder();
    cpSync(folder, other, { recursive: true });
    rmSync(join(other, RUN_FILES.baselines));
    const anew = analysedWith(folder, []);
    expect(analysedWith(folder, [other])).toEqual({ ...anew, fitted: true, described: false });
    cpSync(folder, other, { recursive: true });
    rmSync(join(other, RUN_FILES.corpusReport));
    expect(analysedWith(folder, [other])).toEqual({ ...anew, fitted: false, described: true });
  });
});

describe('interrupted while it is analysed', () => {
  it('a run has no analysis file, and gets the same ones when it is resumed', async () => {
    const whole = bytesOf(await trained());
    const plan = tinyPlan({ epochs: 2, dropout: undefined });
    for (const part of ['baselines', 'corpus', 'samples', 'inspection']) {
      const folder = newFolder();
      const config = describeRun(plan, tinyTexts, backend, 7);
      const run = TrainingRun.create(folder, config, tinyTexts, backend);
      const kinds = await follow(run, (event) => event.kind === 'analysis' && event.part === part);
      expect([kinds.includes('paused'), kinds.includes('finished')]).toEqual([true, false]);
      expect(bytesOf(folder).filter((bytes) => bytes !== undefined)).toEqual([]);
      expect(await follow(TrainingRun.resume(folder, tinyTexts, backend))).toContain('finished');
      expect(bytesOf(folder)).toEqual(whole);
    }
  });
});

describe('unusual runs', () => {
  it('a model that has diverged has no inspection, and its samples are measured all the same', async () => {
    const folder = await trained(tinyTexts, { recipe: 'notebook', padding: 'first', learningRate: 1e30 });
    expect(readRun(folder).results?.testNll).toBeNaN();
    const { inspection, baselines, sampleQualities } = analysisOf(folder);
    expect(inspection).toBeUndefined();
    expect(baselines?.baselines.length).toBeGreaterThan(6);
    expect(sampleQualities?.entries.map((entry) => entry.of)).toEqual(['epoch', 'final', 'test']);
    analyseRun(folder, tinyTexts, loadModel(folder, backend), { temperatures: [0.5] });
    expect(analysisOf(folder).temperatures?.entries[0]?.modelNll).toBeNaN();
  });

  it('three texts, one of them empty, and an alphabet of one character', async () => {
    const folder = await trained(inMemory({ train: ['aaa', 'aa', ''], val: [''], test: ['a'] }));
    const { baselines, corpusReport: report, sampleQualities, inspection } = analysisOf(folder);
    expect(baselines?.texts).toEqual({ train: 3, val: 1, test: 1 });
    expect(baselines?.charactersPerText).toEqual({ val: 1, test: 2 });
    for (const { testNll } of baselines!.baselines) expect(testNll).toBeGreaterThan(0);
    expect(report?.splits.train).toMatchObject({ texts: 3, empty: 1 });
    expect(sampleQualities?.entries.at(-1)?.quality).toMatchObject({ texts: 1, meanCharacters: 1 });
    expect(inspection?.texts.map(({ text }) => text)).toEqual(['a']);
  });

  it('a learned alphabet with line breaks and characters beyond 16 bits', async () => {
    const lines = ['eins\nzwei', 'drei 🙂', '🙂\n🙃', 'vier\n', 'fünf\nsechs', '🙃🙃', 'sieben', 'acht 🙂'];
    const texts = inMemory({ train: lines, val: lines.slice(0, 2), test: lines.slice(4) });
    const folder = await trained(texts, { epochs: 3, learningRate: 0.1 });
    const shape = { vocabulary: texts.tokenizer.vocabularySize, contextLength: 150 };
    expect(analysedTexts(texts, encodeTexts(texts, 150), shape).read).toEqual(texts.splits);
    const final = analysisOf(folder).sampleQualities?.entries.find((entry) => entry.of === 'final');
    const written = readRun(folder)
      .readSamples('final')
      .map((text) => text.replaceAll('\\n', '\n'));
    const characters = written.reduce((sum, text) => sum + countCharacters(text), 0);
    expect(written.some((text) => text.includes('\n'))).toBe(true);
    expect(final?.quality.meanCharacters).toBe(characters / written.length);
  });

  it('a split without texts leaves out what cannot be measured', async () => {
    const folder = await trained({ ...tinyTexts, splits: { train, val, test: [] } });
    expect(Object.entries(analysisOf(folder)).filter(([, value]) => value !== undefined)).toHaveLength(2);
    expect(analysisOf(folder).corpusReport?.splits.test.texts).toBe(0);
  });

  it('of very many texts, evenly spaced ones are measured', () => {
    const many = Array.from({ length: 120_000 }, (_, i) => 'abc'.slice(0, 1 + (i % 3)));
    const texts = { ...tinyTexts, splits: { train: many, val: many.slice(0, 9_999), test: many.slice(0, 30_000) } };
    const {
      chosen,
      tokens: chosenTokens,
      read,
    } = analysedTexts(texts, encodeTexts(texts, 150), { vocabulary: 29, contextLength: 150 });
    expect([chosen.train.length, chosen.val.length, chosen.test.length]).toEqual([50_000, 9_999, 10_000]);
    expect(read.train).toEqual(many);
    expect(chosen.train.slice(0, 3)).toEqual([many[0], many[2], many[4]]);
    expect(chosen.test.at(-1)).toBe(many[29_997]);
    expect(encode(chosen.train.slice(0, 99))).toEqual(chosenTokens.train.slice(0, 99));

    const long = Array.from({ length: 10 }, (_, i) => 'abcdefghij'[i]!.repeat(500_000));
    const few = { ...tinyTexts, splits: { train: long, val: ['a'], test: ['a'] } };
    const fewest = analysedTexts(few, encodeTexts(few, 500_001), { vocabulary: 29, contextLength: 500_001 });
    expect(fewest.chosen.train.map((text) => text[0])).toEqual(Array.from('abcdfghi'));
  });

  it('the entropy of whole texts is no baseline for texts that are cut', () => {
    const entropy = (contextLength: number) =>
      analysedTexts(tinyTexts, encodeTexts(tinyTexts, contextLength), { vocabulary: 29, contextLength }).entropy;
    expect(entropy(150)).toBe(tinyTexts.corpus.exact?.entropy);
    expect(entropy(40)).toBeUndefined();
  });
});
