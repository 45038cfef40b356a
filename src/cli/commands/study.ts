import { STUDY_SIZES } from '../../study/study-options.js';
import { RECIPE_NAMES } from '../../train/recipes/index.js';
import type { StudyCommandOptions } from '../actions/study.js';
import { addBackendOptions, addPrecisionOption } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { addDataOptions } from '../data-options.js';
import { choice, list, number, positiveInteger } from '../options.js';
import { studyRecipe } from '../recipe-options.js';
import { epochsBySize } from '../epochs-option.js';

/** `letterpress study`. */
export const registerStudy: RegisterCommand = (program, context) => {
  const command = program
    .command('study')
    .summary('run the whole experiment and write its report')
    .description(
      'Train the four sizes, the best of them again on few texts, draw texts at several temperatures, and write a\n' +
        'report of it all. Ctrl-C leaves a study that the same command goes on with; runs that are done are reused.',
    );
  addDataOptions(command)
    .option('--limit <n>', 'only the first n training texts, for all runs', positiveInteger('--limit'))
    .option('--sizes <list>', `some of ${STUDY_SIZES.join(',')} (default: all)`, list(choice('--sizes', STUDY_SIZES)))
    .option('--seeds <k>', 'train everything k times, with the seeds 0 to k - 1', positiveInteger('--seeds'))
    .option(
      '--epochs <n>',
      "passes over the training texts (default: the recipe's), or those of some sizes: 30,10m=20",
      epochsBySize('--epochs'),
    )
    .option('--recipe <name>', `${RECIPE_NAMES.join(', ')} or a JSON file (default: notebook)`, studyRecipe)
    .option(
      '--compare-recipe <name>',
      'a second recipe, or its file, to train the sizes with as well and show both side by side',
      studyRecipe,
    )
    .option(
      '--few <n>',
      'training texts for the best size on few of them (default: 1,000, or an eighth)',
      positiveInteger('--few'),
    )
    .option(
      '--temperatures <list>',
      'of the texts drawn from the best run (default: 0.01,0.1,0.5,0.8,1)',
      list(number('--temperatures', { above: 0 })),
    )
    .option('--no-padding-check', 'leave out the smallest size with --padding all')
    .option('--quick', 'a few steps of everything on the built-in corpus, in about two minutes');
  addPrecisionOption(addBackendOptions(command))
    .option('--out <folder>', 'folder of the study (default: one under studies/)')
    .option('--resume <study>', 'go on with a study as it was begun')
    .option('--json', 'write one JSON document a line for every event')
    .action(async (options: StudyCommandOptions) => {
      const { study } = await import('../actions/study.js');
      await study(options, context);
    });
  addExamples(command, [
    ['letterpress study --quick', 'what a study is, in about two minutes'],
    ['letterpress study --data headlines/', 'the whole experiment, in some hours'],
    ['letterpress study --data headlines/ --sizes 87k,557k --seeds 3', 'two sizes, each three times, for error bars'],
    ['letterpress study --data headlines/ --recipe notebook --compare-recipe modern', 'both recipes, side by side'],
    ['letterpress study --recipe modern --compare-recipe mine.json', 'what a recipe of your own gives'],
    ['letterpress study --data titles.csv --column title --limit 2000 --epochs 20', 'less of everything'],
    ['letterpress study --data headlines/ --epochs 10m=20', 'the largest size ends after 20 epochs at most'],
    ['letterpress study --resume studies/headlines', 'go on after Ctrl-C'],
  ]);
};
