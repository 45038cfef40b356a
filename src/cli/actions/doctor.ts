import { availableParallelism, cpus, totalmem } from 'node:os';
import { chooseBackend, inspectNative } from '../../backend/registry.js';
import type { BackendInfo } from '../../backend/types.js';
import { letterpressVersion } from '../../version.js';
import type { BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { formatBytes } from '../../format.js';
import { formatTable } from '../terminal/table.js';

/** The options of `letterpress doctor`. */
export interface DoctorOptions extends BackendOptions {
  readonly json?: true;
}

/** What computes `--precision bf16`: the processor's unit for it, or code that gives the same numbers. */
function bf16By({ instructionSet }: BackendInfo): 'amx' | 'emulated' {
  return instructionSet === 'amx' ? 'amx' : 'emulated';
}

/** Says what would run here, and why. */
export function doctor(options: DoctorOptions, context: CliContext): void {
  const { backend, reason, missing } = chooseBackend({ choice: options.backend, threads: options.threads });
  const native = inspectNative(options.threads);
  const report = {
    letterpress: letterpressVersion(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    backend: backend.info.name,
    instructionSet: backend.info.instructionSet,
    threads: backend.info.threads,
    why: reason,
    native: native.ok
      ? { available: true, instructionSets: native.instructionSets, bf16: bf16By(native.backend.info) }
      : { available: false, why: native.why, remedy: native.remedy },
  };
  if (options.json) {
    context.printJson(report);
    return;
  }
  const { bold } = context.style;
  const rows: [string, string][] = [
    ['letterpress', report.letterpress],
    ['node', `${report.node} on ${report.platform}`],
    ['processor', `${report.processor}, ${report.cores} cores, ${formatBytes(report.memoryBytes)} memory`],
    ['backend', `${report.backend} (${reason})`],
    ['instruction set', report.instructionSet],
    ['threads', String(report.threads)],
    ['native', native.ok ? `available, with ${native.instructionSets.join(', ')}` : `not available: ${native.why}`],
  ];
  if (native.ok) {
    const how = {
      amx: 'by AMX',
      emulated: 'emulated, slower than f32: this instruction set has no AMX-BF16',
    };
    rows.push(['--precision bf16', how[bf16By(native.backend.info)]]);
  }
  context.print(
    formatTable(
      [{ title: '' }, { title: '' }],
      rows.map(([name, value]) => [bold(name), value]),
    ),
  );
  const remedy = missing?.remedy ?? (native.ok ? undefined : native.remedy);
  if (remedy !== undefined) context.print(`\n${remedy}\n`);
}
