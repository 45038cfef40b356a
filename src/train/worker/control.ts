/** Words of the shared memory: whether to stop, how many epochs were read, and how often either changed. */
const STOP = 0;
const EPOCHS_READ = 1;
const CHANGES = 2;

/**
 * Signals from the main thread to a training in a worker. Shared memory instead of messages: a worker that computes
 * does not read its messages, but looks here before every step.
 */
export class TrainingControl {
  private readonly words: Int32Array;

  /** @param memory that of the other thread's control; new memory on the thread that comes first */
  constructor(readonly memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(memory);
  }

  stop(): void {
    Atomics.store(this.words, STOP, 1);
    this.changed();
  }

  acknowledgeEpoch(): void {
    Atomics.add(this.words, EPOCHS_READ, 1);
    this.changed();
  }

  /** Whether {@link stop} was called: a control can be given to `Trainer.run` as its signal. */
  get aborted(): boolean {
    return Atomics.load(this.words, STOP) !== 0;
  }

  /** In the worker: sleeps until so many epochs have been read, or the training is to stop. */
  waitForReader(epochs: number): void {
    for (;;) {
      const seen = Atomics.load(this.words, CHANGES);
      if (this.aborted || Atomics.load(this.words, EPOCHS_READ) >= epochs) return;
      // Returns at once when there was a change since `seen` was read, so that none is missed.
      Atomics.wait(this.words, CHANGES, seen);
    }
  }

  private changed(): void {
    Atomics.add(this.words, CHANGES, 1);
    Atomics.notify(this.words, CHANGES);
  }
}
