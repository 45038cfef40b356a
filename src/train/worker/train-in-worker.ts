import { on } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { codeOf } from '../../io-error.js';
import { LetterpressError } from '../../errors.js';
import { checkNames } from '../../parse-options.js';
import { FolderLock } from '../../runs/folder-lock.js';
import { RUN_FILES } from '../../runs/layout.js';
import { readConfig } from '../../runs/reader.js';
import { lockNewRun } from '../../runs/run-folder.js';
import { TrainingControl } from './control.js';
import { reviveError } from './error-message.js';
import {
  checkRequest,
  describeRequest,
  type TrainingRequest,
  type TrainingStart,
  type WorkerEvent,
  type WorkerMessage,
} from './messages.js';

export interface TrainInWorkerOptions {
  /** Aborting stops the training after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Starts the worker; another `Worker` of Node.js than the package's own is for tests. */
  readonly startWorker?: (workerData: TrainingStart) => unknown;
}

function startTrainingWorker(workerData: TrainingStart): Worker {
  // A worker inherits the options of its process, and would refuse to read a file under the one that
  // `node --input-type=module -e '...'` was given for its own script.
  const isScript = process.execArgv.some((argument) => argument.startsWith('--input-type'));
  const options = isScript ? { workerData, execArgv: [] } : { workerData };
  return new Worker(new URL('./training-worker.js', import.meta.url), options);
}

/**
 * Trains in a worker thread and writes the same run directory, bit for bit, as `TrainingRun` on this thread; so this
 * thread stays free for a terminal, a page, or Ctrl-C, however long a step takes. The worker starts when the first
 * event is asked for.
 *
 * - *Events* are those of `TrainingRun.events`, after `begun`, which says what is trained. Progress (`step`,
 *   `validation`, `testing`, `analysis`) is reported at most about thirty times a second, and always when all is done.
 *   No other event is ever left out.
 * - *Back-pressure*: the worker continues while events wait to be read, but after each `epoch` it waits until the next
 *   event is asked for. So the reader of an epoch may look into the run directory, or abort exactly there.
 * - *Stopping*: when `signal` is aborted, the worker ends the step in progress (or the validation), writes its
 *   checkpoint, and the events end with `done` (`interrupted`) and `paused`; a request with `resume: true` continues.
 *   Aborted after the last epoch, while the model is tested and analysed, they end with `paused` as well. Leaving the
 *   loop early does the same, and the loop is left when the worker has ended.
 * - *Errors* of the worker are thrown here as they were there: the same code, message, advice and stack.
 *
 * The folder is locked until the worker has ended.
 *
 * @throws LetterpressError what creating or resuming the run throws; IN_USE when another process writes it; NO_MEMORY
 *   when the worker ran out of memory; INTERNAL when it ended for no known reason. What the last checkpoint has can be
 *   resumed in every case.
 * @example
 * for await (const event of trainInWorker({ folder: 'runs/first', plan, texts }, { signal })) {
 *   if (event.kind === 'epoch') console.log(event.report.valNll);
 * }
 */
export async function* trainInWorker(
  request: TrainingRequest,
  options: TrainInWorkerOptions = {},
): AsyncGenerator<WorkerEvent, void> {
  checkRequest(request);
  checkNames(options, { signal: true, startWorker: true }, 'trainInWorker');
  const { signal, startWorker = startTrainingWorker } = options;
  const control = new TrainingControl();
  const lock = lockFolder(request);
  const start = () => startWorker(describeRequest(request, control.memory, lock?.toShared()));
  const worker = startLocked(() => start() as Worker, lock);
  const exit = new Promise<number>((resolve) => worker.once('exit', resolve));
  const events = eventsOf(worker, exit);
  const stop = (): void => control.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted === true) stop();
  const next = async (): Promise<WorkerEvent | undefined> => {
    try {
      return (await events.next()).value ?? undefined;
    } catch (error) {
      throw explainFailure(error, request.folder);
    }
  };
  try {
    for (let event = await next(); event !== undefined; event = await next()) {
      yield event;
      if (event.kind === 'epoch') control.acknowledgeEpoch();
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    // A reader that leaves the loop early comes here too: what is under way is still to be saved, or to fail.
    stop();
    try {
      while ((await next()) !== undefined);
      await exit;
    } finally {
      lock?.release();
    }
  }
}

/**
 * The lock is this thread's: it refreshes it while the worker computes, and outlives the worker. Undefined for a
 * request that the worker will refuse.
 */
function lockFolder(request: TrainingRequest): FolderLock | undefined {
  const { folder } = request;
  if (typeof folder !== 'string' || folder === '') return undefined;
  if (request.resume !== true) return lockNewRun(folder, request.force);
  readConfig(folder); // a folder without a run is not locked, which would make it
  return FolderLock.acquire(folder);
}

function startLocked(start: () => Worker, lock: FolderLock | undefined): Worker {
  try {
    return start();
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** The events of a worker, kept until they are asked for, up to its end. Throws what the worker threw or died of. */
async function* eventsOf(worker: Worker, exit: Promise<number>): AsyncGenerator<WorkerEvent, void> {
  worker.on('error', () => undefined); // one that comes after the training has ended tells nothing new
  const messages = on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[WorkerMessage]>;
  for await (const [message] of messages) {
    if (message.type === 'ended') return;
    if (message.type === 'failed') throw reviveError(message.error);
    yield message.event;
  }
  throw new LetterpressError(
    'INTERNAL',
    `the training thread ended with exit code ${await exit} and no error`,
    'Nothing up to the last checkpoint is lost: resume the run (resume).',
  );
}

function explainFailure(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || !isOutOfMemory(error)) return error;
  const saved = existsSync(join(folder, RUN_FILES.checkpoint));
  return new LetterpressError(
    'NO_MEMORY',
    `the training of ${folder} needs more memory than there is: ${error.message}`,
    saved
      ? 'Nothing up to the last checkpoint is lost. End other programs, then resume the run (resume).'
      : 'Train a smaller model (dModel, mlpRatio, layers) or smaller batches (batch).',
    { cause: error },
  );
}

function isOutOfMemory(error: Error): boolean {
  const code = codeOf(error);
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || code === 'LETTERPRESS_MEMORY') return true;
  return error.name === 'RangeError' && error.message === 'Array buffer allocation failed';
}
