import { basename, dirname } from 'node:path';
import { mixRunsSteps, readMembers } from '../../ensemble/mix-runs.js';
import type { MixingKind } from '../../ensemble/mix.js';
import { checkMixtureFolder } from '../../ensemble/mixture-folder.js';
import type { MixtureFile } from '../../ensemble/mixture-schema.js';
import type { Splits } from '../../corpus/corpus.js';
import { LetterpressError } from '../../errors.js';
import { toJson } from '../../json.js';
import type { Run } from '../../runs/reader.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { ChangingBar } from '../terminal/changing-bar.js';
import { freeFolder } from './free-folder.js';
import { formatCount, formatNumber } from '../../format.js';
import { formatTable } from '../terminal/table.js';
import { breathe, prepareTexts } from './prepare-texts.js';
import { textsOfRun } from './train.js';

/** The options of `letterpress mix`. */
export interface MixOptions extends BackendOptions {
  /** False with --no-ngram. */
  readonly ngram: boolean;
  readonly order?: number | 'best';
  readonly mixing?: MixingKind;
  readonly out?: string;
  readonly force?: true;
  readonly data?: string;
  readonly column?: readonly string[];
  readonly json?: true;
}

/** Mixes runs with each other and with counting, and writes the mixture. */
export async function mix(folders: readonly string[], options: MixOptions, context: CliContext): Promise<void> {
  const { ngram, order, mixing, force = false } = options;
  checkOptions(options);
  const runs = readMembers(folders);
  const folder = options.out ?? freeFolder(dirname(folders[0]!), `${basename(folders[0]!)}-mixture`);
  checkMixtureFolder(folder, force);
  const { backend } = openBackend(options, context);
  const splits = await textsOfMembers(runs[0]!, options, context);
  const steps = mixRunsSteps({
    runs: folders,
    splits,
    backend,
    folder,
    force,
    ngram,
    mixing,
    ...(order === undefined ? {} : { order }),
  });
  const bar = new ChangingBar(context);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    bar.show(step.value.step, step.value.total, step.value.unit, step.value.done);
    await breathe();
  }
  bar.hide();
  // As the file has it: an infinite strength is a text there.
  if (options.json === true) context.printJson({ folder, ...(JSON.parse(toJson(step.value)) as object) });
  else context.print(describeMixture(folder, folders, step.value, context));
}

function checkOptions({ ngram, order, data, column }: MixOptions): void {
  if (!ngram && order !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      '--order says how characters are counted, but --no-ngram was given too',
      'Leave one of them out.',
    );
  if (data === undefined && column !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      '--column says how to read --data, which was not given',
      'Add --data, or leave it out.',
    );
}

/** The texts of the runs, where they were or where the user says. */
async function textsOfMembers(run: Run, options: MixOptions, context: CliContext): Promise<Splits> {
  const { data, column = run.config.corpus.columns } = options;
  if (data === undefined) return (await textsOfRun(run, context)).splits;
  const { cleaning, limit } = run.config.corpus;
  const { splits } = await prepareTexts(
    {
      data,
      clean: cleaning,
      ...(column === undefined ? {} : { column }),
      ...(limit === undefined ? {} : { limit }),
    },
    context,
  );
  return splits;
}

/**
 * A table of the members, the mixture and their figures.
 *
 * @param folders what the user calls the runs
 */
export function describeMixture(
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
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    { title: 'nats per text' },
    right('validation'),
    right('cross-validated'),
    right('test'),
    right('mean weight'),
  ];
  const { buckets, strength } = mixing;
  const used = buckets.filter(({ places }) => places > 0).length;
  const sets =
    strength === Infinity
      ? 'one set of weights'
      : `${used} sets of weights by how well the context is known, each drawn to the common one as by ${formatCount(strength)} characters`;
  return (
    `${formatTable(columns, rows, style.bold)}\n` +
    `learned on ${formatCount(validation.texts)} validation texts: ${sets}\n` +
    (test === undefined ? '' : `${formatCount(test.texts)} test texts, read once (${test.readAt})\n`) +
    `\nmixture  ${folder}\nNext: letterpress sample ${folder} -n 20\n`
  );
}
