/** Rows of cells as slices of pages: what tables, lists, notes and lists of samples have in common. */
import type { Canvas, Part } from './canvas.js';
import { heightOf, type Line } from './lines.js';
import { BLOCK_GAP, BOTTOM, CAPTION_GAP, LEFT, TOP } from './style.js';
import type { Slice } from './paginate.js';

/** A cell, its text already broken into lines that fit its column. */
export interface Cell {
  readonly lines: readonly Line[];
  readonly part: Part;
  /** Where its lines begin or, if they are aligned to the right, end. */
  readonly x: number;
  readonly align?: 'left' | 'right';
}

/** Cells beside each other, with their first baselines on one height; those of a header end on one height. */
export interface Row {
  readonly cells: readonly Cell[];
  /** Above and below the cells. */
  readonly padding: number;
  /** Draws what stands behind the row and below it: grounds and rules. */
  readonly decorate?: (y: number, height: number) => void;
}

/** What is repeated on every further page: the header, if there is one, below a line that says what continues here. */
export interface Repeated {
  readonly header?: Row | undefined;
  readonly continued: Line;
}

/** Rows of a table that no page end parts from its beginning or its end; of a list. */
const TOGETHER = { table: 3, list: 2 };

/**
 * The header and the rows. The header and the first rows stay together, and so do the last ones, unless these are high.
 * A row is not cut, unless it is higher than a page: then it is cut between lines.
 */
export function rowSlices(canvas: Canvas, rows: readonly Row[], repeated?: Repeated): Slice[] {
  const { header } = repeated ?? {};
  const drawHeader = (y: number, isRepeated: boolean): void => {
    if (header !== undefined) drawRow(canvas, header, y, { isHeader: true, isRepeated });
  };
  const headerSlice = { gap: 0, height: header === undefined ? 0 : heightOfRow(header), keep: true };
  const top = repeated === undefined ? 0 : heightOf([repeated.continued]) + CAPTION_GAP;
  const onFurtherPages = repeated && {
    gap: BLOCK_GAP,
    height: top + headerSlice.height,
    draw: (y: number): void => {
      canvas.mark(undefined, () => canvas.line(repeated.continued, LEFT, y));
      drawHeader(y + top, true);
    },
  };
  const parts = rows.flatMap((row) => cutRow(row, BOTTOM - TOP - (onFurtherPages?.height ?? 0)));
  const heights = parts.map(heightOfRow);
  const count = repeated === undefined ? TOGETHER.list : TOGETHER.table;
  const areLow = (some: readonly number[]): boolean => some.reduce((sum, each) => sum + each, 0) < (BOTTOM - TOP) / 3;
  const staysWithNext = (index: number): boolean => {
    const isAtStart = index < count - 1 && areLow(heights.slice(0, index + 2));
    return isAtStart || (index >= parts.length - count && areLow(heights.slice(index)));
  };
  return [
    ...(header === undefined ? [] : [{ ...headerSlice, draw: (y: number) => drawHeader(y, false) }]),
    ...parts.map((row, index) => ({
      gap: 0,
      height: heights[index]!,
      keep: index < parts.length - 1 && staysWithNext(index),
      ...(onFurtherPages && { header: onFurtherPages }),
      draw: (y: number) => drawRow(canvas, row, y),
    })),
  ];
}

function drawRow(canvas: Canvas, row: Row, y: number, { isHeader = false, isRepeated = false } = {}): void {
  const height = heightOfRow(row);
  canvas.mark(undefined, () => row.decorate?.(y, height));
  for (const cell of row.cells) {
    let top = y + row.padding + baselineOf(row) - (cell.lines[0]?.ascent ?? 0);
    if (isHeader) top = y + height - row.padding - heightOf(cell.lines);
    canvas.mark(isRepeated ? undefined : cell.part, () => {
      for (const line of cell.lines) {
        canvas.line(line, cell.align === 'right' ? cell.x - line.width : cell.x, top);
        top += heightOf([line]);
      }
    });
  }
}

function baselineOf({ cells }: Row): number {
  return Math.max(0, ...cells.map(({ lines }) => lines[0]?.ascent ?? 0));
}

function heightOfRow(row: Row): number {
  const baseline = baselineOf(row);
  const heights = row.cells.map(({ lines }) => heightOf(lines) + baseline - (lines[0]?.ascent ?? baseline));
  return 2 * row.padding + Math.max(0, ...heights);
}

/** A row as rows that each fit on a page. */
function cutRow(row: Row, room: number): Row[] {
  if (heightOfRow(row) <= room) return [row];
  const [head, rest]: [Cell[], Cell[]] = [[], []];
  for (const cell of row.cells) {
    const count = cell.lines.findIndex((_, index) => heightOf(cell.lines.slice(0, index + 1)) > room - 2 * row.padding);
    const end = count === -1 ? cell.lines.length : Math.max(1, count);
    head.push({ ...cell, lines: cell.lines.slice(0, end) });
    rest.push({ ...cell, lines: cell.lines.slice(end) });
  }
  if (rest.every(({ lines }) => lines.length === 0)) return [row];
  return [{ ...row, cells: head }, ...cutRow({ ...row, cells: rest }, room)];
}
