import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { BackendRequest } from '../../backend/registry.js';
import type { Backend } from '../../backend/types.js';
import { LetterpressError } from '../../errors.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { summarizeModel } from '../../nn/summary.js';
import { readRun } from '../../runs/reader.js';
import { RUN_FILES } from '../../runs/layout.js';
import type { RunConfig, RunResults } from '../../runs/schema.js';
import { summarizeReport } from '../../tokenizer/report.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import { asRunError } from '../../model/load-model.js';
import { planTraining } from '../../train/plan.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { BegunEvent, TrainingRequest } from '../../train/worker/messages.js';
import { trainInWorker } from '../../train/worker/train-in-worker.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { toPlanOptions, type ModelCliOptions } from '../plan-options.js';
import { counted, formatCount, formatDuration, formatNumber } from '../../format.js';
import { prepareTexts, runTexts } from './prepare-texts.js';
import { formatSummary } from './summary.js';
import { freeFolder } from './free-folder.js';
import { followTraining } from './follow-training.js';

/** The options of `letterpress train`. */
export interface TrainOptions
  extends Omit<DataOptions, 'seed'>, Omit<ModelCliOptions, 'distillationSet'>, BackendOptions {
  /** A distillation set's folder. */
  readonly distillationSet?: string;
  readonly seed?: number;
  readonly strict?: true;
  readonly out?: string;
  readonly force?: true;
  readonly resume?: string;
  readonly json?: true;
}

/** A training that is about to begin. */
interface Prepared {
  readonly request: TrainingRequest;
  /** Tells the user what is trained, once the run directory is there. */
  readonly announce: (begun: BegunEvent) => void;
}

/** Trains a model from the beginning, or goes on with a run. */
export async function train(options: TrainOptions, context: CliContext): Promise<void> {
  const prepare = options.resume === undefined ? begin : resume;
  const { request, announce } = await prepare(options, context);
  const events = trainInWorker(request, { signal: context.signal });
  const results = await followTraining(events, announce, context, options.json === true);
  if (results !== undefined && options.json !== true) printWhere(request.folder, results, context);
}

async function begin(options: TrainOptions, context: CliContext): Promise<Prepared> {
  // The seed is the training's: it does not move the splits of a file.
  const { seed = 0, ...others } = options;
  // Mistakes in the model's options should show before the texts are read.
  const asked = { ...toPlanOptions({ ...others, distillationSet: options.distillationSet !== undefined }) };
  planTraining(asked, DEFAULT_VOCABULARY);
  const { backend } = openBackend(options, context);
  const prepared = await prepareTexts(others, context);
  const { corpus, tokenizer } = prepared;
  const plan = planTraining(asked, tokenizer.vocabularySize);
  const texts: RunTexts = {
    ...runTexts(prepared, options),
    distillationSet: options.distillationSet === undefined ? undefined : resolve(options.distillationSet),
    strict: options.strict ?? false,
  };
  const folder = options.out ?? freeFolder('runs', `${corpus.name}-${plan.name}`);
  const summary = formatSummary(summarizeModel(plan.model), context);
  const request: TrainingRequest = {
    folder,
    plan,
    seed,
    texts,
    backend: chosenBackend(backend),
    force: options.force ?? false,
    summary: stripVTControlCharacters(summary),
  };
  // Nothing is printed before: what is wrong with the folder or, with --strict, the texts shows first.
  const announce = (begun: BegunEvent): void => {
    if (options.json !== true) {
      const { name, instructionSet, threads, precision } = backend.info;
      const sizes = (['train', 'val', 'test'] as const).map((split) => formatCount(corpus.splits[split].length));
      context.print(
        `${context.style.bold(corpus.name)}  ${sizes.join(' / ')} texts to train / validate / test\n` +
          `recipe ${plan.recipe.name}, --padding ${plan.training.padding}, seed ${seed}; ` +
          `${name} backend (${instructionSet}, ${counted(threads, 'thread')}, ${precision})\n\n`,
      );
      context.print(`${summary}\n`);
    }
    noteCharacters(begun, context);
  };
  return { request, announce };
}

/** The backend that was chosen here, as a request for the same one in the worker. */
export function chosenBackend({ info }: Backend): BackendRequest {
  return { choice: info.name, threads: info.threads, precision: info.precision };
}

/** What encoding folds, replaces or cuts, so that nothing is changed in silence. */
export function noteCharacters({ characters }: BegunEvent, context: CliContext): void {
  for (const split of ['train', 'val', 'test'] as const) {
    for (const line of summarizeReport(characters[split])) context.notice(`${split}: ${line}\n`);
  }
}

const NOT_WITH_RESUME = [
  'data',
  'column',
  'clean',
  'alphabet',
  'limit',
  'strict',
  'preset',
  'recipe',
  'size',
  'set',
  'distillationSet',
  'context',
  'continuous',
  'dModel',
  'heads',
  'layers',
  'mlpRatio',
  'dropout',
  'epochs',
  'batch',
  'lr',
  'padding',
  'precision',
  'seed',
  'out',
  'force',
] as const satisfies readonly (keyof TrainOptions)[];

async function resume(options: TrainOptions, context: CliContext): Promise<Prepared> {
  const folder = options.resume ?? '';
  const other = NOT_WITH_RESUME.find((name) => options[name] !== undefined);
  if (other !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--resume goes on with a run as it was begun, but --${other} was given too`,
      `Leave --${other} out, or begin a new run without --resume.`,
    );
  }
  const begun = readRun(folder);
  if (begun.results !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `${folder} has ended: there is nothing to resume`,
      'See its results.json.',
    );
  }
  const texts = await textsOfRun(begun, context);
  const { backend } = openBackend({ ...options, precision: begun.config.backend.precision }, context);
  const announce = ({ epoch, step, parameters }: BegunEvent): void => {
    if (options.json === true) return;
    const where =
      step === 0
        ? 'begins again, as it was cut off before its first checkpoint'
        : `goes on at epoch ${epoch}, step ${formatCount(step)}`;
    context.print(`${context.style.bold(folder)}  ${where}\n`);
    context.print(`${formatCount(parameters)} parameters, ${begun.config.corpus.name}\n\n`);
  };
  return { request: { resume: true, folder, texts, backend: chosenBackend(backend) }, announce };
}

/** The texts a run (or a study) was trained on, read again as its config says. */
export async function textsOfRun(
  { folder, config }: { readonly folder: string; readonly config: Pick<RunConfig, 'corpus' | 'tokenizer'> },
  context: CliContext,
  other: Pick<DataOptions, 'data' | 'column' | 'clean'> = {},
): Promise<RunTexts> {
  const { kind, path, columns, cleaning, limit, sizes, pieces } = config.corpus;
  if (other.data === undefined && kind === 'memory') {
    throw new LetterpressError(
      'BAD_INPUT',
      `${folder} was trained on texts that a program gave, which cannot be read again`,
      'Name texts with --data.',
    );
  }
  const asPieces: DataOptions = pieces === undefined ? {} : { continuous: true, context: pieces };
  const tokenizer = asRunError(() => Tokenizer.fromJSON(config.tokenizer));
  const own: DataOptions = {
    ...(path === undefined ? {} : { data: path }),
    ...(columns === undefined ? {} : { column: columns }),
    ...asPieces,
    // The built-in corpus is drawn as large as it was, cut to a limit or not: smaller splits begin larger ones.
    ...(kind === 'builtin' ? { corpusSizes: sizes } : { clean: cleaning, ...(limit === undefined ? {} : { limit }) }),
  };
  const named: DataOptions = { ...other, ...asPieces, clean: other.clean ?? cleaning };
  const options = other.data === undefined ? own : named;
  const { corpus, clean, splits } = await prepareTexts(options, context, tokenizer);
  return { corpus, cleaning: clean, columns, limit, splits, tokenizer };
}

function printWhere(folder: string, results: RunResults, context: CliContext): void {
  const at = (file: string) => join(folder, file);
  context.print(
    `\n${formatDuration(results.seconds)} in all. Files:\n` +
      `  run      ${folder}\n` +
      `  curves   ${at(RUN_FILES.nllSvg)} (and .pdf)\n` +
      `           ${at(RUN_FILES.top1Svg)} (and .pdf)\n` +
      `  samples  ${at(RUN_FILES.finalSamples)}\n` +
      `  results  ${at(RUN_FILES.results)}\n` +
      `\nNext: letterpress sample ${folder} -n 20 --temperature ${formatNumber(0.8, 1)}\n`,
  );
}
