/** The runs of a report, put into groups and in order, whatever order they came in. */
import { LetterpressError } from '../../errors.js';
import type { ReportInput, RunRole } from '../input/report-input.js';
import { parametersOf, type RunGroup } from './group-facts.js';
import { sameHeldOutTexts, type HeldOutTexts } from './same-config.js';

const ROLE_PLACES: Readonly<Record<RunRole, number>> = {
  size: 0,
  given: 0,
  padding: 1,
  'few-texts': 2,
  'second-recipe': 3,
};

/**
 * The groups of a report in the order of {@link ReportFacts.groups}, their runs by seed.
 *
 * @throws LetterpressError INTERNAL when two runs have the same name
 */
export function orderGroups({ runs }: ReportInput): RunGroup[] {
  const names = new Set<string>();
  const groups = new Map<string, RunGroup & { runs: RunGroup['runs'][number][] }>();
  for (const { role, group: name, secondRecipe, run } of runs) {
    if (names.has(run.name)) throw new LetterpressError('INTERNAL', `two runs of a report are called ${run.name}`);
    names.add(run.name);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { name, role, secondRecipe, runs: [run], config: run.config });
    else group.runs.push(run);
  }
  const ordered = [...groups.values()].map((group) => {
    const inOrder = [...group.runs].sort((a, b) => a.config.seed - b.config.seed || compareTexts(a.name, b.name));
    return { ...group, runs: inOrder, config: inOrder[0]!.config };
  });
  const size = (group: RunGroup) => parametersOf(group) ?? Infinity;
  return ordered.sort(
    (a, b) =>
      ROLE_PLACES[a.role] - ROLE_PLACES[b.role] || compareNumbers(size(a), size(b)) || compareTexts(a.name, b.name),
  );
}

/**
 * The groups whose NLLs compare with each other: of sizes and given runs, the most that have the same validation and test texts, of
 * equally many those of the first group; and whatever other groups have the same texts.
 */
export function comparableGroups(groups: readonly RunGroup[]): Set<RunGroup> {
  const candidates = groups.filter(({ role }) => role === 'size' || role === 'given');
  const sets = (candidates.length > 0 ? candidates : groups).map((group) => ({
    group,
    like: groups.filter((other) => sameHeldOutTexts(heldOutTexts(group), heldOutTexts(other))),
  }));
  const counted = (like: readonly RunGroup[]) => like.filter((group) => candidates.includes(group)).length;
  const most = sets.reduce<(typeof sets)[number] | undefined>(
    (best, each) => (best === undefined || counted(each.like) > counted(best.like) ? each : best),
    undefined,
  );
  return new Set(most?.like ?? []);
}

function heldOutTexts({ config, runs }: RunGroup): HeldOutTexts {
  const characters = runs.find(({ baselines }) => baselines !== undefined)?.baselines?.charactersPerText;
  return { config, characters };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Also of infinities, whose difference is none. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
