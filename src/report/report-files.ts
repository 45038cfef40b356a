/** Where things lie in the folder of a report. Paths are relative to it. */
export const REPORT_FILES = {
  html: 'report.html',
  pdf: 'report.pdf',
  results: 'results.json',
  figures: 'figures',
} as const;

/** The files of a figure. */
export function figureFiles(id: string): { svg: string; pdf: string } {
  return { svg: `${REPORT_FILES.figures}/${id}.svg`, pdf: `${REPORT_FILES.figures}/${id}.pdf` };
}
