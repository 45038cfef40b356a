import type { CliContext } from '../context.js';
import { createProgress, type Progress } from './progress.js';

/** One progress bar at a time, a new one for each thing that is shown. */
export class ChangingBar {
  private progress: Progress | undefined;
  private label = '';

  constructor(private readonly context: CliContext) {}

  /** Shows how far something is; its first call begins it, with so much done already. */
  show(label: string, total: number, unit: string, done: number, note?: string): void {
    if (this.progress === undefined || this.label !== label) {
      this.hide();
      this.progress = createProgress(this.context, { label, total, unit, done });
      this.label = label;
    }
    this.progress.update(done, note);
  }

  /** Prints whole lines above the bar, or where it would be. */
  above(print: () => void): void {
    if (this.progress === undefined) print();
    else this.progress.above(print);
  }

  /** Removes it. */
  hide(): void {
    this.progress?.stop();
    this.progress = undefined;
  }
}
