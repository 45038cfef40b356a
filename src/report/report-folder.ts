import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../make-folder.js';
import { removeTemporaryFiles } from '../runs/folder-lock.js';
import { LetterpressError } from '../errors.js';
import { refuseFile } from '../runs/artifact-folder.js';
import { ioError } from '../io-error.js';
import { RUN_FILES } from '../runs/layout.js';
import { readJson, writeRunFiles } from '../runs/run-file.js';

/** By which a file is known to be a report's. */
export const REPORT_FORMAT = 'letterpress-report';

/** What marks a `results.json` of any version as a report's, and its figures. */
const reportMark = z.object({
  format: z.literal(REPORT_FORMAT),
  files: z.object({ figures: z.array(z.object({ id: z.string().regex(/^[a-z0-9-]+$/) })) }),
});

/**
 * Checks that a report may be written into a folder, and changes nothing. An earlier report in it, known by its
 * results.json, may be replaced; other files of the same names may not.
 *
 * @param figures ids of the report's figures, as far as they are known
 * @throws LetterpressError EXISTS for a file, a run directory, or a folder with files of these names that are not a
 *   report's
 */
export function checkReportFolder(folder: string, figures: readonly string[] = []): void {
  refuseFile(folder, 'report');
  if (!existsSync(folder)) return;
  if (existsSync(join(folder, RUN_FILES.config)))
    throw new LetterpressError(
      'EXISTS',
      `${folder} is a run directory, which has a results.json of its own`,
      'Choose another folder, such as one next to it.',
    );
  const old = earlierFigures(folder);
  const own = new Set(old === undefined ? [] : filesOf(old));
  const foreign = filesOf(figures).find((file) => !own.has(file) && existsSync(join(folder, file)));
  if (foreign !== undefined)
    throw new LetterpressError(
      'EXISTS',
      `${join(folder, foreign)} exists, and is not part of a report that could be replaced`,
      'Choose another folder, or move the file away.',
    );
}

/**
 * Writes a report's files into a folder, which is made where it is missing. The figures of an earlier report that the
 * new one does not have are removed, and so are temporary files of interrupted writes.
 *
 * @param figures ids of the report's figures
 * @throws LetterpressError EXISTS as {@link checkReportFolder}, IO when the file system refuses: then the earlier
 *   report is as it was
 */
export function writeReportFiles(
  folder: string,
  figures: readonly string[],
  files: Parameters<typeof writeRunFiles>[1],
): void {
  checkReportFolder(folder, figures);
  const place = join(folder, REPORT_FILES.figures);
  try {
    makeFolder(folder);
    removeTemporaryFiles(folder);
    const gone = (earlierFigures(folder) ?? []).filter((id) => !figures.includes(id));
    writeRunFiles(folder, files, () => {
      for (const file of gone.flatMap((id) => Object.values(figureFiles(id))))
        rmSync(join(folder, file), { force: true });
    });
    if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place);
  } catch (cause) {
    throw ioError('write the report', folder, cause);
  }
}

/** Figures of the report in a folder; undefined where there is none, or no readable one. */
function earlierFigures(folder: string): string[] | undefined {
  const path = join(folder, REPORT_FILES.results);
  if (!existsSync(path)) return undefined;
  try {
    const mark = reportMark.safeParse(readJson(path));
    return mark.data?.files.figures.map(({ id }) => id);
  } catch (error) {
    if (error instanceof LetterpressError && error.code === 'BAD_RUN') return undefined;
    throw error;
  }
}

function filesOf(figures: readonly string[]): string[] {
  const files = Object.values(REPORT_FILES).filter((name) => name !== REPORT_FILES.figures);
  return [...files, ...figures.flatMap((id) => Object.values(figureFiles(id)))];
}

export const REPORT_FILES = {
  html: 'report.html',
  pdf: 'report.pdf',
  markdown: 'report.md',
  latex: 'report-latex.tex', // compiled, it does not overwrite report.pdf
  results: 'results.json',
  figures: 'figures',
} as const;

export function figureFiles(id: string): { svg: string; pdf: string } {
  return { svg: `${REPORT_FILES.figures}/${id}.svg`, pdf: `${REPORT_FILES.figures}/${id}.pdf` };
}
