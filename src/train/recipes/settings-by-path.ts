import * as z from 'zod';
import { LetterpressError } from '../../errors.js';
import { isRecord } from '../../json.js';
import { suggest } from '../../suggest.js';

export const settingsByPathSchema = z.record(z.string(), z.json());

/**
 * Changes to a plan by path, e.g. `{ 'model.heads': 2, 'training.averaging': { kind: 'ema', decay: 0.999 } }`.
 */
export type SettingsByPath = Readonly<z.infer<typeof settingsByPathSchema>>;

/** An object whose settings can be named by paths. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * The settings with some of them replaced. A value replaces the old one as a whole: objects are not merged.
 *
 * @returns a copy; only that paths lead through objects is checked
 * @throws LetterpressError BAD_OPTION when a path leads through something other than an object
 *
 * @example withSettings({ training: { epochs: 40 } }, { 'training.epochs': 10 }) // { training: { epochs: 10 } }
 */
export function withSettings<T extends Settings>(settings: T, changes: SettingsByPath): T {
  const copy = structuredClone(settings);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    let place: Record<string, unknown> = copy;
    for (const [i, key] of keys.entries()) {
      const next = Object.hasOwn(place, key) ? place[key] : undefined;
      if (!isRecord(next)) throw unknownSetting(path, settings, keys.slice(0, i + 1).join('.'), next);
      place = next;
    }
    place[last] = structuredClone(value); // a later path may lead into it
  }
  return copy;
}

/**
 * Checks that every change is a setting that exists, and so are the fields of its value, since a schema may ignore what
 * it does not know.
 *
 * @param checked the settings after their schema has read them
 * @throws LetterpressError BAD_OPTION naming the first unknown path, with the nearest known one
 */
export function checkPaths(checked: Settings, changes: SettingsByPath): void {
  const paths = Object.keys(changes);
  // What another change replaces a part of may have had other fields.
  const whole = Object.entries(changes).filter(([path]) => !paths.some((other) => other.startsWith(`${path}.`)));
  const unknown = [...paths, ...settingPaths(Object.fromEntries(whole))].find((path) => !hasSetting(checked, path));
  if (unknown !== undefined) throw unknownSetting(unknown, checked);
}

export function hasSetting(settings: Settings, path: string): boolean {
  let place: unknown = settings;
  for (const key of path.split('.')) {
    if (!isRecord(place) || !Object.hasOwn(place, key)) return false;
    place = place[key];
  }
  return true;
}

/**
 * Paths of all settings that are not objects, in their order.
 *
 * @example settingPaths({ model: { heads: 4, dropout: { residual: 0 } } }) // ['model.heads', 'model.dropout.residual']
 */
export function settingPaths(settings: Settings, prefix = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    isRecord(value) ? settingPaths(value, `${prefix}${key}.`) : [prefix + key],
  );
}

export function settingAt(settings: Settings, path: string): unknown {
  return path.split('.').reduce<unknown>((place, key) => (isRecord(place) ? place[key] : undefined), settings);
}

/** A value as users write it: JSON, or else a plain word. */
export function jsonOrWord(text: string): SettingsByPath[string] {
  try {
    return JSON.parse(text) as SettingsByPath[string];
  } catch {
    return text; // as in model.positions=rotary
  }
}

/** A value as users write it: the inverse of {@link jsonOrWord}. */
export function asWritten(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unknownSetting(path: string, settings: Settings, parent?: string, found?: unknown): LetterpressError {
  if (parent !== undefined && found === null) {
    return new LetterpressError(
      'BAD_OPTION',
      `${path} cannot be set, since ${parent} is null here`,
      `Set ${parent} as a whole, to an object with all its fields.`,
    );
  }
  const paths = settingPaths(settings);
  const nearest = suggest(path, paths);
  return new LetterpressError(
    'BAD_OPTION',
    `there is no setting called ${path}`,
    nearest === undefined ? `Settings are ${paths.join(', ')}.` : `Did you mean ${nearest}?`,
  );
}
