import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LetterpressError } from '../errors.js';
import { listed } from '../format.js';
import { checkNames } from '../parse-options.js';
import { computeFacts } from './facts/compute-facts.js';
import { isImported } from './facts/run-groups.js';
import type { ReportFacts } from './facts/types.js';
import { REPORT_FILES, checkReportFolder, figureFiles, writeReportFiles } from './report-folder.js';
import type { ReportInput } from './input/report-input.js';

/** In their order. */
export const REPORT_PARTS = ['numbers', 'text and figures', 'page', 'PDF', 'figures as PDF', 'files'] as const;

export interface ReportStep {
  readonly part: (typeof REPORT_PARTS)[number];
  readonly done: number;
  readonly total: number;
}

export interface WriteReportOptions {
  readonly onStep?: (step: ReportStep) => void;
  /** Font files for characters that the fonts of PDFs lack. */
  readonly fonts?: readonly string[] | undefined;
}

export interface WrittenReport {
  readonly folder: string;
  readonly html: string;
  readonly pdf: string;
  readonly markdown: string;
  readonly latex: string;
  readonly results: string;
  readonly figures: readonly { readonly id: string; readonly svg: string; readonly pdf: string }[];
  readonly facts: ReportFacts;
  /** Characters that the fonts of the PDFs lack. */
  readonly missingCharacters: readonly string[];
}

/** Loaded when a report is made: what draws figures and formulas is large, and commands should start at once. */
async function loadMakers() {
  const [{ buildDocument }, { renderHtml }, { renderPdf, missingCharacters }, { renderMarkdown }, { renderLatex }] =
    await Promise.all([
      import('./build-document.js'),
      import('../render/html/render-html.js'),
      import('../render/pdf/render-pdf.js'),
      import('../render/markdown.js'),
      import('../render/latex.js'),
    ]);
  return {
    build: buildDocument,
    html: renderHtml,
    pdf: renderPdf,
    markdown: renderMarkdown,
    latex: renderLatex,
    missing: missingCharacters,
  };
}

export type ReportMakers = Awaited<ReturnType<typeof loadMakers>>;

/**
 * Makes a report from the files of its runs and writes it into a folder: `report.html`, `report.pdf`; `report.md` and
 * `report-latex.tex` for editing; `results.json`, and every figure as `figures/ID.svg` and `.pdf`. The same runs give
 * the same bytes. An earlier report in the folder is replaced, figures included; everything else stays. Each file is
 * written as a whole, and none before all are made.
 *
 * @param folder made where it is missing
 * @throws LetterpressError EXISTS for a run directory, or a folder in which a file of such a name is not a report's;
 *   BAD_INPUT for a report of no runs, or a file that is no font; IO when the file system refuses
 * @example const { html, facts } = await writeReport(compareRuns(['runs/a', 'runs/b']), 'reports/a-and-b');
 */
export function writeReport(
  input: ReportInput,
  folder: string,
  options: WriteReportOptions = {},
): Promise<WrittenReport> {
  checkNames(options, { onStep: true, fonts: true }, 'writeReport');
  return writeReportWith(loadMakers, input, folder, options);
}

export async function writeReportWith(
  load: () => Promise<ReportMakers>,
  input: ReportInput,
  folder: string,
  { onStep = () => undefined, fonts: files }: WriteReportOptions = {},
): Promise<WrittenReport> {
  checkReportFolder(folder); // before the work, not after it
  const makers = await load();
  const [{ svgToPdf }, { formatResults, reportResults }, { loadPdfFonts }] = await Promise.all([
    import('../figures/figure-pdf.js'),
    import('./report-results.js'),
    import('../figures/pdf-fonts.js'),
  ]);
  const fonts = await loadPdfFonts(files);
  const step = async (part: ReportStep['part'], done = 0, total = 1): Promise<void> => {
    onStep({ part, done, total });
    await setImmediate(); // what follows takes long, and whoever shows progress needs a turn
  };
  await step('numbers');
  const facts = computeFacts(input);
  if (input.runs.every(({ run }) => isImported(run)))
    throw new LetterpressError(
      'BAD_INPUT',
      `expected a run with a training, got only imported ones: ${listed(input.runs.map(({ run }) => run.name))}`,
      'There is nothing to report on them. Measure them on texts (letterpress evaluate), or add a run.',
    );
  await step('text and figures');
  const document = makers.build(input, facts);
  await step('page');
  const html = await makers.html(document);
  await step('PDF');
  const pdf = await makers.pdf(document, fonts);
  const date = new Date(document.date);
  const figures = document.blocks.filter((block) => block.kind === 'figure');
  const written: [name: string, data: string | Uint8Array][] = [];
  for (const [done, figure] of figures.entries()) {
    await step('figures as PDF', done, figures.length);
    const names = figureFiles(figure.id);
    written.push(
      [names.svg, figure.svg],
      [names.pdf, await svgToPdf(figure.svg, { title: `${document.title}: ${figure.id}`, date, fonts })],
    );
  }
  written.push(
    [REPORT_FILES.html, html],
    [REPORT_FILES.pdf, pdf],
    [REPORT_FILES.markdown, makers.markdown(document)],
    [REPORT_FILES.latex, makers.latex(document)],
  );

  // First what marks all others as a report's: cut off after it, the folder can be written to again.
  const results = formatResults(reportResults(facts, { title: document.title, figures }));
  written.unshift([REPORT_FILES.results, results]);
  await step('files');
  writeReportFiles(
    folder,
    figures.map(({ id }) => id),
    written,
  );
  return {
    folder,
    html: join(folder, REPORT_FILES.html),
    pdf: join(folder, REPORT_FILES.pdf),
    markdown: join(folder, REPORT_FILES.markdown),
    latex: join(folder, REPORT_FILES.latex),
    results: join(folder, REPORT_FILES.results),
    figures: figures.map(({ id }) => {
      const { svg, pdf: asPdf } = figureFiles(id);
      return { id, svg: join(folder, svg), pdf: join(folder, asPdf) };
    }),
    facts,
    missingCharacters: makers.missing(document, fonts),
  };
}
