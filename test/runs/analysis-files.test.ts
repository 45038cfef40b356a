import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ANALYSIS_FILES, writeAnalysis } from '../../src/runs/analysis-files.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { RunWriter } from '../../src/runs/writer.js';
import { analysis, checkpointMeta, config, errorOf, metricsLine, tensorsOf } from './fixtures.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const newFolder = temporaryFolders();

/** A run of one epoch with all analysis files. */
function analysed(): string {
  const folder = newFolder();
  const writer = RunWriter.create(folder, config);
  writer.appendEpoch(metricsLine(0));
  writer.writeCheckpoint(checkpointMeta(0), tensorsOf(0));
  writer.writeAnalysis(analysis);
  return folder;
}

const there = (folder: string) => ANALYSIS_FILES.filter((name) => existsSync(join(folder, RUN_FILES[name])));

it('analysis files are read as they were written, numbers that are not finite too', () => {
  const folder = analysed();
  expect(readRun(folder).readAnalysis()).toEqual(analysis);
  expect(there(folder)).toEqual(Object.keys(analysis));
  // One line, however many numbers.
  expect(readFileSync(join(folder, RUN_FILES.inspection), 'utf8').split('\n')).toHaveLength(2);
});

it('analysis files can be added one by one', () => {
  const folder = newFolder();
  RunWriter.create(folder, config);
  expect(Object.values(readRun(folder).readAnalysis()).filter(Boolean)).toEqual([]);
  for (const name of ANALYSIS_FILES) {
    writeAnalysis(folder, { [name]: analysis[name] });
    expect(readRun(folder).readAnalysis()[name]).toEqual(analysis[name]);
  }
  expect(readRun(folder).readAnalysis()).toEqual(analysis);
});

it('analysis files are removed when a run is resumed or replaced', () => {
  const resumed = analysed();
  RunWriter.resume(resumed);
  expect(there(resumed)).toEqual([]);
  const replaced = analysed();
  RunWriter.create(replaced, config, { force: true });
  expect(there(replaced)).toEqual([]);
});

it('damaged analysis files are reported when they are read, and the rest of the run can be read', () => {
  const folder = analysed();
  writeFileSync(join(folder, RUN_FILES.baselines), '{"schemaVersion":2,"baselines":[{"id":"guess"}]}');
  const run = readRun(folder);
  expect(run.metrics).toEqual([metricsLine(0)]);
  const error = errorOf(() => run.readAnalysis());
  expect([error.code, error.message]).toEqual(['BAD_RUN', expect.stringContaining('baselines.json')]);
});

it('invalid analysis is not written', () => {
  const folder = analysed();
  const temperatures = { ...analysis.temperatures!, seed: 0.5 };
  expect(errorOf(() => writeAnalysis(folder, { temperatures })).message).toContain('temperatures.json');
  expect(readRun(folder).readAnalysis()).toEqual(analysis);
});
