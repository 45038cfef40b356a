import { basename, dirname } from 'node:path';
import { MIXING_KINDS } from '../../ensemble/mix.js';
import { mixRunsSteps, readMembers } from '../../ensemble/mix-runs.js';
import { lockMixtureFolder } from '../../ensemble/mixture-folder.js';
import type { MixtureFile } from '../../ensemble/mixture-schema.js';
import { LetterpressError } from '../../errors.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { claimFolder, shellWord } from '../folders.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { addMovedOptions } from '../options/data.js';
import { checkForce } from '../options/given.js';
import { choice, integer, somePath } from '../options/parsers.js';
import { counted, formatNumber } from '../../format.js';
import { withProgress } from '../terminal/progress.js';
import { formatParagraph, formatTable, right } from '../terminal/table.js';
import { textsOfRun } from '../texts/of-run.js';

const order = integer({ min: 1, max: 100 });

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    addMovedOptions(
      command
        .argument('<run...>', 'run directories with the same texts')
        .description(
          'Mix runs, character by character, with each other and with an n-gram model of the training texts ' +
            '(interpolated Kneser–Ney). The weights are learned on the validation texts, then the test texts are ' +
            'read once. Writes a folder that evaluate, score and sample take in place of a run; the runs must stay ' +
            'in place.',
        )
        .option('--no-ngram', 'a mixture of the runs alone')
        .option(
          '--order <n>',
          'characters of the n-grams, or best: lowest validation NLL (default: best)',
          (text: string): number | 'best' => (text === 'best' ? text : order(text)),
        )
        .option(
          '--mixing <kind>',
          'linear or geometric (default: the better one by cross-validation)',
          choice(MIXING_KINDS),
        )
        .option('--out <folder>', 'mixture (default: a new folder next to the first run)', somePath)
        .option('--force', 'replace an existing mixture')
        .option('--json', 'one JSON document'),
    ),
  ).action(async (folders, options) => {
    const { ngram, order, mixing, force = false } = options;
    if (!ngram && order !== undefined)
      throw new LetterpressError(
        'BAD_OPTION',
        '--order is that of the n-gram model, but --no-ngram was given too',
        'Leave one of them out.',
      );
    checkForce(options);
    const runs = readMembers(folders);
    const folder = options.out ?? claimFolder(dirname(folders[0]!), `${basename(folders[0]!)}-mixture`, context);
    // What is wrong with the folder shows before the texts are read.
    lockMixtureFolder(folder, force).release();
    const { backend } = openBackend(options, context);
    const { splits } = await textsOfRun(runs[0]!, context, options);
    const choices = { ngram, mixing, ...(order === undefined ? {} : { order }) };
    const mixture = await withProgress(
      mixRunsSteps({ runs: folders, splits, backend, folder, force, ...choices }),
      ({ step, ...stage }) => ({ label: step, ...stage }),
      context,
    );
    if (options.json) context.printJson({ folder, ...mixture });
    else context.print(describeMixture(folder, folders, mixture, context));
  });
  addExamples(command, [
    ['letterpress mix runs/news', 'with an n-gram model'],
    ['letterpress mix runs/news-seed0 runs/news-seed1 --no-ngram', 'an ensemble of two seeds'],
    ['letterpress mix runs/small runs/large --out runs/all', 'two sizes and an n-gram model'],
    ['letterpress sample runs/all -n 5', 'new texts of a mixture'],
  ]);
};

/** A table of the members, the mixture and their figures. */
function describeMixture(
  folder: string,
  folders: readonly string[],
  { runs, ngram, mixing, validation, test }: MixtureFile,
  { style }: Pick<CliContext, 'style'>,
): string {
  const nll = (value: number | undefined): string => (value === undefined ? '' : formatNumber(value, 2));
  const weight = (member: number): string => formatNumber(mixing.meanWeights[member], 3);
  const rows = runs.map(({ valNll, testNll }, m) => [folders[m]!, nll(valNll), '', nll(testNll), weight(m)]);
  if (ngram !== undefined)
    rows.push([`Kneser–Ney, order ${ngram.order}`, nll(ngram.valNll), '', nll(ngram.testNll), weight(runs.length)]);
  rows.push(['equal weights', nll(validation.equalWeightsNll), '', nll(test?.equalWeightsNll)]);
  rows.push([`mixture, ${mixing.kind}`, nll(validation.nll), nll(validation.crossValidatedNll), nll(test?.nll)]);
  const columns = ['nats per text', right('validation'), right('cross-validated'), right('test'), right('mean weight')];
  const { buckets, strength } = mixing;
  const used = buckets.filter(({ places }) => places > 0).length;
  const sets =
    strength === Infinity
      ? 'one set of weights'
      : `${counted(used, 'set')} of weights, by how often the context occurs in training, ` +
        `shrunk towards the global ones (prior strength: ${counted(strength, 'character')})`;
  return [
    `${formatTable(columns, rows, style)}\n`,
    mixing.kind === 'geometric' ? 'geometric weights are exponents: they need not add up to 1\n' : '',
    formatParagraph(`learned on ${counted(validation.texts, 'validation text')}: ${sets}`, style),
    test === undefined ? '' : `${counted(test.texts, 'test text')}, read once (${test.readAt})\n`,
    `\nmixture  ${folder}\nNext: letterpress sample ${shellWord(folder)} -n 20\n`,
  ].join('');
}
