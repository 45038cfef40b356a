import type { MixOptions } from '../actions/mix.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { collect } from '../data-options.js';
import { choice, integer, type OptionParser } from '../options.js';

/** `best`, or an order. */
const orderOrBest: OptionParser<number | 'best'> = (text) =>
  text === 'best' ? text : integer("--order, unless it is 'best',", { min: 1, max: 100 })(text);

/** `letterpress mix`. */
export const registerMix: RegisterCommand = (program, context) => {
  const command = program
    .command('mix')
    .argument('<run...>', 'run directories that were trained on the same texts')
    .summary('one model from several, and from an n-gram model')
    .description(
      'Mix runs, character by character, with each other and with an n-gram model (interpolated Kneser–Ney of the training texts). ' +
        'The weights are learned on the validation texts, then the test texts are read once. Writes a folder that evaluate, ' +
        'score and sample take in place of a run; the runs must stay where they are.',
    )
    .option('--no-ngram', 'mix the runs alone')
    .option('--order <n>', 'characters of counted n-grams, or best: lowest validation NLL (default: best)', orderOrBest)
    .option(
      '--mixing <kind>',
      'linear or geometric (default: the better one by cross-validation)',
      choice('--mixing', ['linear', 'geometric'] as const),
    )
    .option('--out <folder>', 'where to write the mixture (default: a new folder beside the first run)')
    .option('--force', 'replace a mixture that is there')
    .option('--data <path>', "the runs' own texts, where they are no longer where they were")
    .option('--column <name>', 'column that holds the texts of --data; may be given several times', collect);
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (runs: string[], options: MixOptions) => {
      const { mix } = await import('../actions/mix.js');
      await mix(runs, options, context);
    });
  addExamples(command, [
    ['letterpress mix runs/news', 'with an n-gram model'],
    ['letterpress mix runs/news-seed0 runs/news-seed1 --no-ngram', 'an ensemble of two seeds'],
    ['letterpress mix runs/small runs/large --out runs/all', 'two sizes and counting'],
    ['letterpress sample runs/all -n 5', 'new texts of a mixture'],
  ]);
};
