import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeMissing } from '../../figures/pdf-fonts.js';
import type { ReportInput } from '../../report/input/report-input.js';
import { checkReportFolder, REPORT_FILES } from '../../report/report-folder.js';
import { REPORT_PARTS, writeReport, type WrittenReport } from '../../report/write-report.js';
import { lockChecked } from '../../runs/folder-lock.js';
import { readRunsOrStudy } from '../../study/read-study.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { asFileName } from '../folders.js';
import { collect, somePath } from '../options/parsers.js';
import { counted, formatCount } from '../../format.js';
import { ProgressBar } from '../terminal/progress.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph } from '../terminal/table.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('<run...>', 'run directories, with mixtures of them, folders with runs in them, or a study')
    .description(
      'Write a report of one run, of a comparison of several, or of a study: report.html, report.pdf, report.md and ' +
        'report-latex.tex to be edited, every figure as SVG and PDF, and all numbers as results.json. ' +
        'It is made from the files of the runs; no model is loaded. ' +
        'Runs that differ only in their seeds are averaged. An earlier report in the folder is replaced.',
    )
    .option('--out <folder>', 'folder of the report (default: the study, or one under reports/)', somePath)
    .option('--title <text>', 'title of the report')
    .option('--author <text>', 'name, student number, below the title')
    .option('--course <text>', 'course, below the title')
    .option('--font <file>', 'font for characters that the fonts of PDFs lack; repeatable', collect)
    .option('--json', 'one JSON document: where the files are, and what is missing')
    .action(async (paths, options) => {
      const read = readRunsOrStudy(paths);
      const { title = read.title, author, course } = options;
      const input = { ...read, title, author, course };
      const bar = new ProgressBar(context);
      const out = options.out ?? defaultFolder(paths, input);
      const lock = lockChecked(out, () => checkReportFolder(out));
      context.onFinish(() => lock.release());
      const written = await writeReport(input, out, {
        fonts: options.font,
        onStep: ({ part, done, total }) =>
          bar.show({ label: 'report', unit: 'parts', total: REPORT_PARTS.length, done: REPORT_PARTS.indexOf(part) }, [
            [total > 1 ? `${part} ${done}/${total}` : part, 2],
          ]),
      });
      bar.hide();
      noteMissingCharacters(written, context);
      const { folder, html, pdf, markdown, latex, results, figures, facts, missingCharacters } = written;
      if (options.json)
        context.printJson({
          folder,
          html,
          pdf,
          markdown,
          latex,
          results,
          figures,
          missing: facts.missing,
          missingCharacters,
        });
      else context.print(describeReport(written, context.style));
    });
  addExamples(command, [
    ['letterpress report runs/gazette-modern-48x3', 'one run, into reports/gazette-modern-48x3'],
    ['letterpress report runs/small-seed0 runs/small-seed1 runs/large', 'two models, one of them with two seeds'],
    ['letterpress report runs', 'all runs and mixtures in a folder'],
    ['letterpress report studies/news', 'a study, finished or not, into its own folder'],
    ['letterpress report studies/news --author "Ada L., 1815" --course "Deep learning"', 'with your name on it'],
    ['letterpress report runs/a runs/b --out a-and-b --title "Two learning rates"', 'folder and title of your choice'],
  ]);
};

/** Says which characters are not in the PDFs of a report. */
export function noteMissingCharacters(
  { missingCharacters: missing }: WrittenReport,
  { notice, errorStyle }: CliContext,
): void {
  if (missing.length === 0) return;
  notice(
    `${errorStyle.yellow('warning:')} the fonts of the PDFs lack ${counted(missing.length, 'character')}, shown as ` +
      `\ufffd: ${describeMissing(missing)}. The page and the SVG files have them all.\n` +
      '  Name a font that has them: letterpress report … --font FILE\n',
  );
}

/** Where a report lies, and what it lacks. */
export function describeReport({ folder, html, results, figures, facts }: WrittenReport, style: Style): string {
  const missing = facts.missing.map(({ sentence }) => formatParagraph(`  ${sentence}`, style, 4));
  return (
    `report   ${html} (and .pdf; to be edited: .md, -latex.tex)\n` +
    `open     ${pathToFileURL(html).href}\n` +
    `figures  ${join(folder, REPORT_FILES.figures)} (${formatCount(figures.length)}, as .svg and .pdf)\n` +
    `numbers  ${results}\n` +
    (missing.length === 0 ? '' : `\nWhat the report lacks:\n${missing.join('')}`) +
    '\nNext: open the link above in a browser.\n'
  );
}

/** A study holds its report; a report of runs goes under reports/, under the same name for the same runs. */
function defaultFolder(paths: readonly string[], { kind, runs }: ReportInput): string {
  if (kind !== 'comparison') return paths[0] ?? '';
  const groups = [...new Set(runs.map(({ group }) => group))];
  const name = groups.length < 3 ? groups.join('-and-') : `${groups[0]!}-and-${groups.length - 1}-more`;
  return join('reports', asFileName(name));
}
