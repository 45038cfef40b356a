import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
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
import { chooseTexts, inspectModel } from '../../src/run-analysis/inspect-model.js';
import { learnAlphabet } from '../../src/tokenizer/learn-alphabet.js';
import { ANALYSIS_PARTS, analysedTexts } from '../../src/run-analysis/analysed-texts.js';
import { analyseRunSteps, type AnalysisOptions } from '../../src/run-analysis/analyse-run.js';
import { finish } from '../../src/generators.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { planTraining, type PlanOptions } from '../../src/train/plan.js';
import { encodeTexts, type RunTexts } from '../../src/runs/run-texts.js';
import { describeRun } from '../../src/train/describe-run.js';
import { TrainingRun } from '../../src/train/training-run.js';
import { errorOf } from '../runs/fixtures.js';
import { backend, encode, follow, tinyPlan, tinyTexts } from '../train/tiny.js';
import { fileFolder, temporaryFolders } from '../support/temporary-folders.js';

const newFolder = temporaryFolders();
const { train, val, test } = tinyTexts.splits;
const tokens = { train: encode(train), val: encode(val), test: encode(test) };

/** A run of the tiny model on the tiny texts, trained to the end; tests change copies of it only. */
const whole = fileFolder();
beforeAll(() => trained(tinyTexts, {}, whole));

function copyOfWhole(): string {
  const folder = newFolder();
  cpSync(whole, folder, { recursive: true });
  return folder;
}

async function trained(
  texts = tinyTexts,
  options: PlanOptions = {},
  folder = newFolder(),
  reuse: readonly string[] = [],
): Promise<string> {
  const shape = { dModel: 8, heads: 2, layers: 1, mlpRatio: 2, batch: 16, epochs: 2, ...options };
  const plan = planTraining(shape, texts.tokenizer.vocabularySize);
  const run = TrainingRun.create(folder, describeRun(plan, texts, backend, 7), texts, backend);
  expect(await follow(run, undefined, reuse)).toContain('finished');
  return folder;
}

const stepsOf = (folder: string, options: AnalysisOptions = {}) =>
  analyseRunSteps(folder, tinyTexts, modelOfRun(folder, backend), undefined, options);
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
  it('has what the plain functions say of its texts, its samples and its model', () => {
    const run = readRun(whole);
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
    const heldOut = { val: new Set(val), test: new Set(test) };
    const quality = (texts: readonly string[], searchesNearest = true) =>
      sampleQuality(texts, index, (text) => kneserNey.nll(encode([text])[0]!), { heldOut, searchesNearest });
    const model = modelOfRun(run, backend);
    const shown = chooseTexts(tokens.test).map((i) => ({ split: 'test' as const, tokens: tokens.test[i]! }));
    expect(run.readAnalysis()).toEqual({
      baselines,
      corpusReport: corpusReport(tinyTexts.splits, tinyTexts.tokenizer),
      sampleQualities: {
        searched: train.length,
        entries: [
          ...run.sampleEpochs.map((epoch) => ({ of: 'epoch', epoch, quality: quality(run.readSamples(epoch), false) })),
          { of: 'final', quality: quality(run.readSamples('final')) },
          { of: 'test', quality: quality(evenlySpaced(test, 64)) },
          { of: 'unigram', quality: expect.objectContaining({ texts: 64 }) as object },
        ],
      },
      inspection: inspectModel(model, shown),
      temperatures: undefined,
    });
  });

  it('is analysed part after part, each reported from its start to its end', () => {
    const folder = copyOfWhole();
    const steps = [...stepsOf(folder, { temperatures: [0.5, 1] })];
    expect([...new Set(steps.map(({ part }) => part))]).toEqual(ANALYSIS_PARTS);
    for (const part of ANALYSIS_PARTS) {
      const reported = steps.filter((step) => step.part === part);
      expect(reported[0]!.done).toBe(0);
      expect(reported.at(-1)!.done).toBe(reported.at(-1)!.total);
    }
    expect(analysisOf(folder).temperatures?.entries.map(({ temperature }) => temperature)).toEqual([0.5, 1]);
  });

  it('gets nothing written for an invalid temperature', () => {
    const folder = copyOfWhole();
    rmSync(join(folder, RUN_FILES.baselines));
    expect(errorOf(() => finish(stepsOf(folder, { temperatures: [1, 0] }))).code).toBe('BAD_OPTION');
    expect(analysisOf(folder).baselines).toBeUndefined();
  });
});

describe('measures of another run', () => {
  /** The files of a run that is analysed again, and what was measured for it. */
  const analysedWith = (folder: string, reuse: readonly string[]) => {
    const steps = [...stepsOf(folder, { reuse })];
    // Both take many steps where they are measured.
    const measured = (part: string) => steps.some((step) => step.part === part && step.total > 1);
    return { bytes: bytesOf(folder), fitted: measured('baselines'), described: measured('corpus') };
  };

  it('are taken where its texts are the same, and give the same bytes', async () => {
    const second = await trained(tinyTexts, { dModel: 12 });
    const fromScratch = analysedWith(second, []);
    expect([fromScratch.fitted, fromScratch.described]).toEqual([true, true]);
    expect(fromScratch.bytes.filter((bytes) => bytes !== undefined)).toHaveLength(4);
    const folder = newFolder();
    const reusing = analysedWith(second, [join(whole, RUN_FILES.config), join(folder, 'nothing'), whole]);
    expect(reusing).toEqual({ bytes: fromScratch.bytes, fitted: false, described: false });
    // Also in training, where they are passed on.
    const third = await trained(tinyTexts, { dModel: 12 }, folder, [whole]);
    expect(bytesOf(third)).toEqual(fromScratch.bytes);
  });

  it('are not taken from other texts, from another program, or from damaged files', async () => {
    const folder = copyOfWhole();
    const fromScratch = { bytes: bytesOf(whole), fitted: true, described: true };
    const expectUnused = (other: string) => expect(analysedWith(folder, [other])).toEqual(fromScratch);
    const otherTexts = gazette({ seed: 2, sizes: { train: 64, val: 16, test: 16 } });
    const ofOthers = await trained({ ...tinyTexts, corpus: otherTexts, splits: otherTexts.splits });
    expectUnused(ofOthers);

    // The same config.json, but files of other texts.
    const impostor = copyOfWhole();
    writeAnalysis(impostor, analysisOf(ofOthers));
    expectUnused(impostor);

    const edited = copyOfWhole();
    const config = join(edited, RUN_FILES.config);
    const original = readFileSync(config, 'utf8');
    for (const edit of [
      (text: string) => text.replace('"contextLength": 150', '"contextLength": 140'),
      (text: string) => text.replace(/"node": "[^"]*"/, '"node": "v1.0.0"'),
      (text: string) => text.replace(/"letterpress": "[^"]*"/, '"letterpress": "0.0.1"'),
      (text: string) => text.slice(1),
    ]) {
      expect(edit(original)).not.toBe(original);
      writeFileSync(config, edit(original));
      expectUnused(edited);
    }
    writeFileSync(config, original);
    writeFileSync(join(edited, RUN_FILES.baselines), '{}');
    expectUnused(edited);
  });

  it.each([
    ['baselines', { fitted: true, described: false }],
    ['corpusReport', { fitted: false, described: true }],
  ] as const)('are taken one by one where %s is missing', (missing, measured) => {
    const [folder, other] = [copyOfWhole(), copyOfWhole()];
    rmSync(join(other, RUN_FILES[missing]));
    expect(analysedWith(folder, [other])).toEqual({ bytes: bytesOf(whole), ...measured });
  });
});

describe('a run that was interrupted while it was analysed', () => {
  it('has no analysis file, and gets the same ones when it is resumed', async () => {
    const plan = tinyPlan({ epochs: 2, dropout: undefined });
    for (const part of ['baselines', 'corpus', 'samples', 'inspection']) {
      const folder = newFolder();
      const config = describeRun(plan, tinyTexts, backend, 7);
      const run = TrainingRun.create(folder, config, tinyTexts, backend);
      const kinds = await follow(run, (event) => event.kind === 'analysis' && event.part === part);
      expect([kinds.includes('paused'), kinds.includes('finished')]).toEqual([true, false]);
      expect(bytesOf(folder).filter((bytes) => bytes !== undefined)).toEqual([]);
      expect(await follow(TrainingRun.resume(folder, tinyTexts, backend))).toContain('finished');
      expect(bytesOf(folder)).toEqual(bytesOf(whole));
    }
  });
});

describe('the analysis of unusual runs', () => {
  it('has figures of the texts alone where the training diverged in its first epoch', async () => {
    const folder = await trained(tinyTexts, { recipe: 'notebook', padding: 'first', learningRate: 1e30 });
    expect(readRun(folder).results?.testNll).toBeNaN();
    const { inspection, baselines, sampleQualities } = analysisOf(folder);
    expect(inspection).toBeUndefined();
    expect(baselines?.baselines.length).toBeGreaterThan(6);
    expect(sampleQualities).toBeUndefined();
    expect(() => stepsOf(folder)).toThrow('diverged');
  });

  it('works on three texts, one of them empty, and an alphabet of one character', async () => {
    const folder = await trained(inMemory({ train: ['aaa', 'aa', ''], val: [''], test: ['a'] }));
    const { baselines, corpusReport: report, sampleQualities, inspection } = analysisOf(folder);
    expect(baselines?.texts).toEqual({ train: 3, val: 1, test: 1 });
    expect(baselines?.charactersPerText).toEqual({ val: 1, test: 2 });
    for (const { testNll } of baselines!.baselines) expect(testNll).toBeGreaterThan(0);
    expect(report?.splits.train).toMatchObject({ texts: 3, empty: 1 });
    expect(sampleQualities?.entries.at(-2)?.quality).toMatchObject({ texts: 1, meanCharacters: 1 });
    expect(inspection?.texts.map(({ text }) => text)).toEqual(['a']);
  });

  it('reads line breaks and characters beyond 16 bits from samples', async () => {
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

  it('leaves out what cannot be measured where a split has no texts', async () => {
    const folder = await trained({ ...tinyTexts, splits: { train, val, test: [] } });
    expect(Object.entries(analysisOf(folder)).filter(([, value]) => value !== undefined)).toHaveLength(2);
    expect(analysisOf(folder).corpusReport?.splits.test.texts).toBe(0);
  });

  it('measures evenly spaced texts of very many', () => {
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

  it('has no entropy as a baseline where texts are truncated', () => {
    const entropy = (contextLength: number) =>
      analysedTexts(tinyTexts, encodeTexts(tinyTexts, contextLength), { vocabulary: 29, contextLength }).entropy;
    expect(entropy(150)).toBe(tinyTexts.corpus.exact?.entropy);
    expect(entropy(40)).toBeUndefined();
  });
});
