import type { Worker } from 'node:worker_threads';
import { LetterpressError } from '../../errors.js';
import { reviveError } from './error-message.js';
import { parseWorkerMessage, type WorkerEvent, type WorkerMessage } from './messages.js';
import { isProgress } from './progress-filter.js';

/** A message of the worker, or the error that it died of. */
type Arrival = WorkerMessage | { readonly type: 'died'; readonly error: Error };

/**
 * The messages of a training worker, in order, kept until they are asked for. An event of progress replaces an unread
 * one before it, so that a slow reader leaves no more than a few waiting.
 */
export class WorkerInbox {
  /** Settled when the worker's thread has ended. */
  readonly exited: Promise<void>;
  private readonly waiting: Arrival[] = [];
  private wake: (() => void) | undefined;
  private isOver = false;

  constructor(worker: Worker) {
    worker.on('message', (message: unknown) => this.receive(message));
    worker.on('error', (error) => this.add({ type: 'died', error: asError(error) }));
    this.exited = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.add({ type: 'died', error: diedSilently(code) }); // never read after a message that it ended
        resolve();
      });
    });
  }

  /**
   * The next event, as soon as there is one; undefined when the training is over.
   *
   * @throws what the worker threw or died of
   */
  async next(): Promise<WorkerEvent | undefined> {
    if (this.isOver) return undefined;
    const arrival = await this.arrival();
    if (arrival.type === 'event') return arrival.event;
    this.isOver = true;
    if (arrival.type === 'ended') return undefined;
    throw arrival.type === 'failed' ? reviveError(arrival.error) : arrival.error;
  }

  private async arrival(): Promise<Arrival> {
    for (;;) {
      const first = this.waiting.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private receive(message: unknown): void {
    try {
      this.add(parseWorkerMessage(message));
    } catch (error) {
      this.add({ type: 'died', error: asError(error) });
    }
  }

  private add(arrival: Arrival): void {
    const last = this.waiting.at(-1);
    if (last !== undefined && replaces(arrival, last)) this.waiting.pop();
    this.waiting.push(arrival);
    this.wake?.();
    this.wake = undefined;
  }
}

function replaces(arrival: Arrival, last: Arrival): boolean {
  if (arrival.type !== 'event' || last.type !== 'event') return false;
  return isProgress(arrival.event) && arrival.event.kind === last.event.kind;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function diedSilently(code: number): Error {
  return new LetterpressError(
    'INTERNAL',
    `the training thread ended with exit code ${code} and no error`,
    'Nothing up to the last checkpoint is lost: resume the run (resume).',
  );
}
