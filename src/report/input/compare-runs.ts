/** What a report of any given runs is made from. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { configKey } from '../../runs/compare-configs.js';
import { completeConfig } from '../../train/run-settings.js';
import { readReportRun } from './read-report-run.js';
import type { ReportInput, ReportRun } from './report-input.js';

/**
 * Reads runs for a report. They are called by their folders, and by as much of the way there as is needed to tell them apart; those
 * that differ by their seeds alone are one group.
 *
 * @param folders run directories, at least one
 * @param title what the report is called; made of the runs' names where not given
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
 * Puts runs that differ by their seeds alone into groups. A group is called by what the names of its runs have in common, without
 * their seeds; a run by itself keeps its name. A second run with the same seed is a group of its own: the same again says nothing of how seeds
 * spread.
 */
export function groupRuns(runs: readonly ReportRun[]): ReportInput['runs'] {
  const groups: { key: string; seeds: Set<number>; runs: ReportRun[] }[] = [];
  for (const run of runs) {
    const key = configKey(completeConfig(run.config));
    const group = groups.find((each) => each.key === key && !each.seeds.has(run.config.seed));
    if (group === undefined) groups.push({ key, seeds: new Set([run.config.seed]), runs: [run] });
    else {
      group.seeds.add(run.config.seed);
      group.runs.push(run);
    }
  }
  const taken = new Set(runs.map(({ name }) => name));
  return groups.flatMap((group) => {
    const name = groupName(group.runs, taken);
    taken.add(name);
    return group.runs.map((run) => ({ role: 'given' as const, group: name, run }));
  });
}

/** @param taken names of groups so far, and of all runs, which are different */
function groupName(runs: readonly ReportRun[], taken: ReadonlySet<string>): string {
  const [first, ...others] = runs.map(({ name }) => name);
  if (others.length === 0) return first!;
  const common = withoutSeed(first!);
  const isCommon = common !== '' && others.every((name) => withoutSeed(name) === common);
  return isCommon && !taken.has(common) ? common : `${first!} and other seeds`;
}

function withoutSeed(name: string): string {
  return name.replace(/[-_ .,]*seed[-_ ]?\d+$/, '');
}

function refuseRepeated(folders: readonly string[]): void {
  const seen = new Set<string>();
  for (const folder of folders) {
    const place = existsSync(folder) ? realpathSync(folder) : resolve(folder);
    if (seen.has(place)) throw new LetterpressError('BAD_OPTION', `${folder} was given twice`, 'Give each run once.');
    seen.add(place);
  }
}

/** The last parts of paths, as many as are needed for all to be different. */
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
