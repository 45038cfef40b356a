import { RUN_FILES } from '../runs/layout.js';
import { encodeNpy } from '../runs/npy.js';
import { readConfig, readMetrics } from '../runs/reader.js';
import { writeRunFile } from '../runs/run-file.js';

/**
 * Writes validation NLL and top-1 by epoch as the original notebook did, `nll.npy` and `rec.npy`, and draws both into
 * the run's `curves/`, as SVG and PDF.
 *
 * @throws LetterpressError `IO` when the file system refuses, `BAD_RUN` when the run is damaged
 */
export async function drawCurves(folder: string): Promise<void> {
  const config = readConfig(folder);
  const metrics = readMetrics(folder);
  const write = (file: string, field: 'valNll' | 'valTop1') =>
    writeRunFile(folder, file, encodeNpy(metrics.map((line) => line[field])));
  write(RUN_FILES.nllArray, 'valNll');
  write(RUN_FILES.top1Array, 'valTop1');
  // Loaded here, so that a training starts without them.
  const { svgToPdf } = await import('../figures/figure-pdf.js');
  const { nllFigure, top1Figure } = await import('./run-curves.js');
  const figures = [
    [RUN_FILES.nllSvg, RUN_FILES.nllPdf, 'NLL by epoch', nllFigure(config, metrics)],
    [RUN_FILES.top1Svg, RUN_FILES.top1Pdf, 'Top-1 by epoch', top1Figure(config, metrics)],
  ] as const;
  for (const [svgFile, pdfFile, title, svg] of figures) {
    writeRunFile(folder, svgFile, svg);
    writeRunFile(folder, pdfFile, await svgToPdf(svg, { title, date: new Date(config.createdAt) }));
  }
}
