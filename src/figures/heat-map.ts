/** A table of numbers as a table of colours. */
import { heading } from './drawing/heading.js';
import { drawSheet, rectangles, rules, texts } from './drawing/sheet.js';
import type { Label, Layer, Span } from './drawing/sheet.js';
import { shorten, textWidth, visible } from './drawing/text.js';
import { colourBar, heatScale } from './colour-bar.js';
import type { HeatScale } from './colour-bar.js';
import { FAINT_INK, FONT_SIZE, GRID, INK, MARGIN, ON_DATA } from './palette.js';

/** What {@link heatMapFigure} draws. Sizes are in pixels. */
export interface HeatMapFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
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
  readonly width?: number;
}

const BAR_ROOM = 108; // at the right, for what the colours mean
const MAX_CELL = 36;
/** Cells of tables of few columns are wide enough for names and numbers. */
const FEW_COLUMNS = 8;
const MAX_WIDE_CELL = 92;
const FLAT_CELL = 28; // height of a wide cell
const MIN_CELL = 12; // so that each row can have its name
const NARROWEST_NAME = 10;
const MAX_NAME = 150;
const SMALL = 9.5;
const ROOMY = 13; // pixels between names in the usual size
const MAX_FIT = 0.75;
/** So opaque cells are dark on any ground. */
const DARK = 0.75;

/**
 * Draws a heat map, with the numbers in the cells where there are few columns. Its height follows from the rows.
 *
 * @returns an SVG document, 640 wide by default
 * @example
 * const svg = await heatMapFigure({
 *   title: 'Similar characters', rows: ['a', 'e'], columns: ['a', 'e'], values: [[1, 0.3], [0.3, 1]],
 *   xTitle: 'character', yTitle: 'character', legendTitle: 'cosine', diverging: true,
 * });
 */
export function heatMapFigure(options: HeatMapFigureOptions): Promise<string> {
  const { title, subtitle, values, diverging = false, width = 640 } = options;
  const scale = heatScale(values.flat(), diverging);
  const table = layOut(options, heading(title, subtitle, width).bottom, width);
  const { left, top, across, down } = table;
  const right = left + across * options.columns.length;
  const bottom = top + down * options.rows.length;

  const cells = options.rows.flatMap((_, r) =>
    options.columns.map((_, c) => ({
      value: values[r]?.[c] ?? NaN,
      span: {
        x: left + c * across,
        y: top + r * down,
        x2: left + (c + 1) * across - 1,
        y2: top + (r + 1) * down - 1,
      },
    })),
  );
  const known = cells.filter(({ value }) => Number.isFinite(value));
  const bar = colourBar(scale, options.legendTitle, {
    left: right + 20,
    top,
    room: width - MARGIN - right - 20,
  });
  const height = Math.max(bottom, bar.bottom) + MARGIN + 4;
  return drawSheet({ title, subtitle, width, height: Math.ceil(height) }, [
    // In the gaps between cells, so that the eye finds rows and columns where cells are pale.
    rules('lines', gridLines(table, values, options.rows.length, options.columns.length), { colour: GRID }),
    ...[false, true].map((negative) =>
      rectangles(
        negative ? 'negative' : 'cells',
        known
          .filter(({ value }) => scale.isCold(value) === negative)
          .map(({ value, span }) => ({ ...span, opacity: scale.opacity(value) })),
        scale.colour(negative),
      ),
    ),
    ...numberLayers(table.numbered ? known : [], scale),
    ...table.names,
    ...bar.layers,
  ]);
}

/** The edges of cells with values, those of neighbours in one line. */
function gridLines(
  { left, top, across, down }: Table,
  values: HeatMapFigureOptions['values'],
  rows: number,
  columns: number,
): Span[] {
  const has = (row: number, column: number): boolean => Number.isFinite(values[row]?.[column]);
  const level = Array.from({ length: rows + 1 }, (_, r) =>
    runs(columns, (c) => has(r - 1, c) || has(r, c)).map(([from, to]) => {
      const y = top + r * down - 0.5;
      return { x: left + from * across - 0.5, x2: left + to * across - 0.5, y, y2: y };
    }),
  );
  const upright = Array.from({ length: columns + 1 }, (_, c) =>
    runs(rows, (r) => has(r, c - 1) || has(r, c)).map(([from, to]) => {
      const x = left + c * across - 0.5;
      return { x, x2: x, y: top + from * down - 0.5, y2: top + to * down - 0.5 };
    }),
  );
  return [...level, ...upright].flat();
}

/** Where a condition holds in a row: from each first number to behind each last. */
function runs(count: number, holds: (index: number) => boolean): [from: number, to: number][] {
  const result: [number, number][] = [];
  for (let i = 0; i < count; i++) {
    if (!holds(i)) continue;
    const last = result.at(-1);
    if (last?.[1] === i) last[1] = i + 1;
    else result.push([i, i + 1]);
  }
  return result;
}

function numberLayers(cells: readonly { value: number; span: Span }[], scale: HeatScale): Layer[] {
  const label = ({ value, span }: { value: number; span: Span }): Label => ({
    x: (span.x + span.x2) / 2,
    y: (span.y + span.y2) / 2,
    text: scale.text(value),
  });
  return [false, true].map((dark) =>
    texts(
      dark ? 'numbers-on-dark' : 'numbers',
      cells.filter(({ value }) => scale.opacity(value) >= DARK === dark).map(label),
      { align: 'center', baseline: 'middle', colour: dark ? ON_DATA : INK },
    ),
  );
}

/** Where the table stands, how large its cells are, and its names. */
interface Table {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
  readonly numbered: boolean;
  readonly names: readonly Layer[];
}

function layOut(options: HeatMapFigureOptions, below: number, width: number): Table {
  const rows = options.rows.map((name) => shorten(visible(name), MAX_NAME));
  const columns = options.columns.map((name) => shorten(visible(name), MAX_NAME));
  const yTitle = shorten(options.yTitle, MAX_NAME);
  const widest = (names: readonly string[]): number => Math.max(0, ...names.map((name) => textWidth(name)));

  const left = Math.ceil(MARGIN + 8 + widest([...rows, yTitle]));
  const most = Math.floor((width - BAR_ROOM - MARGIN - left) / Math.max(1, columns.length));
  const numbered = columns.length <= FEW_COLUMNS && most >= MAX_CELL;
  const across = numbered
    ? Math.min(most, Math.max(MAX_CELL, Math.min(MAX_WIDE_CELL, Math.ceil(widest(columns)) + 10)))
    : Math.min(most, MAX_CELL);
  const down = numbered ? FLAT_CELL : Math.max(MIN_CELL, Math.min(across, 24));

  // Characters stand level, and the few names that do not fit upright; all of them if most do not. Of columns that are
  // narrower than characters, only some are named.
  const each = Math.ceil(NARROWEST_NAME / across);
  const fontSize = each * across < ROOMY ? SMALL : FONT_SIZE;
  const fits = (name: string): boolean => textWidth(name, fontSize) + 1.5 <= each * across;
  const maxFit = columns.filter(fits).length >= MAX_FIT * columns.length;
  const level = columns.map((name) => maxFit && fits(name));
  const top = Math.ceil(below + 32 + Math.max(12, widest(columns.filter((_, c) => !level[c]))));
  const columnLabels = (isLevel: boolean): Label[] =>
    columns
      .map((text, c) => ({ x: left + (c + 0.5) * across, y: top - 6, text }))
      .filter((_, c) => level[c] === isLevel && c % each === 0);
  return {
    left,
    top,
    across,
    down,
    numbered,
    names: [
      texts('x-title', [{ x: left, y: below + 18, text: shorten(options.xTitle, width - left - MARGIN) }], {
        colour: FAINT_INK,
      }),
      texts('y-title', [{ x: left - 6, y: top - 6, text: yTitle }], { align: 'right', colour: FAINT_INK }),
      texts('columns', columnLabels(true), { align: 'center', fontSize }),
      texts('columns-upright', columnLabels(false), { baseline: 'middle', angle: -90, fontSize }),
      texts(
        'rows',
        rows.map((text, r) => ({ x: left - 6, y: top + (r + 0.5) * down, text })),
        { align: 'right', baseline: 'middle', fontSize: down < ROOMY ? SMALL : FONT_SIZE },
      ),
    ],
  };
}
