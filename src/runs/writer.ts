/** Writes a run directory, every file atomically, in an order that a crash at any moment leaves readable. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { LetterpressError, assertInternal } from '../errors.js';
import { toLines } from '../escapes.js';
import { ANALYSIS_FILES, writeAnalysis, type RunAnalysis } from './analysis-files.js';
import { surpriseLineSchema, type SurpriseLine } from './analysis-schema.js';
import { appendJsonLine, parseJsonLines } from './atomic.js';
import { removeTemporaryFiles, type FolderLock } from './folder-lock.js';
import { ioError } from '../io-error.js';
import { beginRunFolder } from './run-folder.js';
import { toJson } from '../json.js';
import { RUN_FILES, epochOfSamplesName, samplesFile } from './layout.js';
import { checkBest, loadCheckpoint, readConfig, readMetrics } from './reader.js';
import { damaged, readText, toJsonFile, writeJson, writeRunFile } from './run-file.js';
import { removeStepsAfter } from './step-log.js';
import type { TensorData } from './safetensors.js';
import { encodeCheckpoint, encodeWeights, type Checkpoint } from './weights-metadata.js';
import {
  checkBeforeWriting,
  checkpointMetaSchema,
  metricsLineSchema,
  parseFile,
  RESTORE,
  runConfigSchema,
  runResultsSchema,
  type CheckpointMeta,
  type MetricsLine,
  type RunConfig,
  type RunResults,
} from './schema.js';

export interface ResumedRun {
  readonly writer: RunWriter;
  /** Undefined when the run was cut off before its first one: it starts again. */
  readonly checkpoint: Checkpoint | undefined;
  /** The epochs up to the checkpoint's, in order. */
  readonly metrics: readonly MetricsLine[];
}

/**
 * The one writer of a run directory. Within an epoch, call {@link appendEpoch}, then (if it is the best)
 * {@link writeSamples} and {@link writeWeights}, and {@link writeCheckpoint} last: the checkpoint is what makes
 * the epoch count when the run is resumed, and whatever came after it is done again.
 *
 * @example
 * const writer = RunWriter.create('runs/first', config);
 * writer.appendEpoch(line);
 * writer.writeResults(results); // last: it marks the run as ended
 */
export class RunWriter {
  /** Checked before every write; undefined for a writer that nothing competes with. */
  lock: FolderLock | undefined;

  private constructor(
    readonly folder: string,
    readonly config: RunConfig,
    /** Of the epochs so far, each with its line feed. */
    private metrics: string,
    private lastEpoch: number,
  ) {}

  /**
   * Begins a new run in `folder`, which is made when missing.
   *
   * @param options.force replace a run that is there already; only files of a run are ever removed
   * @param options.weights that were trained elsewhere
   * @throws LetterpressError `EXISTS` when the folder holds a run (without force) or anything else (always),
   *   `IO` when it cannot be written
   */
  static create(
    folder: string,
    config: RunConfig,
    { force = false, weights }: { force?: boolean; weights?: ReadonlyMap<string, TensorData> } = {},
  ): RunWriter {
    checkBeforeWriting(runConfigSchema, config, RUN_FILES.config);
    beginRunFolder(folder, force, [
      [RUN_FILES.config, toJsonFile(config)],
      [RUN_FILES.metrics, ''],
      ...(weights === undefined ? [] : [[RUN_FILES.weights, encodeWeights(config, weights, undefined)] as const]),
    ]);
    return new RunWriter(folder, config, '', -1);
  }

  /** For a run that has ended, to write again what was lost of it. */
  static open(folder: string, config: RunConfig, lock: FolderLock): RunWriter {
    const writer = new RunWriter(folder, config, '', -1);
    writer.lock = lock;
    return writer;
  }

  /**
   * Resumes an interrupted run: metrics and samples of epochs after the checkpoint's are removed, as are
   * results, final samples and analysis files, which would no longer describe the run. (So ask {@link readRun} first
   * whether the run has ended.) Best weights stay; those of an epoch after the checkpoint's come out the same when it
   * is trained again. A run that was cut off before its first checkpoint starts again.
   *
   * @param backend another one than the run's, which continues it
   * @throws LetterpressError `BAD_RUN` when the run is damaged
   */
  static resume(folder: string, backend?: RunConfig['backend']): ResumedRun {
    const before = readConfig(folder);
    const checkpoint = loadCheckpoint(folder);
    const epoch = checkpoint?.meta.epoch ?? -1;
    const all = readMetrics(folder);
    const metrics = all.filter((line) => line.epoch <= epoch);
    const damage =
      checkpoint === undefined
        ? all.length > 1 && `${folder} has ${all.length} epochs, but no ${RUN_FILES.checkpoint} to resume from`
        : (metrics.at(-1)?.epoch ?? -1) !== epoch &&
          `${join(folder, RUN_FILES.metrics)} is damaged: the checkpoint is of epoch ${epoch}, the last line is not`;
    if (damage !== false) throw new LetterpressError('BAD_RUN', damage, RESTORE);
    if (checkpoint !== undefined) checkBest(metrics, checkpoint.meta, join(folder, RUN_FILES.checkpoint));

    const config = backend === undefined ? before : changeBackend(before, backend, checkpoint?.meta.step ?? 0);
    const lines = metrics.map((line) => `${toJson(line)}\n`).join('');
    const writer = new RunWriter(folder, config, lines, epoch);
    if (config !== before) writeJson(folder, RUN_FILES.config, config);
    writer.write(RUN_FILES.metrics, lines);
    writer.removeAfter(epoch, checkpoint?.meta.step ?? 0);
    return { writer, checkpoint, metrics };
  }

  /** Adds an epoch to `metrics.jsonl`; epochs must ascend. A file that lost earlier ones meanwhile is written again. */
  appendEpoch(line: MetricsLine): void {
    checkBeforeWriting(metricsLineSchema, line, RUN_FILES.metrics);
    assertInternal(line.epoch > this.lastEpoch, `epoch ${line.epoch} follows epoch ${this.lastEpoch}`);
    const path = join(this.folder, RUN_FILES.metrics);
    const json = toJson(line);
    // The file may have been removed, or cut off by a disk that is full.
    const isWhole = statSync(path, { throwIfNoEntry: false })?.size === Buffer.byteLength(this.metrics);
    if (isWhole) this.guarded(() => appendJsonLine(path, json));
    else this.write(RUN_FILES.metrics, `${this.metrics}${json}\n`);
    this.metrics += `${json}\n`;
    this.lastEpoch = line.epoch;
  }

  appendSurprise(line: SurpriseLine): void {
    checkBeforeWriting(surpriseLineSchema, line, RUN_FILES.surprise);
    this.guarded(() => appendJsonLine(join(this.folder, RUN_FILES.surprise), toJson(line)));
  }

  /** Writes the texts sampled after an epoch, one a line (escaped), to `samples/epoch-0007.txt` and so on. */
  writeSamples(epoch: number, texts: readonly string[]): void {
    this.write(samplesFile(epoch), toLines(texts));
  }

  /** Writes the texts sampled from the best model at the end, one a line (escaped), to `samples/final.txt`. */
  writeFinalSamples(texts: readonly string[]): void {
    this.write(RUN_FILES.finalSamples, toLines(texts));
  }

  /**
   * Writes the best weights so far, under the model's state-dict names, to `model.safetensors`.
   *
   * @param of after which they were saved
   */
  writeWeights(tensors: ReadonlyMap<string, TensorData>, of: Pick<MetricsLine, 'epoch' | 'valNll'>): void {
    this.write(RUN_FILES.weights, encodeWeights(this.config, tensors, of));
  }

  /**
   * Writes what is needed to continue after `meta.epoch`. Numbers and tensors are one file, so that a crash can
   * never pair the old with the new.
   */
  writeCheckpoint(meta: CheckpointMeta, tensors: ReadonlyMap<string, TensorData>): void {
    checkBeforeWriting(checkpointMetaSchema, meta, RUN_FILES.checkpoint);
    assertInternal(meta.epoch === this.lastEpoch, `a checkpoint of epoch ${meta.epoch} needs its metrics first`);
    this.write(RUN_FILES.checkpoint, encodeCheckpoint(this.config, meta, tensors));
  }

  writeAnalysis(analysis: RunAnalysis): void {
    this.guarded(() => writeAnalysis(this.folder, analysis));
  }

  /** Writes `results.json`, which marks the run as ended. */
  writeResults(results: RunResults): void {
    checkBeforeWriting(runResultsSchema, results, RUN_FILES.results);
    this.guarded(() => writeJson(this.folder, RUN_FILES.results, results));
  }

  writeSummary(text: string): void {
    this.write(RUN_FILES.summary, text.endsWith('\n') ? text : `${text}\n`);
  }

  private write(file: string, data: Uint8Array | string): void {
    this.guarded(() => writeRunFile(this.folder, file, data));
  }

  /** What fails because the folder went away meanwhile is told as that. */
  private guarded(write: () => void): void {
    this.lock?.check();
    try {
      write();
    } catch (error) {
      this.lock?.check();
      throw error;
    }
  }

  private removeSurpriseAfter(epoch: number): void {
    const path = join(this.folder, RUN_FILES.surprise);
    if (!existsSync(path)) return;
    const values = parseJsonLines(readText(path), () => {
      throw damaged(path, 'a line is not JSON');
    });
    const lines = values.map((value) => parseFile(surpriseLineSchema, value, path));
    const kept = lines.filter((line) => line.epoch <= epoch);
    this.write(RUN_FILES.surprise, kept.map((line) => `${toJson(line)}\n`).join(''));
  }

  private removeAfter(epoch: number, step: number): void {
    try {
      removeTemporaryFiles(this.folder);
      removeStepsAfter(this.folder, step);
      this.removeSurpriseAfter(epoch);
      const described = [RUN_FILES.results, RUN_FILES.finalSamples, ...ANALYSIS_FILES.map((name) => RUN_FILES[name])];
      for (const file of described) rmSync(join(this.folder, file), { force: true });
      const samples = join(this.folder, 'samples');
      makeFolder(samples);
      for (const name of readdirSync(samples))
        if ((epochOfSamplesName(name) ?? -1) > epoch) rmSync(join(samples, name));
    } catch (cause) {
      throw ioError('tidy', this.folder, cause);
    }
  }
}

/** @param step done when the run was interrupted; before the first one, nothing is left of the former backend */
function changeBackend(config: RunConfig, backend: RunConfig['backend'], step: number): RunConfig {
  if (step === 0) return { ...config, backend };
  return { ...config, backend, earlierBackends: [...(config.earlierBackends ?? []), { ...config.backend, step }] };
}
