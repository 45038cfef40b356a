import { existsSync } from 'node:fs';
import { LetterpressError } from '../../errors.js';
import { readBytes } from '../../read-bytes.js';
import { parseRecipe, RECIPE_NAMES, recipeNamed, type Recipe, type RecipeName } from '../../train/recipes/index.js';
import { jsonOrWord, type SettingsByPath } from '../../train/recipes/settings-by-path.js';

/**
 * A recipe by name, or by its JSON file.
 *
 * @throws LetterpressError BAD_OPTION for an unknown name; BAD_INPUT for a file that holds no recipe
 */
export function recipeOption(text: string): Recipe {
  const isFile = /\.json$/i.test(text) || /[/\\]/.test(text);
  return isFile ? readRecipe(text) : recipeNamed(text);
}

/** The same for a study, which stores the name of a built-in recipe instead of a copy of it. */
export function studyRecipe(text: string): RecipeName | Recipe {
  return RECIPE_NAMES.find((name) => name === text) ?? recipeOption(text);
}

function readRecipe(file: string): Recipe {
  if (!existsSync(file)) {
    throw new LetterpressError(
      'BAD_OPTION',
      `expected the name of a recipe or a JSON file, but there is no file ${file}`,
      '`letterpress recipes` lists the built-in ones; `letterpress recipes modern --json` prints a file to begin with.',
    );
  }
  const bytes = readBytes(file);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new LetterpressError('BAD_INPUT', `${file} is not JSON: ${whyNotJson(cause)}`, 'Correct the file.', {
      cause,
    });
  }
  return parseRecipe(value, file);
}

/** What the decoder of UTF-8 or of JSON complains about. */
function whyNotJson(error: Error): string {
  if (!(error instanceof SyntaxError)) return 'it is not UTF-8 text';
  const [, at] = /position (\d+)/.exec(error.message) ?? [];
  if (at !== undefined) return `it is wrong at character ${Number(at) + 1}`;
  return error.message.includes('end of JSON') ? 'it ends too early' : error.message;
}

/**
 * Collects `path=value` options: the value as JSON where it is JSON, else as text.
 *
 * @throws LetterpressError BAD_OPTION without an equals sign, or for a path that is set twice
 * @example settingOption('training.clipNorm=null', {}) // { 'training.clipNorm': null }
 */
export function settingOption(text: string, before: SettingsByPath = {}): SettingsByPath {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--set expects a path and a value, such as training.batch=32, not '${text}'`,
      '`letterpress recipes modern` lists the paths.',
    );
  }
  const path = text.slice(0, at).trim();
  if (Object.hasOwn(before, path))
    throw new LetterpressError('BAD_OPTION', `--set ${path} was given twice`, 'Leave one of them out.');
  return { ...before, [path]: jsonOrWord(text.slice(at + 1).trim()) };
}
