import type { BackendInfo } from '../backend/types.js';
import type { ModelConfig } from '../nn/config.js';
import type { Padding } from '../nn/packed-batch.js';
import type { StepFigures } from './measure-training.js';
import type { OperationRow } from './operation-table.js';

/** What `letterpress bench --json` writes. */
export interface BenchReport extends StepFigures {
  /** Version of Letterpress. */
  readonly letterpress: string;
  readonly machine: { readonly processor: string; readonly cores: number };
  readonly backend: BackendInfo['name'];
  readonly instructionSet: string;
  readonly threads: number;
  /** Of the factors of products. */
  readonly precision: 'f32' | 'bf16';
  /** Short name, e.g. `5m` or `modern-48x3`. */
  readonly model: string;
  readonly parameters: number;
  readonly config: ModelConfig;
  readonly corpus: string;
  /** Texts of a step. */
  readonly batch: number;
  readonly padding: Padding;
  /** What float32 products could reach at most, all threads together; null where there is no measure of it. */
  readonly peakGflops: number | null;
  /** `gflops` / `peakGflops`. */
  readonly shareOfPeak: number | null;
  /** Of one thread that copies a large array: 10⁹ bytes a second, read and written together. */
  readonly copyGigabytesPerSecond: number;
  /** Largest resident set of the process so far, before the table was made. */
  readonly peakMemoryBytes: number;
  /** Steps that the table is about, which had a clock around every operation, and their mean. */
  readonly tableSteps: number;
  readonly tableSecondsPerStep: number;
  readonly operations: readonly OperationRow[];
}
