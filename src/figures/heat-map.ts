/** A table of numbers as a table of colours. */
import { header, type FigureOptions } from './drawing/frame.js';
import { position, scaleBetween, tickText } from './drawing/scales.js';
import { boxes, rules, svgDocument, texts, type Segment, type Layer } from './drawing/svg.js';
import { breakLines, shorten, textWidth, visible } from './drawing/text.js';
import { AXIS_INK, COLD, FAINT_INK, FONT_SIZE, GRID, HEAT, MARGIN, ON_DATA } from './style.js';

export interface HeatMapFigureOptions extends FigureOptions {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** values[row][column]; no cell where it is not finite. */
  readonly values: readonly (readonly number[])[];
  /** What the columns are. */
  readonly xTitle: string;
  /** What the rows are. */
  readonly yTitle: string;
  /** What the colours mean, with its unit. */
  readonly legendTitle: string;
  /** Two colours, for what is above and below zero; otherwise one, the more opaque the larger the value. */
  readonly diverging?: boolean;
}

/** Numbers in cells at least so opaque are white, since these are dark on any ground. */
const DARK = 0.75;

/**
 * Draws a heat map, with the numbers in the cells where there are few columns. Its height follows from the rows.
 *
 * @returns an SVG document, 640 wide by default
 */
export function heatMapFigure(options: HeatMapFigureOptions): string {
  const { title, rows, columns, values, diverging = false, width = 640 } = options;
  const scale = heatScale(values.flat(), diverging);
  const head = header(options, width);
  const { left, top, across, down, isNumbered, names } = layOut(options, head.bottom, width);
  const all = rows.flatMap((_, r) =>
    columns.map((_, c) => {
      const [value, x, y] = [values[r]?.[c] ?? NaN, left + c * across, top + r * down];
      return { value, x, y, x2: x + across, y2: y + down, opacity: scale.opacity(value) };
    }),
  );
  const cells = all.filter(({ value }) => Number.isFinite(value));
  const numbers = (isDark: boolean) =>
    cells
      .filter(({ opacity }) => isNumbered && opacity >= DARK === isDark)
      .map(({ value, x, y }) => ({ x: x + across / 2, y: y + down / 2, text: scale.text(value) }));
  const right = left + across * columns.length + 20;
  const bar = colourBar(scale, options.legendTitle, { left: right, top, room: width - MARGIN - right });
  const height = Math.ceil(Math.max(top + down * rows.length, bar.bottom) + MARGIN + 4);
  return svgDocument({ title, width, height }, [
    ...head.layers,
    // Edges, so that the eye finds rows and columns where cells are pale.
    ...signedBoxes('cells', cells, scale, GRID),
    texts('numbers', numbers(false), { align: 'middle', baseline: 'middle' }),
    texts('numbers-on-dark', numbers(true), { align: 'middle', baseline: 'middle', colour: ON_DATA }),
    ...names,
    ...bar.layers,
  ]);
}

type HeatScale = ReturnType<typeof heatScale>;

/** Diverging: as far above zero as below. Otherwise from zero or, if values are below zero, from the lowest. */
function heatScale(values: readonly number[], diverging: boolean) {
  const known = values.filter(Number.isFinite);
  let [low, high] = [Math.min(0, ...known), Math.max(0, ...known)];
  if (diverging) [low, high] = [Math.min(low, -high), Math.max(high, -low)];
  if (!(high > low)) [low, high] = diverging ? [-1, 1] : [0, 1];
  const { decimals } = scaleBetween(low, high, 5);
  return {
    low,
    high,
    opacity: (value: number) => (diverging ? Math.abs(value) / high : (value - low) / (high - low)),
    /** Whether a value has the colour of what is below zero. */
    isCold: (value: number) => diverging && value < 0,
    text: (value: number) => tickText(value, decimals! + 1),
  };
}

function signedBoxes(
  name: string,
  given: readonly (Segment & { readonly value: number })[],
  { isCold }: HeatScale,
  stroke?: string,
): Layer[] {
  const style = stroke === undefined ? {} : { stroke };
  const [hot, cold] = [given.filter(({ value }) => !isCold(value)), given.filter(({ value }) => isCold(value))];
  return [boxes(name, hot, { fill: HEAT, ...style }), boxes(`${name}-negative`, cold, { fill: COLD, ...style })];
}

const BAR = { steps: 40, height: 140, width: 12, line: 14 };

/** What the colours mean: a bar with ticks, under its title. */
function colourBar(
  scale: HeatScale,
  title: string,
  at: { readonly left: number; readonly top: number; readonly room: number },
): { layers: Layer[]; bottom: number } {
  const { low, high } = scale;
  const lines = breakLines(title, at.room);
  const top = at.top + lines.length * BAR.line + 6;
  const bottom = top + BAR.height;
  const { ticks, decimals } = scaleBetween(low, high, 4);
  const y = position({ low, high, ticks }, bottom, top);
  const right = at.left + BAR.width;
  const step = (high - low) / BAR.steps;
  const pieces = Array.from({ length: BAR.steps }, (_, i) => {
    const from = low + i * step;
    // The lowest and the highest piece have the colours of the ends.
    const value = i === 0 ? low : i === BAR.steps - 1 ? high : from + step / 2;
    return { x: at.left, x2: right, y: y(from + step), y2: y(from), value, opacity: scale.opacity(value) };
  });
  const titles = lines.map((text, i) => ({ x: at.left, y: at.top + 9 + i * BAR.line, text }));
  const marks = ticks.map((tick) => ({ x: right, x2: right + 4, y: y(tick), y2: y(tick) }));
  const labels = ticks.map((tick) => ({ x: right + 7, y: y(tick), text: tickText(tick, decimals) }));
  const layers = [
    texts('bar-title', titles, { colour: FAINT_INK }),
    ...signedBoxes('bar', pieces, scale),
    rules('bar-marks', marks, { colour: AXIS_INK }),
    texts('bar-ticks', labels, { baseline: 'middle' }),
  ];
  return { layers, bottom };
}

const BAR_ROOM = 108; // at the right, for the colour bar
const MAX_CELL = 36;
/** Cells of tables of few columns are wide enough for names and numbers. */
const FEW_COLUMNS = 8;
const MAX_WIDE_CELL = 92;
const FLAT_CELL = 28; // height of a wide cell
const MIN_CELL = 12; // so that each row can have its name
const MIN_NAME = 10;
const MAX_NAME = 150;
const SMALL = 9.5;
const ROOMY = 13; // pixels between names in the usual size
/** If fewer names than this share fit level, all of them stand upright. */
const MIN_LEVEL = 0.75;

/** The table's place, the size of its cells, and its names. */
function layOut(options: HeatMapFigureOptions, below: number, width: number) {
  const rows = options.rows.map((name) => shorten(visible(name), MAX_NAME));
  const columns = options.columns.map((name) => shorten(visible(name), MAX_NAME));
  const yTitle = shorten(options.yTitle, MAX_NAME);
  const widest = (names: readonly string[]): number => Math.max(0, ...names.map((name) => textWidth(name)));

  const left = Math.ceil(MARGIN + 8 + widest([...rows, yTitle]));
  const most = Math.floor((width - BAR_ROOM - MARGIN - left) / Math.max(1, columns.length));
  const isNumbered = columns.length <= FEW_COLUMNS && most >= MAX_CELL;
  const across = isNumbered
    ? Math.min(most, Math.max(MAX_CELL, Math.min(MAX_WIDE_CELL, Math.ceil(widest(columns)) + 10)))
    : Math.min(most, MAX_CELL);
  const down = isNumbered ? FLAT_CELL : Math.max(MIN_CELL, Math.min(across, 24));

  // Characters stand level, and the few names that do not fit upright. Of columns that are narrower than characters,
  // only some are named.
  const each = Math.ceil(MIN_NAME / across);
  const fontSize = each * across < ROOMY ? SMALL : FONT_SIZE;
  const fits = (name: string): boolean => textWidth(name, fontSize) + 1.5 <= each * across;
  const areMostLevel = columns.filter(fits).length >= MIN_LEVEL * columns.length;
  const isLevel = (name: string): boolean => areMostLevel && fits(name);
  const top = Math.ceil(below + 32 + Math.max(12, widest(columns.filter((name) => !isLevel(name)))));
  const columnLabels = (level: boolean) =>
    columns.flatMap((text, c) =>
      isLevel(text) === level && c % each === 0 ? [{ x: left + (c + 0.5) * across, y: top - 6, text }] : [],
    );
  const xTitle = { x: left, y: below + 18, text: shorten(options.xTitle, width - left - MARGIN) };
  const rowLabels = rows.map((text, r) => ({ x: left - 6, y: top + (r + 0.5) * down, text }));
  const names = [
    texts('x-title', [xTitle], { colour: FAINT_INK }),
    texts('y-title', [{ x: left - 6, y: top - 6, text: yTitle }], { align: 'end', colour: FAINT_INK }),
    texts('columns', columnLabels(true), { align: 'middle', fontSize }),
    texts('columns-upright', columnLabels(false), { baseline: 'middle', angle: -90, fontSize }),
    texts('rows', rowLabels, { align: 'end', baseline: 'middle', fontSize: down < ROOMY ? SMALL : FONT_SIZE }),
  ];
  return { left, top, across, down, isNumbered, names };
}
