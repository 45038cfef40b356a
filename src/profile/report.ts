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
  readonly precision: BackendInfo['precision'];
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
  /** The same of products of bfloat16 numbers; measured with `--precision bf16` only. */
  readonly peakBf16Gflops: number | null;
  /** `gflops` as a share of the peak of the precision. */
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
