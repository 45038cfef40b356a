import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readMixtureFile } from '../../ensemble/mixture-folder.js';
import { LetterpressError } from '../../errors.js';
import { parseModelConfig } from '../../nn/config.js';
import type { ReportInput, ReportMixture, ReportRun } from './report-input.js';
import { foldersIn, isMixture } from '../../runs/artifact-folder.js';
import { configKey } from '../../runs/compare-configs.js';
import { RUNS_FOLDER, RUN_FILES } from '../../runs/layout.js';
import { readRun } from '../../runs/reader.js';
import { damaged } from '../../runs/run-file.js';
import type { RunConfig } from '../../runs/schema.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import { isDistillationSet } from '../../train/distillation/distillation-set-folder.js';
import { completeConfig, parseTrainingSettings } from '../../train/settings.js';

/**
 * Reads runs to be compared, and the mixtures among them: a folder stands for the runs in it, or in its `runs/`.
 * Distillation sets, which lie among runs too, are passed over.
 *
 * @param paths run directories, mixtures, studies, or folders with run directories in them
 * @throws LetterpressError BAD_OPTION for none, or a run that is given twice; BAD_RUN for a folder without a run, or a
 *   damaged file
 * @example readRuns(['runs']); // every run and every mixture in the folder
 */
export function readRuns(paths: readonly string[]): ReportInput {
  const mayHoldRuns = paths.filter((path) => !isMixture(path) && !isDistillationSet(path));
  // Nothing but mixtures and distillation sets: reading the first as a run says what is wrong.
  const runs = compareRuns((mayHoldRuns.length > 0 ? mayHoldRuns : paths).flatMap(runsAt));
  return { ...runs, mixtures: readMixtures(paths) };
}

/** The run directories that a path stands for; itself where there are none, so that reading it says what is wrong. */
function runsAt(path: string): string[] {
  if (isRun(path)) return [path];
  const places = [join(path, RUNS_FOLDER), path];
  const found = places.map((folder) => foldersIn(folder, isRun)).find(({ length }) => length > 0);
  return found ?? [path];
}

function isRun(folder: string): boolean {
  return existsSync(join(folder, RUN_FILES.config));
}

/**
 * Reads runs for a report. They are named after their folders, with as many parent folders as make the names unique;
 * those that differ by their seeds alone are one group.
 *
 * @param folders run directories, at least one
 * @param title of the report; made of the runs' names where not given
 * @throws LetterpressError BAD_OPTION for no runs, or one that is given twice; BAD_RUN for what is no run, or damaged
 * @example compareRuns(['runs/87k-seed0', 'runs/87k-seed1', 'runs/557k-seed0']); // two groups
 */
export function compareRuns(folders: readonly string[], title?: string): ReportInput {
  if (folders.length === 0)
    throw new LetterpressError('BAD_OPTION', 'expected at least one run, got none', 'Name a run directory.');
  refuseRepeated(folders);
  const names = shortNames(folders);
  const runs = folders.map((folder, i) => readReportRun(folder, names[i]!));
  return { title: title ?? titleOf(names), kind: 'comparison', runs: groupRuns(runs) };
}

/**
 * Puts runs that differ by their seeds alone into groups. A group is named by what the names of its runs have in
 * common, without their seeds; a run by itself keeps its name. A second run with the same seed tells nothing about the
 * spread of seeds: it is in another group, with those that are named like it, in whatever order the runs are given.
 */
function groupRuns(runs: readonly ReportRun[]): ReportInput['runs'] {
  const alike = new Map<string, ReportRun[]>();
  for (const run of runs) {
    const key = configKey(completeConfig(run.config));
    alike.set(key, [...(alike.get(key) ?? []), run]);
  }
  const taken = new Set(runs.map(({ name }) => name));
  return [...alike.values()].flatMap(withoutRepeatedSeeds).flatMap((group) => {
    const name = groupName(group, taken);
    taken.add(name);
    return group.map((run) => ({ role: 'given' as const, group: name, run }));
  });
}

/** Runs of the same settings, in as few groups as have each seed once. */
function withoutRepeatedSeeds(runs: readonly ReportRun[]): ReportRun[][] {
  const stems = new Map(runs.map((run) => [run, withoutSeed(run)]));
  const named = (stem: string) => runs.filter((run) => stems.get(run) === stem).length;
  const order = [...runs].sort((a, b) => {
    const [x, y] = [stems.get(a)!, stems.get(b)!];
    if (x !== y) return named(y) - named(x) || (x < y ? -1 : 1);
    return a.config.seed - b.config.seed || (a.name < b.name ? -1 : 1);
  });
  const groups: ReportRun[][] = [];
  for (const run of order) {
    const free = groups.filter((group) => group.every(({ config }) => config.seed !== run.config.seed));
    const group = free.find(([first]) => stems.get(first!) === stems.get(run)) ?? free[0];
    if (group === undefined) groups.push([run]);
    else group.push(run);
  }
  return groups;
}

/** @param taken names of groups so far, and of all runs, which are different */
function groupName(runs: readonly ReportRun[], taken: ReadonlySet<string>): string {
  const [first, ...others] = runs;
  if (others.length === 0) return first!.name;
  const common = withoutSeed(first!);
  const isCommon = common !== '' && others.every((run) => withoutSeed(run) === common);
  return isCommon && !taken.has(common) ? common : `${first!.name} over ${runs.length} seeds`;
}

/** `87k` of `87k-seed1`, `87k-s1` and `87k-1`, where 1 is the run's seed. */
function withoutSeed({ name, config: { seed } }: ReportRun): string {
  return name.replace(new RegExp(`(?:[-_ .,]*seed|[-_ .,]+s)?[-_ .,]*(?<!\\d)0*${seed}$`), '');
}

function refuseRepeated(folders: readonly string[]): void {
  const seen = new Set<string>();
  for (const folder of folders) {
    const place = existsSync(folder) ? realpathSync(folder) : resolve(folder);
    if (seen.has(place)) throw new LetterpressError('BAD_OPTION', `${folder} was given twice`, 'Give each run once.');
    seen.add(place);
  }
}

/** The last parts of paths, as many as make them unique. */
function shortNames(folders: readonly string[]): string[] {
  const places = folders.map((folder) => resolve(folder));
  const name = (place: string, parts: number): string =>
    parts === 1 || dirname(place) === place ? basename(place) : `${name(dirname(place), parts - 1)}/${basename(place)}`;
  const most = Math.max(...places.map((place) => place.split(/[/\\]/).length));
  for (let parts = 1; parts < most; parts++) {
    const names = places.map((place) => name(place, parts));
    if (new Set(names).size === names.length) return names;
  }
  return places;
}

function titleOf(names: readonly string[]): string {
  if (names.length === 1) return `The run ${names[0]!}`;
  return names.length === 2 ? `${names[0]!} and ${names[1]!}` : `${names.length} runs compared`;
}

/**
 * Reads everything of a run that a report may use, and never its weights. Files that the run lacks, since it has not
 * ended or is of an older Letterpress, are left out.
 *
 * @param name for tables and legends, unique within a report
 * @throws LetterpressError BAD_RUN when the folder is no run, or a file in it is damaged
 * @example readReportRun('runs/557k-seed0', '557k').results?.testNll;
 */
export function readReportRun(folder: string, name: string): ReportRun {
  const run = readRun(folder);
  const { config, metrics, results, sampleEpochs } = run;
  checkConfig(config, join(folder, RUN_FILES.config));
  return {
    name,
    config,
    metrics,
    results,
    samples: new Map(sampleEpochs.map((epoch) => [epoch, run.readSamples(epoch)])),
    finalSamples: existsSync(join(folder, RUN_FILES.finalSamples)) ? run.readSamples('final') : undefined,
    ...run.readAnalysis(),
  };
}

/** What no model can be, or no training: an edited file would be told as what the run was. */
function checkConfig({ model, training, tokenizer, imported }: RunConfig, path: string): void {
  try {
    parseModelConfig(model);
    Tokenizer.fromJSON(tokenizer);
    if (imported === undefined) parseTrainingSettings(training);
  } catch (cause) {
    throw cause instanceof LetterpressError ? damaged(path, cause.message, cause) : cause;
  }
}

/**
 * Reads mixtures: each path itself, or those in it or in its `runs/`; each once.
 *
 * @throws LetterpressError BAD_RUN for a damaged one
 */
export function readMixtures(paths: readonly string[]): ReportMixture[] {
  const folders = new Set(paths.flatMap(mixturesAt));
  return [...folders].map((folder) => ({ ...readMixtureFile(folder), name: basename(folder) }));
}

function mixturesAt(path: string): string[] {
  if (isMixture(path)) return [path];
  return [path, join(path, RUNS_FOLDER)].flatMap((folder) => foldersIn(folder, isMixture));
}
