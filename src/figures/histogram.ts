/** How often which lengths occur, split by split. */
import { axes, header, plotBelow, type FigureOptions } from './drawing/frame.js';
import { scaleBetween, scaleFromZero } from './drawing/scales.js';
import { area, polyline, svgDocument, type Point } from './drawing/svg.js';
import { seriesColour } from './style.js';

export interface HistogramFigureOptions extends FigureOptions {
  readonly xTitle: string;
  readonly yTitle: string;
  /** Bin i counts what is at least i · binWidth and below (i + 1) · binWidth. */
  readonly binWidth: number;
  /** Counts are shown as shares of their series, so that splits of different sizes compare. */
  readonly series: readonly { readonly label: string; readonly counts: readonly number[] }[];
  readonly height: number;
}

/**
 * Draws outlines of histograms over each other, the first one filled. A series without counts has no outline.
 *
 * @returns an SVG document, 640 wide
 */
export function histogramFigure(options: HistogramFigureOptions): string {
  const { binWidth, series, height } = options;
  const bins = Math.max(1, ...series.map(({ counts }) => counts.findLastIndex((count) => count > 0) + 1));
  const shares = series.map(({ counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total > 0 ? Array.from({ length: bins }, (_, bin) => (counts[bin] ?? 0) / total) : [];
  });
  const legend = series.map(({ label }, i) => ({ label, colour: seriesColour(i) }));
  const head = header(options, series.length < 2 ? [] : legend);
  const scales = { x: scaleBetween(0, bins * binWidth, 8), y: scaleFromZero(shares.flat(), 0.05) };
  const plot = plotBelow(head.bottom, scales.y, height);
  const { x, y, layers } = axes(plot, scales, options);
  const stairs = shares.map((share) =>
    share.flatMap((value, bin) => [bin, bin + 1].map((edge) => ({ x: x(edge * binWidth), y: y(value) }))),
  );
  const onAxis = (step?: Point): Point[] => (step === undefined ? [] : [{ x: step.x, y: plot.bottom }]);
  const outlines = stairs.map((steps) => [...onAxis(steps[0]), ...steps, ...onAxis(steps.at(-1))]);
  const ground = stairs[0]?.map((step) => ({ ...step, y2: plot.bottom })) ?? [];
  return svgDocument(head, height, [
    ...layers,
    area('ground', ground, { fill: seriesColour(0), opacity: 0.15 }),
    ...outlines.map((outline, i) => polyline(`series${i}`, outline, { colour: seriesColour(i), width: 1.75 })),
  ]);
}
