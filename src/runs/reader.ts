/** Reads a run directory, checking everything before it is used. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LetterpressError } from '../errors.js';
import { fromLines } from '../escapes.js';
import { ioError } from '../io-error.js';
import { checkPath } from '../parse-options.js';
import { readBytes } from '../read-bytes.js';
import { readAnalysis, type RunAnalysis } from './analysis-files.js';
import { isMixture } from './artifact-folder.js';
import { parseJsonLines } from './atomic.js';
import { firstDifference, type FieldDifference } from './compare-configs.js';
import { RUN_FILES, epochsOfSamples, samplesFile } from './layout.js';
import { damaged, isThere, missing, parseJson, readJson, readOptionalJson, readText } from './run-file.js';
import { decodeSafetensors } from './safetensors.js';
import type { Safetensors, TensorData } from './safetensors.js';
import {
  checkpointMetaSchema,
  metricsLineSchema,
  parseFile,
  RESTORE,
  runConfigSchema,
  runResultsSchema,
} from './schema.js';
import {
  CHECKPOINT_META_KEY,
  CHECKPOINT_RUN_KEY,
  readWeightsMetadata,
  whatDecides,
  type Checkpoint,
} from './weights-metadata.js';
import type { MetricsLine, RunConfig, RunResults } from './schema.js';

/** The best weights of a run, under the model's state-dict names. */
export interface RunWeights {
  readonly tensors: Map<string, TensorData>;
  /** The epoch after which they were saved; undefined for files that other programs wrote, which do not say. */
  readonly epoch: number | undefined;
}

/** A run on the disk. Small files are read and checked at once, large ones when asked for. */
export interface Run {
  readonly folder: string;
  readonly config: RunConfig;
  /** One entry an epoch, in order; empty before the first epoch has ended. */
  readonly metrics: readonly MetricsLine[];
  /** Absent during training, and after it was interrupted. */
  readonly results?: RunResults;
  readonly summary?: string;
  /** Epochs that samples were saved for, ascending. */
  readonly sampleEpochs: readonly number[];
  /** Samples of an epoch, or of the finished model, unescaped. Throws `BAD_RUN` when there are none. */
  readSamples(epoch: number | 'final'): string[];
  /** The analysis files, as far as the run has them. Throws `BAD_RUN` when one is damaged. */
  readAnalysis(): RunAnalysis;
  /** The best weights. Throws `BAD_RUN` when there are none yet or the file is damaged. */
  loadWeights(): RunWeights;
  /** The newest checkpoint, or undefined when there is none. Throws `BAD_RUN` when it is damaged. */
  loadCheckpoint(): Checkpoint | undefined;
}

/**
 * Opens a run directory for reading; changes nothing in it, so it may be used while the run is being trained.
 *
 * @throws LetterpressError `BAD_RUN` when the folder is missing, is not a run, or a file in it is missing, damaged
 *   or of another schema version: the message names the file and what was expected
 * @example const run = readRun('runs/gazette'); console.log(run.results?.testNll);
 */
export function readRun(folder: string): Run {
  checkPath(folder, 'the folder of a run');
  const config = readConfig(folder);
  const metrics = readMetrics(folder);
  const results = readOptionalJson(folder, RUN_FILES.results, runResultsSchema);
  if (results !== undefined) checkEpochs(folder, metrics, results);
  const summaryPath = join(folder, RUN_FILES.summary);
  const summary = existsSync(summaryPath) ? readText(summaryPath) : undefined;
  return {
    folder,
    config,
    metrics,
    ...(results === undefined ? {} : { results }),
    ...(summary === undefined ? {} : { summary }),
    sampleEpochs: listSampleEpochs(folder),
    readSamples: (epoch) => readSamples(folder, epoch),
    readAnalysis: () => readAnalysis(folder),
    loadWeights: () => loadWeights(folder),
    loadCheckpoint: () => loadCheckpoint(folder),
  };
}

/** A finished run without some of its epochs would be shown, and compared, as if it had never had them. */
export function checkEpochs(folder: string, metrics: readonly MetricsLine[], results: RunResults): void {
  const { length } = metrics;
  const { epochsRun, bestEpoch, stoppedBecause } = results;
  if (length < epochsRun && stoppedBecause !== 'diverged')
    throw damaged(
      join(folder, RUN_FILES.metrics),
      `expected a line an epoch, ${epochsRun} as in results.json, got ${length}`,
    );
  if (bestEpoch >= epochsRun)
    throw damaged(join(folder, RUN_FILES.results), `expected a best epoch below ${epochsRun}, got ${bestEpoch}`);
  checkBest(metrics, results, join(folder, RUN_FILES.results));
}

/**
 * What results or a checkpoint say of the best epoch is what the metrics say: a file of another run would be believed.
 *
 * @param path of the file that has `best`
 */
export function checkBest(
  metrics: readonly MetricsLine[],
  { bestEpoch, bestValNll }: Pick<RunResults, 'bestEpoch' | 'bestValNll'>,
  path: string,
): void {
  const line = metrics.find(({ epoch }) => epoch === bestEpoch);
  if (line === undefined || Object.is(line.valNll, bestValNll)) return;
  const expected = `a validation NLL of ${line.valNll} in epoch ${bestEpoch} as in ${RUN_FILES.metrics}`;
  throw damaged(path, `expected ${expected}, got ${bestValNll}: one of them is of another run`);
}

/** Reads and checks `config.json` alone. Throws `BAD_RUN` as {@link readRun} does. */
export function readConfig(folder: string): RunConfig {
  const path = join(folder, RUN_FILES.config);
  if (isThere(path)) return parseFile(runConfigSchema, readJson(path), path);
  if (isMixture(folder))
    throw new LetterpressError(
      'BAD_RUN',
      `expected a run directory, found a mixture: ${folder}`,
      'sample, evaluate, score, compare and distill read mixtures; here, name a run.',
    );
  const problem = !existsSync(folder)
    ? `no run directory at ${folder === '' ? "''" : folder}`
    : statSync(folder).isDirectory()
      ? `${folder} is not a run directory: it has no ${RUN_FILES.config}`
      : `expected a run directory, found a file: ${folder}`;
  throw new LetterpressError('BAD_RUN', problem, 'Check the path: give the folder that `letterpress train` made.');
}

/**
 * Reads and checks `metrics.jsonl`; a torn last line is left out. It may be missing from a run that was cut off before
 * anything else was written. Throws `BAD_RUN` as {@link readRun} does.
 */
export function readMetrics(folder: string): MetricsLine[] {
  const path = join(folder, RUN_FILES.metrics);
  if (!existsSync(path)) {
    const after = [RUN_FILES.weights, RUN_FILES.checkpoint, RUN_FILES.results];
    if (!after.some((file) => existsSync(join(folder, file)))) return [];
    throw missing(path, 'the metrics of the epochs');
  }
  const values = parseJsonLines(readText(path), (line) => {
    throw damaged(path, `line ${line} is not JSON`);
  });
  const metrics = values.map((value, index) => parseFile(metricsLineSchema, value, `${path}, line ${index + 1}`));
  metrics.forEach((line, index) => {
    const before = metrics[index - 1];
    if (before !== undefined && line.epoch <= before.epoch)
      throw damaged(path, `line ${index + 1}: epoch ${line.epoch} follows epoch ${before.epoch}`);
  });
  return metrics;
}

export function loadCheckpoint(folder: string): Checkpoint | undefined {
  const path = join(folder, RUN_FILES.checkpoint);
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = readTensors(path);
  const text = metadata[CHECKPOINT_META_KEY];
  if (text === undefined) throw damaged(path, `its metadata have no "${CHECKPOINT_META_KEY}"`);
  const run = metadata[CHECKPOINT_RUN_KEY];
  if (run !== undefined) {
    const difference = firstDifference(whatDecides(readConfig(folder)), parseJson(run, path));
    refuseOther(
      path,
      'run',
      difference,
      'Restore the one that was changed, or train again and replace the run (force).',
    );
  }
  return { tensors, meta: parseFile(checkpointMetaSchema, parseJson(text, path), path) };
}

function listSampleEpochs(folder: string): number[] {
  const path = join(folder, 'samples');
  if (!existsSync(path)) return [];
  return epochsOfSamples(listFolder(path));
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    throw ioError('list', path, cause);
  }
}

function readSamples(folder: string, epoch: number | 'final'): string[] {
  const path = join(folder, epoch === 'final' ? RUN_FILES.finalSamples : samplesFile(epoch));
  if (!existsSync(path)) throw missing(path, 'the samples');
  return fromLines(readText(path));
}

/** The best weights of a run. Throws `BAD_RUN` when there are none yet or the file is damaged. */
export function loadWeights(folder: string): RunWeights {
  const path = join(folder, RUN_FILES.weights);
  if (!existsSync(path)) throw withoutWeights(folder, path);
  const { tensors, metadata } = readTensors(path, restoreAdvice(folder));
  checkSameModel(folder, metadata, path);
  const text = metadata['epoch'];
  if (text === undefined) return { tensors, epoch: undefined };
  const epoch = Number(text);
  if (!Number.isSafeInteger(epoch)) throw damaged(path, `its metadata give ${JSON.stringify(text)} as its epoch`);
  checkSameEpoch(folder, epoch, metadata, path);
  return { tensors, epoch };
}

/** Weights of another epoch, or of a run with another seed, would be measured as if they were the best of this one. */
function checkSameEpoch(folder: string, epoch: number, { valNll }: Safetensors['metadata'], path: string): void {
  const results = readOptionalJson(folder, RUN_FILES.results, runResultsSchema);
  const line = readMetrics(folder).find((each) => each.epoch === epoch);
  const problem =
    results !== undefined && results.bestEpoch !== epoch
      ? `expected the weights of epoch ${results.bestEpoch}, the best in ${RUN_FILES.results}, got those of ${epoch}`
      : line !== undefined && valNll !== undefined && !Object.is(line.valNll, Number(valNll))
        ? `expected a validation NLL of ${line.valNll} in epoch ${epoch} as in ${RUN_FILES.metrics}, got ${valNll}`
        : undefined;
  if (problem === undefined) return;
  throw new LetterpressError('BAD_RUN', `${path} is of another run or epoch: ${problem}`, restoreAdvice(folder));
}

/** Weights of another run may have the same shapes, and would write nonsense in an alphabet that is not theirs. */
function checkSameModel(folder: string, metadata: Safetensors['metadata'], path: string): void {
  const about = readWeightsMetadata(metadata, path);
  if (about === undefined) return;
  const { model, tokenizer, training, corpus } = readConfig(folder);
  const { padding, cleaning } = { ...training, ...corpus };
  // Dropout is of the training alone.
  const own = { model: { ...model, dropout: undefined }, tokenizer, padding, cleaning };
  const difference = firstDifference(own, { ...about, model: { ...about.model, dropout: undefined } });
  refuseOther(path, 'model', difference, restoreAdvice(folder));
}

/** @param difference of what config.json says and what the file says */
function refuseOther(path: string, what: string, difference: FieldDifference | undefined, fix: string): void {
  if (difference === undefined) return;
  const { path: field, expected, found } = difference;
  throw new LetterpressError(
    'BAD_RUN',
    `${path} is of another ${what} than ${RUN_FILES.config}: expected ${field} to be ` +
      `${JSON.stringify(expected)}, got ${JSON.stringify(found)}`,
    fix,
  );
}

/** Why a run has no weights, and the way to have them. */
function withoutWeights(folder: string, path: string): LetterpressError {
  const results = readOptionalJson(folder, RUN_FILES.results, runResultsSchema);
  const [why, fix] =
    results === undefined
      ? [`${path} is missing: the run has not ended`, `Train the rest: letterpress train --resume ${folder}`]
      : results.bestEpoch < 0
        ? [
            `${folder} has no model: its training diverged in the first epoch`,
            'Train again with a lower learning rate.',
          ]
        : [`${path} is missing`, restoreAdvice(folder)];
  return new LetterpressError('BAD_RUN', why, fix);
}

/** What to do about weights that are missing or damaged: the checkpoint has the best ones too. */
function restoreAdvice(folder: string): string {
  if (!existsSync(join(folder, RUN_FILES.checkpoint))) return RESTORE;
  return `Write them again from the run's checkpoint: letterpress train --resume ${folder}`;
}

function readTensors(path: string, fix = RESTORE): Safetensors {
  try {
    return decodeSafetensors(readBytes(path), path);
  } catch (cause) {
    if (cause instanceof LetterpressError && cause.code === 'BAD_INPUT')
      throw new LetterpressError('BAD_RUN', cause.message, fix, { cause });
    throw cause;
  }
}
