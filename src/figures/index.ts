/**
 * The figures of reports, each as an SVG document. The same input gives the same bytes, whatever fonts are installed.
 */
export { attentionFigure } from './attention.js';
export { barsFigure } from './bars.js';
export type { BarsFigureOptions } from './bars.js';
export { curvesFigure } from './curves.js';
export type { CurvesFigureOptions } from './curves.js';
export { dotPlotFigure } from './dot-plot.js';
export type { DotPlotFigureOptions } from './dot-plot.js';
export { heatMapFigure } from './heat-map.js';
export { histogramFigure } from './histogram.js';
export type { HistogramFigureOptions } from './histogram.js';
export { mapFigure } from './map.js';
export { panelsFigure } from './panels.js';
export type { PanelsFigureOptions } from './panels.js';
export { scatterFigure } from './scatter.js';
export type { ScatterFigureOptions } from './scatter.js';
