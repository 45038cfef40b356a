import type { OperationRow } from '../../profile/operation-table.js';
import type { BenchReport } from '../../profile/report.js';
import type { CliContext } from '../context.js';
import { counted, formatBytes, formatCount, formatNumber, formatPercent, formatSeconds } from '../../format.js';
import type { Style } from '../terminal/style.js';
import { formatList, formatParagraph, formatTable, right } from '../terminal/table.js';

/** What `letterpress bench` measured, for people. */
export function formatBench(report: BenchReport, { style }: Pick<CliContext, 'style'>): string {
  const { machine, backend, instructionSet, threads, precision, model, batch, padding } = report;
  const paragraph = (text: string): string => formatParagraph(text, style, 0);
  return [
    paragraph(
      `${machine.processor}, ${counted(machine.cores, 'core')}; ${backend} backend, ${instructionSet}, ` +
        `${counted(threads, 'thread')}, ${precision}`,
    ) +
      paragraph(
        `${style.bold(model)}: ${formatCount(report.parameters)} parameters; ` +
          `batches of ${counted(batch, 'text')} (${report.corpus}), --padding ${padding}`,
      ),
    formatFigures(report, style),
    paragraph(
      `${style.bold('Where the time of a step goes')} (${report.tableSteps} more steps, with a clock around every ` +
        `operation: ${formatSeconds(report.tableSecondsPerStep)} each)`,
    ),
    formatOperations(report.operations, style),
    paragraph(
      'GFLOP/s count what the model needs, and are compared with the peak; GB/s count each array once, and are ' +
        'compared with one thread that copies memory ' +
        `(${formatNumber(report.copyGigabytesPerSecond, 1)} GB/s, read and written).`,
    ),
  ].join('\n');
}

function formatFigures(report: BenchReport, style: Style): string {
  const { peakGflops, peakBf16Gflops, shareOfPeak } = report;
  const share = shareOfPeak === null ? '' : `, ${formatPercent(shareOfPeak)} of the peak`;
  const peaks = [
    peakBf16Gflops === null ? '' : `${formatRate(peakBf16Gflops)} GFLOP/s in bf16, `,
    peakGflops === null ? '' : `${formatRate(peakGflops)} GFLOP/s${peakBf16Gflops === null ? '' : ' in f32'}`,
  ].join('');
  const peak =
    peaks === ''
      ? 'not measured: the portable backend has no measure of it'
      : `${peaks}: the inner loop of all products, on numbers in the nearest cache`;
  const lines: readonly (readonly [string, string])[] = [
    ['step', `${formatSeconds(report.secondsPerStep)} (median of ${report.steps})`],
    ['steps', `${formatRate(report.stepsPerSecond)} a second`],
    ['tokens', `${formatRate(report.tokensPerSecond)} a second (${formatCount(report.tokensPerStep)} a step)`],
    [
      'arithmetic',
      `${formatRate(report.gflops)} GFLOP/s (${formatNumber(report.gflopPerStep, 2)} GFLOP a step)${share}`,
    ],
    ['peak', peak],
    ['memory', `${formatBytes(report.peakMemoryBytes)} at most`],
  ];
  return formatList(lines, style);
}

function formatOperations(rows: readonly OperationRow[], style: Style): string {
  const optional = (value: number | null, format: (value: number) => string) => (value === null ? '' : format(value));
  return formatTable(
    [
      'operation',
      'pass',
      right('calls'),
      right('ms/step'),
      right('share'),
      right('GFLOP/s'),
      right('GB/s'),
      right('limit'),
    ],
    rows.map((row) => [
      row.operation === null ? 'outside the operations' : `${row.operation} ${row.shape}`.trimEnd(),
      row.pass ?? '',
      row.operation === null ? '' : formatNumber(row.callsPerStep, Number.isInteger(row.callsPerStep) ? 0 : 1),
      formatNumber(row.secondsPerStep * 1000, 2),
      formatPercent(row.share),
      optional(row.gflops, formatRate),
      optional(row.gigabytesPerSecond, formatRate),
      optional(row.shareOfPeak ?? row.shareOfCopy, (share) => formatPercent(share)),
    ]),
    style,
  );
}

/** Few digits behind the point for large numbers, more for small ones. */
function formatRate(value: number): string {
  return formatNumber(value, value < 10 ? 2 : value < 1000 ? 1 : 0);
}
