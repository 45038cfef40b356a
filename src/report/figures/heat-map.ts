/** A table of numbers as a table of colours. */
import { heading } from '../../runs/plot/heading.js';
import { drawSheet, outlines, rectangles, texts } from '../../runs/plot/sheet.js';
import type { Span } from '../../runs/plot/sheet.js';
import { textWidth } from '../../runs/plot/text.js';
import { COLD, FAINT_INK, GRID, HEAT, MARGIN } from './palette.js';

/** What {@link heatMapFigure} draws. Sizes are in pixels. */
export interface HeatMapFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** values[row][column]; no cell where it is not finite. */
  readonly values: readonly (readonly number[])[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** What the colours mean, with its unit. */
  readonly legendTitle: string;
  /** Two colours, for what is above and below zero; otherwise one, the more opaque the larger the value. */
  readonly diverging?: boolean;
  readonly width?: number;
}

/**
 * Draws a heat map; its height follows from the number of rows.
 *
 * @returns an SVG document, 640 wide by default
 * @example
 * const svg = await heatMapFigure({
 *   title: 'Similar letters', rows: ['a', 'e'], columns: ['a', 'e'], values: [[1, 0.3], [0.3, 1]],
 *   xTitle: 'letter', yTitle: 'letter', legendTitle: 'cosine', diverging: true,
 * });
 */
export function heatMapFigure(options: HeatMapFigureOptions): Promise<string> {
  const { title, subtitle, rows, columns, values, diverging = false, width = 640 } = options;
  const finite = values.flat().filter((value) => Number.isFinite(value));
  const most = finite.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
  const left = MARGIN + 20 + Math.max(0, ...rows.map((row) => textWidth(row)));
  const top = heading(title, subtitle, width).bottom + 50;
  const cell = Math.min(36, (width - 110 - left) / Math.max(1, columns.length));
  const height = top + cell * rows.length + 20;
  const cells: Span[][] = [[], [], []];
  rows.forEach((_, r) =>
    columns.forEach((_, c) => {
      const value = values[r]?.[c] ?? NaN;
      const [x, y] = [left + c * cell, top + r * cell];
      const opacity = Math.min(1, Math.abs(value) / most);
      const kind = Number.isFinite(value) ? (diverging && value < 0 ? 1 : 0) : 2;
      cells[kind]!.push({ x, y, x2: x + cell - 1, y2: y + cell - 1, ...(kind === 2 ? {} : { opacity }) });
    }),
  );
  return drawSheet({ title, subtitle, width, height: Math.ceil(height) }, [
    rectangles('cells', cells[0]!, HEAT),
    rectangles('negative', cells[1]!, COLD),
    outlines('empty', cells[2]!, { colour: GRID }),
    texts(
      'rows',
      rows.map((text, r) => ({ x: left - 6, y: top + (r + 0.5) * cell, text })),
      { align: 'right', baseline: 'middle' },
    ),
    texts(
      'columns',
      columns.map((text, c) => ({ x: left + (c + 0.5) * cell, y: top - 6, text })),
      { align: 'center' },
    ),
    texts(
      'titles',
      [
        {
          x: MARGIN,
          y: top - 26,
          text: `${options.yTitle} (rows), ${options.xTitle} (columns): ${options.legendTitle}`,
        },
      ],
      { colour: FAINT_INK },
    ),
  ]);
}
