import { InvalidArgumentError, type Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { fingerprint } from '../../corpus/fingerprint.js';
import { LetterpressError } from '../../errors.js';
import { summarizeModel } from '../../nn/summary.js';
import type { RunTexts } from '../../runs/run-texts.js';
import { runStudy } from '../../study/run-study.js';
import { isStudy, readStudyFile } from '../../study/study-file.js';
import {
  defaultFew,
  nameOfRecipe,
  parseStudyOptions,
  QUICK_STUDY,
  QUICK_TEXTS,
  type StudyOptions,
} from '../../study/study-options.js';
import { isStudySize, STUDY_SIZES, type StudySize } from '../../study/study-sizes.js';
import { RECIPE_NAMES, RECIPES } from '../../train/recipes/index.js';
import { suggest } from '../../suggest.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { freeFolder } from '../folders.js';
import {
  addBackendOptions,
  addPrecisionOption,
  describeBackend,
  openBackend,
  openTrainingBackend,
  requestFor,
} from '../options/backend.js';
import type { Backend } from '../../backend/types.js';
import { addDataOptions, MOVED_FLAGS, TEXTS } from '../options/data.js';
import { checkResumeOptions, flagOf, givenOptions, refuseBoth } from '../options/given.js';
import { list, number, positiveInteger, somePath } from '../options/parsers.js';
import { studyRecipe } from '../options/recipe.js';
import { describeWork, noticeOfTexts } from '../texts/notices.js';
import { runTexts, textsOfRun } from '../texts/of-run.js';
import { prepareTexts } from '../texts/prepare.js';
import { followStudy } from '../views/study.js';
import { PLAIN } from '../terminal/style.js';
import { formatSummary } from '../views/summary.js';

export const define: DefineCommand = (command, context) => {
  addStudyOptions(command).action(async ({ resume, json, changeBackend, ...options }) => {
    if (resume !== undefined)
      checkResumeOptions(command, 'study', `ask for more by the whole command, with --out ${resume}`, [
        ...MOVED_FLAGS,
        '--change-backend',
      ]);
    if (options.quick) checkQuickOptions(command);
    const { prepared, backend } =
      resume === undefined ? await begin(options, context) : await continueStudy(resume, options, context);
    context.notice(await noticeOfTexts(prepared.texts, context));
    const events = runStudy(
      {
        ...prepared,
        backend: requestFor(backend),
        changeBackend,
        summarize: ({ model }) => formatSummary(summarizeModel(model), PLAIN),
      },
      { signal: context.signal },
    );
    const announce = () => context.print(describeStudy(prepared, describeBackend(backend), context));
    await followStudy(events, announce, context, json === true);
  });
  addExamples(command, [
    ['letterpress study --quick', 'what a study is, in about three minutes'],
    ['letterpress study --data headlines/', 'the whole experiment, in a few hours'],
    ['letterpress study --data headline-cause', "the same on the notebook's own headlines, from the Hub"],
    ['letterpress study --data headlines/ --sizes 87k,557k --seeds 3', 'two sizes, three times each, for error bars'],
    ['letterpress study --data headlines/ --sizes 87k,128x4,256x6x8', 'and shapes: width, layers and heads'],
    ['letterpress study --data headlines/ --recipe notebook --compare-recipe modern', 'two recipes side by side'],
    ['letterpress study --recipe modern --compare-recipe mine.json', 'a recipe of your own compared with modern'],
    ['letterpress study --data titles.csv --column title --limit 2000 --epochs 20', 'less of everything'],
    ['letterpress study --data headlines/ --ablations', 'also what each part of the model is for'],
    ['letterpress study --data headlines/ --epochs 10m=20', 'at most 20 epochs for the largest size'],
    ['letterpress study --resume studies/headlines', 'the rest, after Ctrl-C'],
  ]);
};

function addStudyOptions(command: Command) {
  const study = addDataOptions(
    command
      .description(
        'Train the four sizes, train the best of them again on few texts, sample it at several temperatures, and ' +
          'write a report of it all. Resumable: the same command, or --resume, reuses finished runs and continues.',
      )
      .option('--quick', 'two small sizes, modern and as in the notebook, on the built-in corpus: three minutes')
      .option('--out <folder>', 'folder of the study (default: one under studies/)', somePath)
      .option('--resume <study>', 'continue a study with its original options')
      .option('--change-backend', 'let interrupted runs continue on another backend, which rounds differently')
      .option('--json', 'one JSON document a line for every event'),
  )
    .optionsGroup('Experiment:')
    .option('--limit <n>', 'first n training texts only, for all runs', positiveInteger)
    .option(
      '--sizes <list>',
      `some of ${STUDY_SIZES.join(',')} (default: all), or shapes: 128x4 or, with heads, 128x4x8`,
      list(studySize),
    )
    .option('--seeds <k>', 'repetitions of every training, with seeds 0 to k - 1 (default: 1)', positiveInteger)
    .option('--epochs <n>', "epochs (default: the recipe's); per size as 30,10m=20", epochsBySize)
    .option('--recipe <name>', `${RECIPE_NAMES.join(', ')}, or a JSON file (default: notebook)`, studyRecipe)
    .option('--compare-recipe <name>', 'second recipe to train the sizes with, for comparison', studyRecipe)
    .option('--few <n>', 'texts of the training on few texts (default: 1,000, or an eighth)', positiveInteger)
    .option(
      '--temperatures <list>',
      'temperatures to sample the best run at (default: 0.01,0.1,0.5,0.8,1)',
      list(number({ above: 0 })),
    )
    .option('--no-padding-check', 'skip the smallest size with --padding all')
    .option('--ablations', 'smallest size without positions, mask and so on (default: beside a far larger one)')
    .option('--no-ablations', 'skip these');
  refuseBoth(command, '--ablations', '--no-ablations');
  return addPrecisionOption(addBackendOptions(study));
}

type StudyFlags = ReturnType<ReturnType<typeof addStudyOptions>['opts']>;

/** @throws LetterpressError BAD_OPTION for other texts with --quick */
function checkQuickOptions(command: CommandUnknownOpts): void {
  const other = givenOptions(command).find(({ helpGroupHeading }) => helpGroupHeading === TEXTS);
  if (other === undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `--quick is a study of the built-in corpus, but ${flagOf(other)} was given too`,
    'Leave one of them out; --limit and --epochs make a study of other texts short.',
  );
}

/** What is to be studied. */
interface Prepared {
  readonly folder: string;
  readonly texts: RunTexts;
  readonly options: StudyOptions;
}

/** A study, and what computes it. */
interface Begun {
  readonly prepared: Prepared;
  readonly backend: Backend;
}

async function begin(flags: StudyFlags, context: CliContext): Promise<Begun> {
  const { quick, recipe = 'notebook' } = flags;
  const notebook = !quick && (typeof recipe === 'string' ? RECIPES[recipe] : recipe).texts === 'notebook';
  const data = { ...flags, notebook, ...(quick ? { corpusSizes: QUICK_TEXTS } : {}) };
  const texts = runTexts(await prepareTexts(data, context), flags);
  const { backend } = openTrainingBackend(flags, context);
  const options = optionsOf(flags, texts, backend);
  return { prepared: { folder: flags.out ?? ownFolder(texts, options), texts, options }, backend };
}

/** The options of a new study: those that were asked for, over those of a quick study. */
function optionsOf(flags: StudyFlags, { splits }: RunTexts, backend: Backend): StudyOptions {
  const { quick, sizes, seeds, epochs, recipe, compareRecipe, few, temperatures, paddingCheck, ablations } = flags;
  return parseStudyOptions({
    ...(quick ? QUICK_STUDY : {}),
    ...(recipe && { recipe, secondRecipe: null }),
    ...(compareRecipe && { secondRecipe: compareRecipe }),
    ...(sizes && { sizes }),
    ...(epochs === undefined ? (quick ? quickEpochs(sizes) : {}) : { epochs: epochs(sizes) }),
    ...(temperatures && { temperatures }),
    seeds,
    precision: backend.info.precision,
    few: few ?? defaultFew(splits.train.length),
    paddingCheck: paddingCheck && !quick,
    ...(ablations === undefined ? {} : { ablations }),
  });
}

/** One of the named sizes, or a shape. */
function studySize(text: string): StudySize {
  if (isStudySize(text)) return text;
  const nearest = suggest(text, STUDY_SIZES);
  throw new InvalidArgumentError(
    `Expected ${STUDY_SIZES.join(', ')}, or a shape such as 128x4 (width x layers) or 128x4x8 (x heads).` +
      (nearest === undefined ? '' : ` Did you mean '${nearest}'?`),
  );
}

/**
 * Epochs of all sizes (`30`), of some (`10m=20`), or both (`30,10m=20`), of the sizes that are given.
 *
 * @example epochsBySize('30,10m=20')(); // { '87k': 30, '557k': 30, '5m': 30, '10m': 20 }
 */
export function epochsBySize(text: string): (sizes?: readonly StudySize[]) => StudyOptions['epochs'] {
  const parts = text.split(',').map((part) => part.trim().split(/\s*=\s*/));
  const forAll = parts.filter((part) => part.length === 1).map(([value = '']) => positiveInteger(value));
  const forOne = parts.filter((part) => part.length === 2);
  const named = forOne.map(([name = '', value = '']) => [studySize(name), positiveInteger(value)] as const);
  const isClear = forAll.length <= 1 && new Map(named).size === named.length;
  if (!isClear || forAll.length + forOne.length < parts.length)
    throw new InvalidArgumentError('Expected a number, numbers per size, or both, each size once, such as 30,10m=20.');
  return (sizes = []) => {
    const known = sizes.length === 0 ? STUDY_SIZES : sizes;
    const unknown = named.find(([name]) => !known.includes(name));
    if (unknown !== undefined)
      throw new LetterpressError(
        'BAD_OPTION',
        `epochs are given for the size ${unknown[0]}, which is not trained`,
        'Add it to the sizes, or leave its epochs out (sizes, epochs).',
      );
    return Object.fromEntries([...forAll.flatMap((epochs) => known.map((name) => [name, epochs] as const)), ...named]);
  };
}

/** A shape of unknown size gets few epochs in a quick study. */
function quickEpochs(sizes: readonly StudySize[] = []): { readonly epochs: StudyOptions['epochs'] } {
  const shapes = sizes.filter((size) => !Object.hasOwn(QUICK_STUDY.epochs, size));
  return { epochs: { ...QUICK_STUDY.epochs, ...Object.fromEntries(shapes.map((size) => [size, QUICK_SHAPE_EPOCHS])) } };
}

const QUICK_SHAPE_EPOCHS = 3;

/** `studies/NAME`, with the first number whose folder is free, or holds this very study. */
function ownFolder({ corpus, splits }: RunTexts, options: StudyOptions): string {
  const { kind, recipe, secondRecipe } = options;
  const usual = kind === 'quick' ? QUICK_STUDY : { recipe: 'notebook', secondRecipe: null };
  const parts = [
    corpus.name,
    ...(recipe === usual.recipe ? [] : [nameOfRecipe(recipe)]),
    ...(secondRecipe === usual.secondRecipe || secondRecipe === null ? [] : ['vs', nameOfRecipe(secondRecipe)]),
    ...(kind === 'quick' ? [kind] : []),
  ];
  const hash = fingerprint({ splits });
  return freeFolder('studies', parts.join('-'), (folder) => {
    if (!existsSync(folder)) return true;
    if (!isStudy(folder)) return false;
    const there = readStudyFile(folder);
    return there.corpus.fingerprint === hash && isDeepStrictEqual(there.options, options);
  });
}

/** A study with its original options and texts. */
async function continueStudy(folder: string, flags: StudyFlags, context: CliContext): Promise<Begun> {
  const { corpus, tokenizer, options } = readStudyFile(folder);
  const texts = await textsOfRun({ folder, config: { corpus, tokenizer } }, context, flags);
  if (fingerprint({ splits: texts.splits }) !== corpus.fingerprint)
    throw new LetterpressError(
      'BAD_INPUT',
      `the texts of ${corpus.path ?? corpus.name} are not those of the study`,
      'Restore the texts, or start a new study.',
    );
  const { backend } = openBackend({ ...flags, precision: options.precision }, context);
  return { prepared: { folder, texts, options }, backend };
}

function describeStudy({ folder, texts, options }: Prepared, computing: string, { style }: CliContext): string {
  const { recipe, secondRecipe, sizes, seeds } = options;
  const recipes = [recipe, ...(secondRecipe === null ? [] : [secondRecipe])].map(nameOfRecipe);
  const how =
    `${recipes.length === 1 ? 'recipe' : 'recipes'} ${recipes.join(' and ')}, sizes ${sizes.join(', ')}, ` +
    `${seeds === 1 ? 'seed 0' : `seeds 0 to ${seeds - 1}`}; ${computing}`;
  return describeWork(texts, how, `study in ${folder}\n`, style);
}
