import { LetterpressError } from '../../errors.js';
import { isRecord } from '../../json.js';
import { isAutoregressive, modelConfigSchema, type ModelConfig } from '../../nn/config.js';
import { countParameters } from '../../nn/decoder-transformer.js';
import type { Difference, RunRole, SettingFacts, SettingValue } from './types.js';
import type { ReportInput, ReportRun } from '../input/report-input.js';
import { agreeIn, isSame, sameHeldOutTexts, type HeldOutTexts } from '../../runs/compare-configs.js';
import type { RunConfig } from '../../runs/schema.js';
import { completeConfig } from '../../train/settings.js';

export interface RunGroup {
  readonly name: string;
  readonly role: RunRole;
  /** Of a second recipe: the group of the same size with the study's own recipe. */
  readonly counterpart: string | undefined;
  /** At least one, by seed. */
  readonly runs: readonly ReportRun[];
  /** Of the first run; the others differ by their seeds. */
  readonly config: RunConfig;
}

const ROLE_PLACES: Readonly<Record<RunRole, number>> = {
  size: 0,
  given: 0,
  padding: 1,
  'few-texts': 2,
  'second-recipe': 3,
};

/** The groups in the order of {@link ReportFacts.groups}, their runs by seed. */
export function orderGroups({ runs }: ReportInput): RunGroup[] {
  const names = new Set<string>();
  const groups = new Map<string, RunGroup & { runs: RunGroup['runs'][number][] }>();
  for (const { role, group: name, counterpart, run } of runs) {
    if (names.has(run.name)) throw new LetterpressError('INTERNAL', `two runs of a report are called ${run.name}`);
    names.add(run.name);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { name, role, counterpart, runs: [run], config: run.config });
    else group.runs.push(run);
  }
  const ordered = [...groups.values()].map((group) => {
    const inOrder = [...group.runs].sort((a, b) => a.config.seed - b.config.seed || compare(a.name, b.name));
    return { ...group, runs: inOrder, config: inOrder[0]!.config };
  });
  const size = (group: RunGroup) => parametersOf(group) ?? Infinity;
  return ordered.sort(
    (a, b) => ROLE_PLACES[a.role] - ROLE_PLACES[b.role] || compare(size(a), size(b)) || compare(a.name, b.name),
  );
}

export function parametersOf({ runs, config }: RunGroup): number | undefined {
  const model = modelOf(config);
  return runs.find(({ results }) => results !== undefined)?.results?.parameters ?? (model && countParameters(model));
}

/** Whether a model sees what it predicts, so that its NLLs are those of no distribution of texts. */
export function seesTargets({ config }: Pick<RunGroup, 'config'>): boolean {
  const model = modelOf(config);
  return model !== undefined && !isAutoregressive(model);
}

/** Whether nothing is known of a model but its weights: no texts, no curve, no figures. */
export function isImported({ config }: { readonly config: RunConfig }): boolean {
  return config.imported !== undefined;
}

/**
 * The groups with the validation and test texts that most sizes and given runs have; of equally many, those of the
 * first group. Models that see what they predict, and imported ones, are among them only where there are no others.
 */
export function comparableGroups(all: readonly RunGroup[]): Set<RunGroup> {
  const honest = all.filter((group) => !seesTargets(group) && !isImported(group));
  const groups = honest.length > 0 ? honest : all;
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

/** Of infinities too, whose difference is NaN. */
function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const SHAPE = ['dModel', 'heads', 'layers', 'mlpRatio'] as const;

/** Settings of the training that have a {@link Difference} of their own. */
const OWN_WORDS = ['padding', 'epochs'] as const;

/** The model of a run; undefined where its configuration has another form than this Letterpress knows. */
export function modelOf({ model }: Pick<RunConfig, 'model'>): ModelConfig | undefined {
  return modelConfigSchema.safeParse(model).data;
}

export function differencesOf(first: RunConfig, second: RunConfig): Difference[] {
  const [a, b] = [completeConfig(first), completeConfig(second)];
  const differs: Record<Difference, boolean> = {
    size: !agreeIn(a.model, b.model, SHAPE),
    texts: a.corpus.fingerprint !== b.corpus.fingerprint,
    padding: a.training.padding !== b.training.padding,
    recipe: !isSame(a.recipe, b.recipe),
    precision: a.backend.precision !== b.backend.precision,
    epochs: a.training.epochs !== b.training.epochs,
    settings: settingsThatDiffer(first, second).length > 0,
  };
  return (Object.keys(differs) as Difference[]).filter((name) => differs[name]);
}

/** What the {@link Difference} called `settings` is: paths of config.json with both values. */
export function settingsThatDiffer(first: RunConfig, second: RunConfig): SettingFacts[] {
  const [a, b] = [otherSettings(first), otherSettings(second)];
  // By path, whichever of the two has it.
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths
    .filter((path) => !isSame(a.get(path), b.get(path)))
    .map((path) => ({ path, first: a.get(path) ?? null, second: b.get(path) ?? null }));
}

function otherSettings(config: RunConfig): Map<string, SettingValue> {
  const { model, training, tokenizer, distillationSet } = completeConfig(config);
  return flatSettings({
    model: without(model, SHAPE),
    training: without(training, OWN_WORDS),
    tokenizer,
    ...(distillationSet && { distillationSet: { fingerprint: distillationSet.fingerprint } }),
  });
}

/** Settings by their path in config.json; null where there is none. */
export function flatSettings(value: unknown, path = ''): Map<string, SettingValue> {
  if (isRecord(value))
    return new Map(
      Object.entries(value).flatMap(([name, each]) => [...flatSettings(each, path === '' ? name : `${path}.${name}`)]),
    );
  const isPlain = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
  return new Map([[path, isPlain ? value : value === null || value === undefined ? null : JSON.stringify(value)]]);
}

function without(object: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
