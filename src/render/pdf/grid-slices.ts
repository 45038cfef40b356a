/** Rows of cells as slices of pages: what tables and lists of samples have in common. */
import type { Canvas, Part } from './canvas.js';
import { heightOf, type Line } from './lines.js';
import { BLOCK_GAP, BOTTOM, CAPTION_GAP, FAINT, LEFT, LINE, RAISED, TOP } from './page-style.js';
import type { Slice } from './paginate.js';

/** A cell, its text already broken into lines that fit its column. */
export interface GridCell {
  readonly lines: readonly Line[];
  readonly part: Part;
  /** Stands before the lines, in their column's padding: the number of a sample. */
  readonly label?: { readonly line: Line; readonly part: Part };
}

/** A row, with as many cells as there are columns. */
export interface GridRow {
  readonly cells: readonly GridCell[];
  readonly isEmphasised?: boolean;
}

/** Where cells stand, and what is between them. */
export interface GridLook {
  readonly columns: readonly {
    readonly x: number;
    readonly width: number;
    readonly align: 'left' | 'right';
    /** Where the label of a cell ends; to the left of `x`. */
    readonly labelEnd?: number;
  }[];
  /** Of rules and grounds, from the left edge of the text. */
  readonly width: number;
  readonly paddingTop: number;
  readonly paddingBottom: number;
  readonly hasRules: boolean;
}

/**
 * The header, if there is one, and the rows. The header stays with the first row and is repeated, below `continued`, on
 * every further page. A row is not cut, unless it is higher than a page: then it is cut between lines.
 *
 * @param continued says above a repeated header what goes on here
 * @param headerLook where the header's cells stand, if not where the others do
 */
export function gridSlices(
  canvas: Canvas,
  look: GridLook,
  header: GridRow | undefined,
  rows: readonly GridRow[],
  continued: Line,
  headerLook = look,
): Slice[] {
  const headerHeight = header === undefined ? 0 : rowHeight(header, headerLook);
  const continuedHeight = continued.ascent + continued.descent + CAPTION_GAP;
  const drawHeader = (y: number, isRepeated: boolean): void => {
    if (header === undefined) return;
    drawCells(canvas, header, headerLook, y, true, isRepeated);
    canvas.mark(undefined, () => canvas.rule(LEFT, y + headerHeight, look.width, 0.9, FAINT));
  };
  const repeated = {
    gap: BLOCK_GAP,
    height: continuedHeight + headerHeight,
    draw: (y: number): void => {
      canvas.mark(undefined, () => canvas.line(continued, LEFT, y));
      drawHeader(y + continuedHeight, true);
    },
  };
  const room = BOTTOM - TOP - repeated.height;
  const parts = rows.flatMap((row) => cutRow(row, look, room));
  return [
    ...(header === undefined
      ? []
      : [{ gap: 0, height: headerHeight, keep: true, draw: (y: number) => drawHeader(y, false) }]),
    ...parts.map((row, index): Slice => {
      const height = rowHeight(row, look);
      return {
        gap: 0,
        height,
        keep: index === parts.length - 2, // the last row is never alone on its page
        header: repeated,
        draw: (y) => {
          canvas.mark(undefined, () => {
            if (row.isEmphasised === true) canvas.rectangle(LEFT, y, look.width, height, RAISED);
            if (look.hasRules) canvas.rule(LEFT, y + height, look.width, 0.4, LINE);
          });
          drawCells(canvas, row, look, y, false, false);
        },
      };
    }),
  ];
}

function drawCells(
  canvas: Canvas,
  row: GridRow,
  look: GridLook,
  y: number,
  atBottom: boolean,
  isDecoration: boolean,
): void {
  const height = rowHeight(row, look);
  row.cells.forEach(({ lines, part, label }, index) => {
    const { x, width, align, labelEnd = x } = look.columns[index]!;
    const top = y + (atBottom ? height - look.paddingBottom - heightOf(lines) : look.paddingTop);
    if (label !== undefined) {
      const lower = (lines[0]?.ascent ?? 0) - label.line.ascent; // so that both stand on one baseline
      canvas.mark(label.part, () => canvas.line(label.line, labelEnd - label.line.width, top + lower));
    }
    canvas.mark(isDecoration ? undefined : part, () => canvas.lines(lines, x, top, width, align));
  });
}

function rowHeight({ cells }: GridRow, { paddingTop, paddingBottom }: GridLook): number {
  return paddingTop + paddingBottom + Math.max(0, ...cells.map(({ lines }) => heightOf(lines)));
}

/** A row as rows that each fit on a page. */
function cutRow(row: GridRow, look: GridLook, room: number): GridRow[] {
  if (rowHeight(row, look) <= room) return [row];
  const parts: GridRow[] = [];
  let rest = row.cells.map(({ lines }) => lines);
  for (let isFirst = true; isFirst || rest.some((lines) => lines.length > 0); isFirst = false) {
    const heads = rest.map((lines) => lines.slice(0, linesThatFit(lines, room - look.paddingTop - look.paddingBottom)));
    rest = rest.map((lines, index) => lines.slice(heads[index]!.length));
    parts.push({
      ...row,
      cells: row.cells.map(({ part, label }, index) => ({
        lines: heads[index]!,
        part,
        ...(isFirst && label !== undefined ? { label } : {}),
      })),
    });
  }
  return parts;
}

function linesThatFit(lines: readonly Line[], room: number): number {
  let count = 0;
  for (let height = 0; count < lines.length; count++) {
    height += lines[count]!.ascent + lines[count]!.descent;
    if (height > room && count > 0) break;
  }
  return count;
}
