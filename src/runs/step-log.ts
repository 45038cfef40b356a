import { closeSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readBytes } from '../read-bytes.js';
import { writeAll } from '../temporary-file.js';
import { writeFileAtomic } from './atomic.js';
import { RUN_FILES } from './layout.js';
import { formatStep, STEPS_HEADING, type StepLine } from './schema.js';

/** Milliseconds between writes: tiny models make thousands of steps a second. */
const WRITE_INTERVAL = 250;
/** Lines that wait at most, where the disk takes none. */
const MAX_PENDING = 100_000;

/**
 * Appends the steps of a training to `steps.csv`, several at a time. The file is for curves: a training does not end
 * because it cannot be written.
 */
export class StepLog {
  private readonly path: string;
  private pending: string[] = [];
  private lastWrite = -Infinity;

  /** @param check throws where the folder must not be written any more */
  constructor(
    folder: string,
    private readonly check: () => void,
  ) {
    this.path = join(folder, RUN_FILES.steps);
  }

  add(step: StepLine): void {
    if (this.pending.length < MAX_PENDING) this.pending.push(formatStep(step));
    if (performance.now() - this.lastWrite >= WRITE_INTERVAL) this.write();
  }

  write(): void {
    this.lastWrite = performance.now();
    if (this.pending.length === 0) return;
    try {
      this.check();
      const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
      const descriptor = openSync(this.path, size === 0 ? 'w' : 'r+');
      try {
        const text = `${size === 0 ? STEPS_HEADING : ''}${this.pending.join('')}`;
        this.append(descriptor, Buffer.from(text), size);
        this.pending = [];
      } finally {
        closeSync(descriptor);
      }
    } catch {
      // They are tried again with the next.
    }
  }

  /** Removes the steps after one, which are done again. */
  removeAfter(step: number): void {
    this.write();
    this.pending = this.pending.filter((line) => parseInt(line, 10) <= step);
    try {
      this.check();
      removeStepsAfter(dirname(this.path), step);
    } catch {
      // Then they stand there twice.
    }
  }

  private append(descriptor: number, bytes: Uint8Array, at: number): void {
    try {
      writeAll(descriptor, bytes, at);
    } catch (error) {
      ftruncateSync(descriptor, at); // no half of a line
      throw error;
    }
  }
}

/** Removes the steps after one, which a run that is resumed does again. */
export function removeStepsAfter(folder: string, step: number): void {
  const path = join(folder, RUN_FILES.steps);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const lines = readBytes(path).toString().split('\n').slice(1, -1);
  const end = lines.findIndex((line) => !(parseInt(line, 10) <= step));
  const kept = end < 0 ? lines : lines.slice(0, end);
  writeFileAtomic(path, STEPS_HEADING + kept.map((line) => `${line}\n`).join(''));
}
