import { LetterpressError } from '../../errors.js';
import { toJson } from '../../json.js';
import { DEFAULT_RECIPE } from '../../train/plan.js';
import { RECIPES, type Recipe, type SizeName } from '../../train/recipes/index.js';
import type { SettingsByPath } from '../../train/recipes/settings-by-path.js';
import type { SearchSpace } from '../../tune/search-space.js';
import { runTune, type TuneRequest } from '../../tune/run-tune.js';
import { readTuneFile } from '../../tune/tune-file.js';
import type { TuneOptionsInput } from '../../tune/tune-options.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { counted, formatCount, formatDuration } from '../../format.js';
import { freeFolder } from './free-folder.js';
import { followTune } from './follow-tune.js';
import { prepareTexts, runTexts } from './prepare-texts.js';
import { textsOfRun } from './train.js';

/** The options of `letterpress tune`. */
export interface TuneCommandOptions extends Omit<DataOptions, 'seed'>, BackendOptions {
  readonly recipe?: Recipe;
  readonly size?: SizeName;
  readonly set?: SettingsByPath;
  readonly vary?: SearchSpace;
  readonly trials?: number;
  readonly epochs?: number;
  readonly minEpochs?: number;
  readonly eta?: number;
  /** Seconds. */
  readonly budget?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: string;
  readonly json?: true;
}

/** What is to be searched. */
type Prepared = Pick<TuneRequest, 'folder' | 'texts'> & { readonly options: TuneOptionsInput };

/** Searches, or goes on with a search. */
export async function tune(options: TuneCommandOptions, context: CliContext): Promise<void> {
  const { signal } = context;
  const precision = options.resume === undefined ? options.precision : readTuneFile(options.resume).backend.precision;
  const prepare = options.resume === undefined ? begin : resume;
  const prepared = await prepare(options, context);
  const { backend } = openBackend({ ...options, ...(precision === undefined ? {} : { precision }) }, context);
  const { name, instructionSet, threads } = backend.info;
  const announce = (): void => {
    const { texts, folder } = prepared;
    const { recipe, size, space } = prepared.options;
    const counts = (['train', 'val'] as const).map((split) => formatCount(texts.splits[split].length));
    const time = options.budget === undefined ? '' : `, at most ${formatDuration(options.budget)}`;
    context.print(
      `${context.style.bold(texts.corpus.name)}  ${counts.join(' / ')} texts to train / validate\n` +
        `recipe ${recipe.name}${size === undefined ? '' : ` ${size}`}${time}; ${name} backend (${instructionSet}, ${counted(threads, 'thread')})\n` +
        (space === undefined ? '' : `varies ${Object.keys(space).join(', ')}\n`) +
        `search in ${folder}\n\n`,
    );
  };
  const events = runTune({ ...prepared, backend, budgetSeconds: options.budget }, signal);
  await followTune(events, announce, context, options.json === true);
}

async function begin(options: TuneCommandOptions, context: CliContext): Promise<Prepared> {
  // The seed is the search's: it does not move the splits of a file.
  const { seed, ...data } = options;
  const texts = runTexts(await prepareTexts(data, context), options);
  const { corpus } = texts;
  const { recipe = RECIPES[DEFAULT_RECIPE], size, set, vary: space, trials, minEpochs, eta } = options;
  const longText = {
    ...(options.context === undefined ? {} : { 'model.contextLength': options.context + 1 }),
    ...(options.continuous ? { 'training.augmentation.shift': true } : {}),
  };
  const asked = {
    recipe,
    size,
    set: { ...longText, ...set },
    space,
    trials,
    epochs: options.epochs ?? recipe.training.epochs,
    minEpochs,
    eta,
    seed,
  };
  const name = [corpus.name, recipe.name, ...(size === undefined ? [] : [size])].join('-');
  return {
    folder: options.out ?? freeFolder('tunes', name),
    texts,
    options: JSON.parse(toJson(asked)) as TuneOptionsInput,
  };
}

const NOT_WITH_RESUME = [
  'data',
  'continuous',
  'context',
  'column',
  'clean',
  'alphabet',
  'limit',
  'recipe',
  'size',
  'set',
  'vary',
  'trials',
  'epochs',
  'minEpochs',
  'eta',
  'seed',
  'precision',
  'out',
] as const satisfies readonly (keyof TuneCommandOptions)[];

async function resume(options: TuneCommandOptions, context: CliContext): Promise<Prepared> {
  const folder = options.resume ?? '';
  const other = NOT_WITH_RESUME.find((name) => options[name] !== undefined);
  if (other !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--resume goes on with a search as it was begun, but --${other} was given too`,
      `Leave --${other} out, or begin a new search without --resume.`,
    );
  }
  const { options: asked, corpus, tokenizer } = readTuneFile(folder);
  const texts = await textsOfRun({ folder, config: { corpus, tokenizer } }, context);
  return { folder, texts, options: asked };
}
