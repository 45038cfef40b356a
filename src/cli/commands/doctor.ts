import { availableParallelism, cpus, totalmem } from 'node:os';
import { chooseBackend, inspectNative, inspectWasm } from '../../backend/registry.js';
import { letterpressVersion } from '../../version.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions, checkThreads } from '../options/backend.js';
import { counted, formatBytes } from '../../format.js';
import { formatList, formatParagraph } from '../terminal/table.js';

/** What computes `--precision bf16`. */
const BF16 = {
  amx: 'by AMX',
  vectors: 'by AVX512-BF16',
  emulated: 'emulated, slower than f32: this instruction set has no bfloat16',
};

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    command
      .description('Print versions, processor, backend, instruction set and threads, and what to do if it is slow.')
      .option('--json', 'one JSON document'),
  ).action((options) => {
    checkThreads(options);
    const { backend, reason, missing } = chooseBackend({
      choice: options.backend,
      threads: options.threads,
      precision: 'auto',
    });
    const native = inspectNative(options.threads);
    const wasm = inspectWasm(options.threads);
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
      precision: backend.info.precision,
      why: reason,
      native: native.ok
        ? {
            available: true,
            instructionSets: native.instructionSets,
            file: native.file,
            bf16: native.bf16,
          }
        : { available: false, why: native.why, remedy: native.remedy },
      wasm: wasm.ok ? { available: true } : { available: false, why: wasm.why, remedy: wasm.remedy },
    };
    if (options.json) {
      context.printJson(report);
      return;
    }
    const rows: [string, string][] = [
      ['letterpress', report.letterpress],
      ['node', `${report.node} on ${report.platform}`],
      ['processor', `${report.processor}, ${counted(report.cores, 'core')}, ${formatBytes(report.memoryBytes)} memory`],
      ['backend', `${report.backend} (${reason})`],
      ['instruction set', report.instructionSet],
      ['threads', String(report.threads)],
      ['precision', `${report.precision} for new trainings (--precision auto)`],
      [
        'native',
        native.ok
          ? `available, with ${native.instructionSets.join(', ')}: ${native.file}`
          : `not available: ${native.why}`,
      ],
      ['wasm', wasm.ok ? 'available' : `not available: ${wasm.why}`],
      ...(native.ok ? [['--precision bf16', BF16[native.bf16]] satisfies [string, string]] : []),
    ];
    context.print(formatList(rows, context.style));
    const remedy = missing[0]?.remedy ?? (native.ok ? undefined : native.remedy);
    if (remedy !== undefined) context.print(`\n${formatParagraph(remedy, context.style, 0)}`);
  });
  addExamples(command, [
    ['letterpress doctor', 'the defaults'],
    ['letterpress doctor --backend portable --json', 'with a backend of your choice, for a program'],
  ]);
};
