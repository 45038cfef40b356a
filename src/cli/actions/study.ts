import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, stripVTControlCharacters } from 'node:util';
import { fingerprint } from '../../corpus/fingerprint.js';
import { LetterpressError } from '../../errors.js';
import { summarizeModel } from '../../nn/summary.js';
import { runStudy, type StudyRequest } from '../../study/run-study.js';
import { isStudy, readStudyFile } from '../../study/study-file.js';
import {
  defaultFew,
  nameOfRecipe,
  parseStudyOptions,
  QUICK_STUDY,
  QUICK_TEXTS,
  type StudyOptions,
  type StudySize,
} from '../../study/study-options.js';
import type { Recipe, RecipeName } from '../../train/recipes/index.js';
import type { RunTexts } from '../../runs/run-texts.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { counted, formatCount } from '../../format.js';
import { followStudy } from './follow-study.js';
import { prepareTexts, runTexts } from './prepare-texts.js';
import { formatSummary } from './summary.js';
import { chosenBackend, textsOfRun } from './train.js';

/** The options of `letterpress study`. */
export interface StudyCommandOptions extends Omit<DataOptions, 'seed' | 'corpusSizes'>, BackendOptions {
  readonly out?: string;
  readonly resume?: string;
  readonly sizes?: readonly StudySize[];
  readonly seeds?: number;
  readonly epochs?: StudyOptions['epochs'];
  readonly recipe?: RecipeName | Recipe;
  readonly compareRecipe?: RecipeName | Recipe;
  readonly few?: number;
  readonly temperatures?: readonly number[];
  /** False with `--no-padding-check`. */
  readonly paddingCheck: boolean;
  readonly quick?: true;
  readonly json?: true;
}

/** What is to be studied. */
type Prepared = Required<Pick<StudyRequest, 'folder' | 'texts'>> & { readonly options: StudyOptions };

/** Runs the whole experiment, or goes on with it. */
export async function study(options: StudyCommandOptions, context: CliContext): Promise<void> {
  const prepare = options.resume === undefined ? begin : resume;
  const prepared = await prepare(options, context);
  const { precision } = prepared.options;
  const { backend } = openBackend({ ...options, precision }, context);
  const request: StudyRequest = {
    ...prepared,
    options: prepared.options,
    backend: chosenBackend(backend),
    summarize: ({ model }) => stripVTControlCharacters(formatSummary(summarizeModel(model), context)),
  };
  const { name, instructionSet, threads } = backend.info;
  const computing = `${name} backend (${instructionSet}, ${counted(threads, 'thread')}, ${precision})`;
  const events = runStudy(request, { signal: context.signal });
  await followStudy(events, () => announce(prepared, computing, context), context, options.json === true);
}

async function begin(options: StudyCommandOptions, context: CliContext): Promise<Prepared> {
  checkQuick(options);
  const data: DataOptions = options.quick ? { ...options, corpusSizes: QUICK_TEXTS } : options;
  const texts = runTexts(await prepareTexts(data, context), options);
  const asked = studyOptions(options, texts.splits.train.length);
  return { folder: options.out ?? ownFolder(texts, asked), texts, options: asked };
}

/** What was asked, with what depends on the number of training texts. */
function studyOptions(options: StudyCommandOptions, train: number): StudyOptions {
  const { quick, sizes, seeds, epochs, recipe, compareRecipe, precision, few, temperatures, paddingCheck } = options;
  return parseStudyOptions({
    ...(quick ? QUICK_STUDY : {}),
    ...(sizes === undefined ? {} : { sizes: [...sizes] }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(temperatures === undefined ? {} : { temperatures: [...temperatures] }),
    seeds,
    recipe,
    secondRecipe: compareRecipe,
    precision,
    few: few ?? defaultFew(train),
    paddingCheck,
  });
}

/** @throws LetterpressError BAD_OPTION for other texts with --quick */
function checkQuick(options: StudyCommandOptions): void {
  const other = (['data', 'column', 'clean', 'alphabet'] as const).find((name) => options[name] !== undefined);
  if (options.quick === undefined || other === undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `--quick is a study of the built-in corpus, but --${other} was given too`,
    'Leave one of them out; --limit and --epochs make a study of other texts short.',
  );
}

/** `studies/NAME`, with the first number whose folder is free, or holds this very study. */
function ownFolder({ corpus, splits }: RunTexts, options: StudyOptions): string {
  const { kind, recipe, secondRecipe } = options;
  const parts = [
    corpus.name,
    ...(recipe === 'notebook' ? [] : [nameOfRecipe(recipe)]),
    ...(secondRecipe === null ? [] : ['vs', nameOfRecipe(secondRecipe)]),
    ...(kind === 'quick' ? [kind] : []),
  ];
  const base = join('studies', parts.join('-').replace(/[^\p{L}\p{N}._-]+/gu, '-'));
  const hash = fingerprint({ splits });
  const fits = (folder: string): boolean => {
    if (!existsSync(folder)) return true;
    if (!isStudy(folder)) return false;
    const there = readStudyFile(folder);
    return there.corpus.fingerprint === hash && isDeepStrictEqual(there.options, options);
  };
  let folder = base;
  for (let i = 2; !fits(folder); i++) folder = `${base}-${i}`;
  return folder;
}

const NOT_WITH_RESUME = [
  'data',
  'column',
  'clean',
  'alphabet',
  'limit',
  'sizes',
  'seeds',
  'epochs',
  'recipe',
  'compareRecipe',
  'precision',
  'few',
  'temperatures',
  'quick',
  'out',
] as const satisfies readonly (keyof StudyCommandOptions)[];

async function resume(options: StudyCommandOptions, context: CliContext): Promise<Prepared> {
  const folder = options.resume ?? '';
  const other = options.paddingCheck ? NOT_WITH_RESUME.find((name) => options[name] !== undefined) : 'no-padding-check';
  if (other !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--resume goes on with a study as it was begun, but --${other} was given too`,
      `Leave --${other} out, or ask for more by the whole command, with --out ${folder}.`,
    );
  }
  const { corpus, tokenizer, options: asked } = readStudyFile(folder);
  const texts = await textsOfRun({ folder, config: { corpus, tokenizer } }, context);
  if (fingerprint({ splits: texts.splits }) !== corpus.fingerprint)
    throw new LetterpressError(
      'BAD_INPUT',
      `the texts of ${corpus.path ?? corpus.name} are not those that the study was begun with`,
      'Restore the texts, or begin a new study.',
    );
  return { folder, texts, options: asked };
}

function announce({ folder, texts, options }: Prepared, computing: string, context: CliContext): void {
  const { corpus, splits } = texts;
  const { recipe, secondRecipe, sizes, seeds } = options;
  const recipes = [recipe, ...(secondRecipe === null ? [] : [secondRecipe])].map(nameOfRecipe);
  const counts = (['train', 'val', 'test'] as const).map((split) => formatCount(splits[split].length));
  const repeated = seeds === 1 ? 'seed 0' : `seeds 0 to ${seeds - 1}`;
  context.print(
    `${context.style.bold(corpus.name)}  ${counts.join(' / ')} texts to train / validate / test\n` +
      `${recipes.length === 1 ? 'recipe' : 'recipes'} ${recipes.join(' and ')}, sizes ${sizes.join(', ')}, ${repeated}; ${computing}\n` +
      `study in ${folder}\n\n`,
  );
}
