/** Training in a Web Worker. The page starts the worker; the two speak by messages, without shared memory. */
import type { Backend } from '../../backend/types.js';
import type { Corpus } from '../../corpus/corpus.js';
import { LetterpressError } from '../../errors.js';
import { isRecord } from '../../json.js';
import { checkNames } from '../../parse-options.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import {
  TRAIN_OPTIONS,
  trainModelOn,
  type ModelEvent,
  type TrainedModel,
  type TrainModelOptions,
} from '../train-model.js';
import { describeError, reviveError, type ErrorMessage } from './error-message.js';
import { progressFilter } from './progress-filter.js';

/** The end of a training in a Web Worker; `model` is a file's bytes, for `loadModel`. */
export interface TrainedEvent extends Omit<TrainedModel, 'model'> {
  readonly kind: 'trained';
  readonly model: Uint8Array;
}

/** As `trainModel` takes them; the worker chooses the backend. */
export interface WorkerTrainingOptions extends Omit<TrainModelOptions, 'backend' | 'onEvent'> {
  /** Aborting ends the training after the step in progress, with the best model so far, if an epoch has ended. */
  readonly signal?: AbortSignal | undefined;
}

interface MessageEventLike {
  readonly data?: unknown;
  readonly message?: unknown;
}

/** A `Worker`, or the other end of one: a worker's global scope, or a port. */
export interface MessageTarget {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message' | 'error', listener: (event: MessageEventLike) => void): void;
  removeEventListener(type: 'message' | 'error', listener: (event: MessageEventLike) => void): void;
}

type ToWorker =
  { readonly letterpress: 'train'; readonly options: PlainOptions } | { readonly letterpress: 'stop' | 'epoch-read' };

type FromWorker =
  | { readonly letterpress: 'event'; readonly event: ModelEvent | TrainedEvent }
  | { readonly letterpress: 'failed'; readonly error: ErrorMessage };

/** Options without what cannot be sent, which are functions and classes. */
type PlainOptions = Omit<WorkerTrainingOptions, 'signal' | 'tokenizer'> & { readonly alphabet: unknown };

/** Workers that train: a second training's events would be taken for the first one's. */
const training = new WeakSet<MessageTarget>();

/**
 * Trains in a Web Worker that has called `serveTraining`, so that the page stays free: the events are those of
 * `trainModel`, and `trained` as the last. Progress (`step`, `validation`, `testing`) comes at most about thirty times
 * a second, and always when all is done; after each `epoch`, the worker waits until the next event is asked for.
 *
 * @throws LetterpressError what `trainModel` throws; IN_USE when the worker trains already; INTERNAL when it fails by
 *   itself
 * @example
 * const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * for await (const event of trainInWorker(worker, { corpus: texts, signal })) {
 *   if (event.kind === 'epoch') console.log(event.report.valNll);
 *   if (event.kind === 'trained') model = await loadModel(event.model);
 * }
 */
export async function* trainInWorker(
  worker: MessageTarget,
  options: WorkerTrainingOptions,
): AsyncGenerator<ModelEvent | TrainedEvent, void> {
  checkNames(options, TRAIN_OPTIONS, 'trainInWorker');
  const { signal, tokenizer, corpus, ...rest } = options;
  if (training.has(worker))
    throw new LetterpressError(
      'IN_USE',
      'expected a worker that is free, got one that trains already (worker)',
      'Read its events to the end, leave their loop, or start another worker.',
    );
  const post = (message: ToWorker): void => worker.postMessage(message, []);
  const queue: FromWorker[] = [];
  let wake = (): void => undefined;
  const take = (message: FromWorker): void => {
    queue.push(message);
    wake();
  };
  const listen = ({ data }: MessageEventLike): void => {
    if (isRecord(data) && 'letterpress' in data) take(data as FromWorker);
  };
  const fail = ({ message }: MessageEventLike): void => {
    const error = new LetterpressError('INTERNAL', `the worker failed: ${String(message)}`, 'Does its script load?');
    take({ letterpress: 'failed', error: describeError(error) });
  };
  const stop = (): void => post({ letterpress: 'stop' });
  training.add(worker);
  worker.addEventListener('message', listen);
  worker.addEventListener('error', fail);
  signal?.addEventListener('abort', stop);
  // A training that could not be sent is none that could be waited for.
  let over = true;
  const isOver = (): boolean => over;
  const next = async (): Promise<ModelEvent | TrainedEvent> => {
    if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const message = queue.shift()!;
    over = message.letterpress === 'failed' || message.event.kind === 'trained';
    if (message.letterpress === 'failed') throw reviveError(message.error);
    return message.event;
  };
  try {
    const { exact } = (corpus as Partial<Corpus> | undefined) ?? {};
    const texts = exact === undefined ? corpus : { ...(corpus as Corpus), exact: undefined };
    post({ letterpress: 'train', options: { ...rest, corpus: texts as typeof corpus, alphabet: tokenizer?.toJSON() } });
    over = false;
    if (signal?.aborted === true) stop();
    while (!isOver()) {
      const event = await next();
      yield event;
      if (event.kind === 'epoch') post({ letterpress: 'epoch-read' });
    }
  } finally {
    // A reader that leaves the loop early comes here too: the worker is free again when its training has ended.
    if (!isOver()) stop();
    while (!isOver()) await next().catch(() => undefined);
    signal?.removeEventListener('abort', stop);
    worker.removeEventListener('message', listen);
    worker.removeEventListener('error', fail);
    training.delete(worker);
  }
}

/**
 * In a Web Worker: waits for trainings that the page starts with `trainInWorker`, one at a time.
 *
 * @param backend is called for each training, e.g. for a backend of WebAssembly
 * @param scope the worker's own global scope by default
 * @example
 * // worker.js
 * serveTraining(() => createWasmBackend(wasm));
 */
export function serveTraining(
  backend: () => Backend | Promise<Backend>,
  scope: MessageTarget = globalThis as unknown as MessageTarget,
): void {
  let abort = new AbortController();
  let epochRead = (): void => undefined;
  const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => scope.postMessage(message, transfer);
  const train = async ({ alphabet, ...options }: PlainOptions): Promise<void> => {
    abort = new AbortController();
    const { signal } = abort;
    const isWorthSending = progressFilter();
    const onEvent = async (event: ModelEvent): Promise<void> => {
      const read = new Promise<void>((resolve) => (epochRead = resolve));
      if (isWorthSending(event)) post({ letterpress: 'event', event });
      if (event.kind === 'epoch' && !signal.aborted) await read;
    };
    try {
      const tokenizer = alphabet === undefined ? undefined : Tokenizer.fromJSON(alphabet);
      const trained = await trainModelOn(await backend(), { ...options, tokenizer, signal, onEvent });
      const model = trained.model.toBytes();
      post({ letterpress: 'event', event: { kind: 'trained', ...trained, model } }, [model.buffer as ArrayBuffer]);
    } catch (error) {
      post({ letterpress: 'failed', error: describeError(error) });
    }
  };
  scope.addEventListener('message', ({ data }) => {
    const message = data as ToWorker | undefined;
    if (message?.letterpress === 'train') void train(message.options);
    if (message?.letterpress === 'stop') abort.abort();
    if (message?.letterpress === 'stop' || message?.letterpress === 'epoch-read') epochRead();
  });
}
