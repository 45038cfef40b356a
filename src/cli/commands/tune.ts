import type { Command } from '@commander-js/extra-typings';
import { LetterpressError } from '../../errors.js';
import { toJson } from '../../json.js';
import { DEFAULT_RECIPE, OF_PIECES, refuseSetTwice } from '../../train/plan.js';
import { RECIPE_NAMES, RECIPES, SIZE_NAMES } from '../../train/recipes/index.js';
import { runTune, type TuneRequest } from '../../tune/run-tune.js';
import { parseVariation, type SearchSpace } from '../../tune/search-space.js';
import { readTuneFile } from '../../tune/tune-file.js';
import type { TuneOptionsInput } from '../../tune/tune-options.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { claimFolder } from '../folders.js';
import { addBackendOptions, addPrecisionOption, describeBackend, openTrainingBackend } from '../options/backend.js';
import { addDataOptions, addLongTextOptions, MOVED_FLAGS } from '../options/data.js';
import { checkChangeBackend, checkResumeOptions } from '../options/given.js';
import { asArgument, choice, duration, integer, positiveInteger, somePath } from '../options/parsers.js';
import { recipeOption, settingOption } from '../options/recipe.js';
import { counted, formatDuration } from '../../format.js';
import { formatParagraph } from '../terminal/table.js';
import { describeWork, noticeOfTexts } from '../texts/notices.js';
import { runTexts, textsOfRun, type MovedTexts } from '../texts/of-run.js';
import { prepareTexts } from '../texts/prepare.js';
import { followTune } from '../views/tune.js';

export const define: DefineCommand = (command, context) => {
  addTuneOptions(command).action(async ({ resume, budget, json, changeBackend, ...options }) => {
    // An interrupted search of the same options continues in its folder without --resume too.
    checkChangeBackend({ changeBackend, resume: resume ?? options.out });
    if (resume !== undefined)
      checkResumeOptions(command, 'search', 'start a new search without --resume', [
        ...MOVED_FLAGS,
        '--budget',
        '--change-backend',
      ]);
    const prepared = resume === undefined ? await begin(options, context) : await readAgain(resume, options, context);
    const precision = resume === undefined ? options.precision : readTuneFile(resume).backend.precision;
    const { backend } = openTrainingBackend({ ...options, precision }, context);
    context.notice(await noticeOfTexts(prepared.texts, context));
    const events = runTune({ ...prepared, backend, changeBackend, budgetSeconds: budget }, context.signal);
    const announce = () => context.print(describeSearch(prepared, budget, describeBackend(backend), context));
    const report = await followTune(events, prepared.folder, announce, context, json === true);
    if (report !== undefined && report.ranking.length > 0 && !report.ranking.some(({ valNll }) => valNll < Infinity)) {
      throw new LetterpressError(
        'DIVERGED',
        'every trial diverged: there is no best one',
        'Search lower learning rates, such as --vary training.learningRate=1e-4..1e-3:log.',
      );
    }
  });
  addExamples(command, [
    ['letterpress tune --data headlines/ --size 87k --budget 1h', 'learning rate, weight decay and dropout'],
    [
      'letterpress tune --vary training.learningRate=1e-3..1e-2:log --vary model.norm=pre,post --epochs 12',
      'settings of your choice',
    ],
    ['letterpress train --data headlines/ --recipe tunes/headlines-modern-87k/best.json', 'training with the result'],
    ['letterpress tune --resume tunes/headlines-modern-87k', 'the rest, after Ctrl-C'],
  ]);
};

function addTuneOptions(command: Command) {
  const search = addLongTextOptions(
    addDataOptions(
      command
        .description(
          'Train many variations of a recipe for a few epochs, the best of them for more, and the best of those in ' +
            'full (successive halving). Reads training and validation texts only, never the test texts. Resumable.',
        )
        .option('--out <folder>', 'folder of the search (default: a new one under tunes/)', somePath)
        .option('--resume <folder>', 'continue an interrupted search')
        .option('--change-backend', 'let --resume continue on another backend, which rounds differently')
        .option('--json', 'one JSON document a line for every trial, and the results'),
    ),
  )
    .option('--limit <n>', 'first n training texts only', positiveInteger)
    .optionsGroup('Search:')
    .option('--recipe <name>', `${RECIPE_NAMES.join(', ')}, or a JSON file (default: modern)`, recipeOption)
    .option('--size <size>', `${SIZE_NAMES.join(', ')}: the recipe's shape of that size`, choice(SIZE_NAMES))
    .option('--set <path=value>', 'setting of all trials; repeatable', settingOption)
    .option(
      '--vary <path=values>',
      'setting to vary: path=a,b,c or path=low..high or path=low..high:log; repeatable',
      variationOption,
    )
    .option('--trials <n>', 'variations in the first round (default: 18)', positiveInteger)
    .option('--epochs <n>', "epochs of the last round (default: the recipe's)", positiveInteger)
    .option('--min-epochs <n>', 'fewest epochs of the first round (default: 4)', positiveInteger)
    .option('--eta <n>', 'keep the best 1/n each round, for n times the epochs (default: 3)', integer({ min: 2 }))
    .option('--budget <time>', 'start no trial that would end later, such as 90m or 2h', duration)
    .option('--seed <n>', 'seed of the search and of the trainings (default: 0)', integer({ min: 0 }));
  return addPrecisionOption(addBackendOptions(search));
}

type TuneFlags = ReturnType<ReturnType<typeof addTuneOptions>['opts']>;

/** What is to be searched. */
type Prepared = Pick<TuneRequest, 'folder' | 'texts'> & { readonly options: TuneOptionsInput };

async function begin(flags: TuneFlags, context: CliContext): Promise<Prepared> {
  // The seed is the search's: it does not move the splits of a file.
  const { seed, out, ...data } = flags;
  const { recipe = RECIPES[DEFAULT_RECIPE], size, set, vary: space, trials, minEpochs, eta, contextLength } = flags;
  refuseSetTwice({ recipe, set, contextLength });
  const texts = runTexts(await prepareTexts({ ...data, notebook: recipe.texts === 'notebook' }, context), flags);
  const { epochs = recipe.training.epochs } = flags;
  if (minEpochs !== undefined && minEpochs > epochs)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected at most the ${counted(epochs, 'epoch')} of the last round for those of the first, got ${minEpochs}`,
      'Give fewer (--min-epochs), or more for the last round (--epochs).',
    );
  const longText = {
    ...(contextLength === undefined ? {} : { 'model.contextLength': contextLength }),
    ...(flags.continuous ? OF_PIECES : {}),
  };
  const asked = { recipe, size, set: { ...longText, ...set }, space, trials, epochs, minEpochs, eta, seed };
  const name = [texts.corpus.name, recipe.name, ...(size === undefined ? [] : [size])].join('-');
  return {
    folder: out ?? claimFolder('tunes', name, context),
    texts,
    options: JSON.parse(toJson(asked)) as TuneOptionsInput,
  };
}

/**
 * Collects `--vary` options.
 *
 * @throws LetterpressError BAD_OPTION for a path that is varied twice
 */
function variationOption(text: string, before: SearchSpace = {}): SearchSpace {
  const [path, variation] = asArgument(() => parseVariation(text));
  if (Object.hasOwn(before, path)) {
    throw new LetterpressError('BAD_OPTION', `--vary ${path} was given twice`, 'Name all its values at once.');
  }
  return { ...before, [path]: variation };
}

/** A search with its original options and texts. */
async function readAgain(folder: string, moved: MovedTexts, context: CliContext): Promise<Prepared> {
  const { options, corpus, tokenizer } = readTuneFile(folder);
  return { folder, texts: await textsOfRun({ folder, config: { corpus, tokenizer } }, context, moved), options };
}

function describeSearch(
  { folder, texts, options }: Prepared,
  budget: number | undefined,
  computing: string,
  { style }: CliContext,
): string {
  const { recipe, size, space } = options;
  const how =
    `recipe ${recipe.name}${size === undefined ? '' : ` ${size}`}` +
    `${budget === undefined ? '' : `, at most ${formatDuration(budget)}`}; ${computing}`;
  const varied = space === undefined ? '' : formatParagraph(`varies ${Object.keys(space).join(', ')}`, style);
  return describeWork(texts, how, `${varied}search in ${folder}\n`, style);
}
