import { join } from 'node:path';
import type { ReportInput } from '../../report/input/report-input.js';
import { REPORT_FILES } from '../../report/report-files.js';
import { writeReport, type WrittenReport } from '../../report/write-report.js';
import { readRunsOrStudy } from '../../study/read-study.js';
import type { CliContext } from '../context.js';
import { ChangingBar } from '../terminal/changing-bar.js';
import { formatCount } from '../../format.js';

/** The options of `letterpress report`. */
export interface ReportOptions {
  readonly out?: string;
  readonly title?: string;
  readonly json?: true;
}

/** Writes a report of runs, or of a study. */
export async function report(paths: readonly string[], options: ReportOptions, context: CliContext): Promise<void> {
  const read = readRunsOrStudy(paths);
  const input = options.title === undefined ? read : { ...read, title: options.title };
  const written = await makeReport(input, options.out ?? defaultFolder(paths, input), context);
  if (options.json === true) {
    const { folder, html, pdf, results, figures, facts } = written;
    context.printJson({ folder, html, pdf, results, figures, missing: facts.missing });
  } else context.print(describeReport(written));
}

/** Writes a report, and shows how far it is. */
export async function makeReport(input: ReportInput, folder: string, context: CliContext): Promise<WrittenReport> {
  const bar = new ChangingBar(context);
  try {
    return await writeReport(input, folder, {
      onStep: ({ part, done, total }) => bar.show(`report: ${part}`, total, 'steps', done),
    });
  } finally {
    bar.hide();
  }
}

/** Where a report lies, and what it lacks. */
export function describeReport({ folder, html, results, figures, facts }: WrittenReport): string {
  const missing = facts.missing.map(({ sentence }) => `  ${sentence}\n`);
  return (
    `report   ${html} (and .pdf)\n` +
    `figures  ${join(folder, REPORT_FILES.figures)} (${formatCount(figures.length)}, as .svg and .pdf)\n` +
    `numbers  ${results}\n` +
    (missing.length === 0 ? '' : `\nWhat the report lacks:\n${missing.join('')}`)
  );
}

/** A study has its report in it; of runs, it goes beside the other reports, under the same name for the same runs. */
function defaultFolder(paths: readonly string[], { kind, runs }: ReportInput): string {
  const [first = ''] = paths;
  if (kind !== 'comparison') return first;
  const groups = [...new Set(runs.map(({ group }) => group))];
  const name = groups.length < 3 ? groups.join('-and-') : `${groups[0]!}-and-${groups.length - 1}-more`;
  return join('reports', name.replace(/[^\p{L}\p{N}._-]+/gu, '-'));
}
