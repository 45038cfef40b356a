import { z } from 'zod';
import { LetterpressError } from '../../errors.js';
import { suggest } from '../../suggest.js';

/** Schema of {@link SettingsByPath}. */
export const settingsByPathSchema = z.record(z.string(), z.json());

/**
 * Changes to a plan by path, e.g. `{ 'model.dropout.residual': 0.2, 'training.averaging': { kind: 'ema', decay: 0.999 } }`.
 */
export type SettingsByPath = Readonly<z.infer<typeof settingsByPathSchema>>;

/** An object whose settings can be named by paths. */
export type Settings = Readonly<Record<string, unknown>>;

/**
 * The settings with some of them replaced. A value replaces what was there as a whole: an object is not merged.
 *
 * @returns a copy; nothing is checked but that the path leads through objects
 * @throws LetterpressError BAD_OPTION when a path leads through something that is no object
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
      if (!isObject(next)) throw unknownSetting(path, settings, keys.slice(0, i + 1).join('.'), next);
      place = next;
    }
    place[last] = value;
  }
  return copy;
}

/**
 * Makes sure that every change is a setting that exists: a schema may leave out what it does not know.
 *
 * @param checked the settings after their schema has read them
 * @throws LetterpressError BAD_OPTION naming the first path that is not there, with the nearest that is
 */
export function checkPaths(checked: Settings, changes: SettingsByPath): void {
  for (const path of Object.keys(changes)) {
    let place: unknown = checked;
    for (const key of path.split('.')) {
      if (!isObject(place) || !Object.hasOwn(place, key)) throw unknownSetting(path, checked);
      place = place[key];
    }
  }
}

/**
 * Paths of all settings that are no objects, in their order.
 *
 * @example settingPaths({ model: { dModel: 48, dropout: { attention: 0 } } }) // ['model.dModel', 'model.dropout.attention']
 */
export function settingPaths(settings: Settings, prefix = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    isObject(value) ? settingPaths(value, `${prefix}${key}.`) : [prefix + key],
  );
}

/** What stands at a path; undefined where there is nothing. */
export function settingAt(settings: Settings, path: string): unknown {
  return path.split('.').reduce<unknown>((place, key) => (isObject(place) ? place[key] : undefined), settings);
}

/** A value as users write it: JSON where it is JSON, else the word that it is. */
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
