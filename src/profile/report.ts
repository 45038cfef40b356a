import type { BackendInfo } from '../backend/types.js';
import type { ModelConfig } from '../nn/config.js';
import type { Padding } from '../nn/packed-batch.js';
import type { StepFigures } from './measure-training.js';
import type { OperationRow } from './operation-table.js';

/** The output of `letterpress bench --json`. */
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
  /** Of float32 products, all threads together; null where it was not measured. */
  readonly peakGflops: number | null;
  /** Of bfloat16 products; measured with `--precision bf16` only. */
  readonly peakBf16Gflops: number | null;
  /** `gflops` as a share of the peak of the precision. */
  readonly shareOfPeak: number | null;
  /** Of one thread that copies a large array: 10⁹ bytes a second, reads and writes together. */
  readonly copyGigabytesPerSecond: number;
  /** Largest resident set of the process before the table was measured. */
  readonly peakMemoryBytes: number;
  /** Steps of the table, which had a clock around every operation, and their mean. */
  readonly tableSteps: number;
  readonly tableSecondsPerStep: number;
  readonly operations: readonly OperationRow[];
}
