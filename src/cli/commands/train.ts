import { BACKEND_CHOICES } from '../../backend/registry.js';
import { join, resolve } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { parseModelConfig } from '../../nn/config.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { summarizeModel } from '../../nn/summary.js';
import { checkMemory, meanTokens } from '../../profile/memory.js';
import { RUN_FILES } from '../../runs/layout.js';
import { readRun } from '../../runs/reader.js';
import { TensorBoardLog } from '../../runs/tensorboard.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { RunResults } from '../../runs/schema.js';
import { readDistillationSet } from '../../train/distillation/distillation-set-folder.js';
import { planOf } from '../../train/plan.js';
import type { RunBegunEvent, TrainingRequest, WorkerEvent } from '../../train/worker/messages.js';
import { trainInWorker } from '../../train/worker/train-in-worker.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { printDryRun } from './dry-run.js';
import { claimFolder, shellWord } from '../folders.js';
import {
  addBackendOptions,
  addPrecisionOption,
  describeBackend,
  openBackend,
  openTrainingBackend,
  requestFor,
  type BackendOptions,
} from '../options/backend.js';
import { addDataOptions, addLongTextOptions, MOVED_FLAGS } from '../options/data.js';
import { checkChangeBackend, checkForce, checkResumeOptions } from '../options/given.js';
import { addModelOptions, addTrainingOptions, toPlanOptions, type ModelOptions } from '../options/model.js';
import { integer, positiveInteger, somePath } from '../options/parsers.js';
import { epochNumber, formatCount, formatDuration } from '../../format.js';
import { describeWork, noteCharacters, noticeOfTexts } from '../texts/notices.js';
import { restoreWeights } from '../../train/restore-weights.js';
import { runTexts, textsOfRun } from '../texts/of-run.js';
import { prepareTexts } from '../texts/prepare.js';
import type { DataOptions } from '../texts/types.js';
import { followTraining } from '../views/training.js';
import { PLAIN } from '../terminal/style.js';
import { formatSummary } from '../views/summary.js';

export const define: DefineCommand = (command, context) => {
  const data = addLongTextOptions(
    addDataOptions(
      command
        .description(
          'Train a model on texts: the built-in corpus, unless --data names others. Writes a run directory with ' +
            'metrics, curves, samples and the best weights. A run stopped by Ctrl-C is continued by --resume. ' +
            'The exit code is 3 for a training that diverged (its numbers were not finite).',
        )
        .option('--out <folder>', 'run directory (default: a new one under runs/)', somePath)
        .option('--force', 'replace an existing run')
        .option('--resume <run>', 'continue an interrupted run')
        .option('--change-backend', 'let --resume continue on another backend, which rounds differently')
        .option('--tensorboard', 'write the metrics as TensorBoard events too, into tensorboard/ of the run')
        .option('--dry-run', 'read the texts, measure a few steps, and say how long the training would take')
        .option('--json', 'one JSON document a line for every epoch, and the results'),
    ),
  )
    .option('--limit <n>', 'first n training texts only', positiveInteger)
    .option('--strict', 'an error for characters outside the alphabet, instead of replacing them');
  const training = addTrainingOptions(addModelOptions(data))
    .option('--distillation-set <folder>', 'distillation set to train on as well, by letterpress distill')
    .option('--seed <n>', 'seed of weights, order, dropout and samples (default: 0)', integer({ min: 0 }));
  addPrecisionOption(addBackendOptions(training)).action(async ({ resume: folder, ...options }) => {
    if (folder === undefined) {
      checkForce(options);
      checkChangeBackend(options);
      await train(options, context);
    } else {
      checkResumeOptions(command, 'run', 'start a new run without --resume', [
        ...MOVED_FLAGS,
        '--tensorboard',
        '--change-backend',
      ]);
      await resume(folder, options, context);
    }
  });
  addExamples(command, [
    ['letterpress train', 'a small model of the built-in corpus'],
    ['letterpress train --data news/ --preset 87k', "the notebook's smallest model, on a folder of headlines"],
    ['letterpress train --data headline-cause --preset 87k', "on the notebook's own headlines, from the Hub"],
    ['letterpress train --data titles.csv --column title --d-model 64 --layers 4 --heads 4', 'a shape of your own'],
    ['letterpress train --data poems.txt --clean none --alphabet auto --epochs 20', 'texts in any script'],
    ['letterpress train --resume runs/gazette-modern-48x3', 'the rest of an interrupted run'],
  ]);
};

/** What may be said about a new training. */
interface TrainOptions extends Omit<ModelOptions, 'distillationSet'>, Omit<DataOptions, 'seed'>, BackendOptions {
  readonly distillationSet?: string;
  readonly seed?: number;
  readonly strict?: true;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
  readonly tensorboard?: true;
  readonly dryRun?: true;
}

/** Trains a model from the beginning. */
export async function train(options: TrainOptions, context: CliContext): Promise<void> {
  // The seed is the training's: it does not move the splits of a file.
  const { seed = 0, strict = false, force = false, out, distillationSet, ...others } = options;
  // Mistakes in the model's options should show before the texts are read.
  const asked = toPlanOptions({ ...others, distillationSet: distillationSet !== undefined });
  const { recipe } = planOf(asked, DEFAULT_VOCABULARY);
  const { backend } = openTrainingBackend(options, context);
  const prepared = await prepareTexts({ ...others, strict, notebook: recipe.texts === 'notebook' }, context);
  const { corpus, tokenizer } = prepared;
  const plan = planOf(asked, tokenizer.vocabularySize);
  checkMemory(plan, meanTokens(prepared.splits.train));
  if (options.dryRun) {
    const distilled = distillationSet !== undefined;
    if (distilled) readDistillationSet(distillationSet); // what is wrong with it shows
    const { splits } = prepared;
    await printDryRun({ plan, splits, tokenizer, backend, distilled }, options.json === true, context);
    return;
  }
  const texts: RunTexts = {
    ...runTexts(prepared, options),
    distillationSet: distillationSet === undefined ? undefined : resolve(distillationSet),
    strict,
  };
  const notice = await noticeOfTexts(texts, context);
  const folder = out ?? claimFolder('runs', `${corpus.name}-${plan.name}`, context);
  const model = summarizeModel(plan.model);
  const request = {
    folder,
    plan,
    seed,
    texts,
    backend: requestFor(backend),
    force,
    summary: formatSummary(model, PLAIN),
  };
  // Nothing is printed before: what is wrong with the folder or, with --strict, the texts shows first.
  await follow(request, options, context, ({ characters }) => {
    if (!options.json) {
      const how =
        `recipe ${plan.recipe.name}, --padding ${plan.training.padding}, seed ${seed}; ` + describeBackend(backend);
      context.print(describeWork(texts, how, '', context.style) + `${formatSummary(model, context.style)}\n`);
    }
    noteCharacters(characters, context);
    context.notice(notice);
  });
}

async function resume(
  folder: string,
  options: Omit<TrainOptions, 'force' | 'out'> & { readonly changeBackend?: true },
  context: CliContext,
): Promise<void> {
  const run = readRun(folder);
  const { imported } = run.config;
  if (run.results !== undefined && restoreWeights(folder)) {
    if (options.json) context.printJson({ run: folder, restored: [RUN_FILES.weights] });
    else context.print(`${context.style.bold(folder)}  has its weights again, from its checkpoint\n`);
    return;
  }
  if (run.results !== undefined || imported !== undefined) {
    const [why, fix] =
      imported === undefined ? ['finished', 'See its results.json.'] : ['imported', 'Train a new run.'];
    throw new LetterpressError('BAD_OPTION', `${folder} is ${why}: there is nothing to resume`, fix);
  }
  const texts = await textsOfRun(run, context, options);
  const { changeBackend } = options;
  const { name, precision } = run.config.backend;
  // A run of a browser, say, continues where it began, though a faster backend is here.
  const its = changeBackend ? undefined : BACKEND_CHOICES.find((choice) => choice === name && choice !== 'native');
  const { backend } = openBackend({ ...options, backend: options.backend ?? its, precision }, context);
  const summary = formatSummary(summarizeModel(parseModelConfig(run.config.model)), PLAIN);
  const request = { resume: true, folder, texts, backend: requestFor(backend), summary, changeBackend } as const;
  await follow(request, options, context, ({ epoch, step, parameters }) => {
    if (options.json) return;
    const where =
      step === 0
        ? 'starts again: it was interrupted before its first checkpoint'
        : `continues in epoch ${epochNumber(epoch)}, step ${formatCount(step)}`;
    context.print(
      `${context.style.bold(folder)}  ${where}\n` +
        `${formatCount(parameters)} parameters, ${run.config.corpus.name}\n\n`,
    );
  });
}

/** @param announce tells the user what is trained, once the run directory is there */
async function follow(
  request: TrainingRequest,
  { json, tensorboard }: Pick<TrainOptions, 'json' | 'tensorboard'>,
  context: CliContext,
  announce: (begun: RunBegunEvent) => void,
): Promise<void> {
  const events = trainInWorker(request, { signal: context.signal });
  const logged = tensorboard ? logEvents(events, request.folder) : events;
  const results = await followTraining(logged, announce, context, json === true);
  if (results !== undefined && !json) context.print(describeFiles(request.folder, results));
  if (results?.stoppedBecause === 'diverged') throw divergedError(results);
}

function divergedError({ divergences, bestEpoch, epochsRun }: RunResults): LetterpressError {
  const last = divergences?.at(-1);
  return new LetterpressError(
    'DIVERGED',
    `the training diverged in epoch ${epochsRun}${last === undefined ? '' : `: ${last.where} was ${last.value}`}`,
    (bestEpoch < 0 ? '' : `The run has the model of its best epoch, ${epochNumber(bestEpoch)}. `) +
      `Train again with a lower learning rate (learningRate)${
        divergences?.length === 1 ? ', or let it be lowered (onDivergence lower-lr)' : ''
      }.`,
  );
}

/** The same events, of which the epochs are also written for TensorBoard. */
async function* logEvents(events: AsyncIterable<WorkerEvent>, folder: string): AsyncGenerator<WorkerEvent> {
  const now = () => Date.now() / 1000;
  let log: TensorBoardLog | undefined;
  for await (const event of events) {
    if (event.kind === 'begun') log = TensorBoardLog.begin(folder, event.epoch, now());
    if (event.kind === 'epoch') log?.appendEpoch(event.report, now());
    yield event;
  }
}

function describeFiles(folder: string, { seconds, bestEpoch }: RunResults): string {
  const at = (file: string) => join(folder, file);
  return (
    `\n${formatDuration(seconds)} in all. Files:\n` +
    `  run      ${folder}\n` +
    `  curves   ${at(RUN_FILES.nllSvg)} (and .pdf)\n` +
    `           ${at(RUN_FILES.top1Svg)} (and .pdf)\n` +
    (bestEpoch < 0 ? '' : `  samples  ${at(RUN_FILES.finalSamples)}\n`) +
    `  results  ${at(RUN_FILES.results)}\n` +
    (bestEpoch < 0 ? '' : `\nNext: letterpress sample ${shellWord(folder)} -n 20 --temperature 0.8\n`)
  );
}
