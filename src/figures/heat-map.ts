/** A square table of numbers as a table of colours. */
import { header, type FigureOptions } from './drawing/frame.js';
import { position, scaleBetween, tickText } from './drawing/scales.js';
import { boxes, rules, svgDocument, texts, type Layer, type Segment } from './drawing/svg.js';
import { breakLines, textWidth } from './drawing/text.js';
import { AXIS_INK, COLD, FAINT_INK, FONT_SIZE, GRID, HEAT, MARGIN, WIDTH } from './style.js';

export interface HeatMapFigureOptions extends FigureOptions {
  /** Short names of the rows, and of the columns. */
  readonly names: readonly string[];
  /** What rows and columns are. */
  readonly axisTitle: string;
  /** values[row][column]; no cell where it is not finite. */
  readonly values: readonly (readonly number[])[];
  /** What the colours mean. */
  readonly legendTitle: string;
}

const BAR_ROOM = 108; // at the right, for the colour bar
const MAX_CELL = 11;
const MIN_CELL_HEIGHT = 10; // so that each row can have its name
const SMALL = 9;
const ROOMY = 13; // pixels between names in the usual size

/**
 * Draws a heat map in two colours, for what is above and below zero: the more opaque, the farther from it. Names stand
 * above the columns, of narrow ones only above some.
 *
 * @returns an SVG document, 640 wide, as high as it takes
 */
export function heatMapFigure(options: HeatMapFigureOptions): string {
  const { axisTitle, names, values } = options;
  const head = header(options);
  const widest = Math.max(0, ...names.map((name) => textWidth(name)));
  const left = Math.ceil(MARGIN + 8 + Math.max(widest, textWidth(axisTitle)));
  const room = WIDTH - BAR_ROOM - MARGIN - left;
  const across = Math.min(MAX_CELL, Math.floor(room / Math.max(1, names.length)));
  const down = Math.max(MIN_CELL_HEIGHT, across);
  const fontSize = across < ROOMY ? SMALL : FONT_SIZE;
  const each = Math.ceil((widest * (fontSize / FONT_SIZE) + 1) / across);
  const top = head.bottom + 44;
  const known = values.flat().filter(Number.isFinite);
  const farthest = Math.max(...known.map(Math.abs), 0) || 1;

  const all = names.flatMap((_, row) =>
    names.map((_, column) => {
      const [value, x, y] = [values[row]?.[column] ?? NaN, left + column * across, top + row * down];
      return { value, x, y, x2: x + across, y2: y + down, opacity: Math.abs(value) / farthest };
    }),
  );
  const right = left + across * names.length + 20;
  const bar = colourBar(farthest, options.legendTitle, right, top);
  // Names of rows and columns without a value would be of nothing.
  const isKnown = (row: number, column: number) => Number.isFinite(values[row]?.[column]);
  const columns = names
    .map((text, i) => ({ x: left + (i + 0.5) * across, y: top - 6, text }))
    .filter((_, column) => names.some((_name, row) => isKnown(row, column)));
  const rows = names
    .map((text, i) => ({ x: left - 6, y: top + (i + 0.5) * down, text }))
    .filter((_, row) => names.some((_name, column) => isKnown(row, column)));
  const faint = { colour: FAINT_INK };
  return svgDocument(head, Math.max(top + down * names.length, bar.bottom) + MARGIN + 4, [
    // Edges, so that the eye finds rows and columns where cells are pale.
    ...signedBoxes(
      'cells',
      all.filter(({ value }) => Number.isFinite(value)),
      GRID,
    ),
    texts('x-title', [{ x: left, y: top - 26, text: axisTitle }], faint),
    texts(
      'column-names',
      columns.filter((_, i) => i % each === 0),
      { align: 'middle', fontSize },
    ),
    texts('row-names', rows, { align: 'end', baseline: 'middle', fontSize: down < ROOMY ? SMALL : FONT_SIZE }),
    ...bar.layers,
  ]);
}

function signedBoxes(name: string, all: readonly (Segment & { readonly value: number })[], stroke?: string): Layer[] {
  const style = stroke === undefined ? {} : { stroke };
  const [hot, cold] = [all.filter(({ value }) => value >= 0), all.filter(({ value }) => value < 0)];
  return [boxes(name, hot, { fill: HEAT, ...style }), boxes(`${name}-negative`, cold, { fill: COLD, ...style })];
}

const BAR = { steps: 40, height: 140, width: 12, line: 14 };

/** What the colours mean: a bar with ticks, under its title. */
function colourBar(farthest: number, title: string, left: number, above: number): { layers: Layer[]; bottom: number } {
  const lines = breakLines(title, WIDTH - MARGIN - left);
  const top = above + lines.length * BAR.line + 6;
  const bottom = top + BAR.height;
  const scale = scaleBetween(-farthest, farthest, 4);
  const y = position(scale, bottom, top);
  const right = left + BAR.width;
  const pieces = Array.from({ length: BAR.steps }, (_, i) => {
    const value = ((2 * i + 1) / BAR.steps - 1) * farthest;
    const half = farthest / BAR.steps;
    return { x: left, x2: right, y: y(value + half), y2: y(value - half), value, opacity: Math.abs(value) / farthest };
  });
  const titles = lines.map((text, i) => ({ x: left, y: above + 9 + i * BAR.line, text }));
  const marks = scale.ticks.map((tick) => ({ x: right, x2: right + 4, y: y(tick), y2: y(tick) }));
  const labels = scale.ticks.map((tick) => ({ x: right + 7, y: y(tick), text: tickText(tick, scale.decimals) }));
  const layers = [
    texts('bar-title', titles, { colour: FAINT_INK }),
    ...signedBoxes('bar', pieces),
    rules('bar-marks', marks, { colour: AXIS_INK }),
    texts('bar-ticks', labels, { baseline: 'middle' }),
  ];
  return { layers, bottom };
}
