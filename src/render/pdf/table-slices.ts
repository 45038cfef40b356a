import type { Block } from '../document.js';
import type { Canvas } from './canvas.js';
import { columnGroups, columnWidths, minOf, type ColumnNeed } from './column-widths.js';
import { captionSlices } from './figure-slices.js';
import { gridSlices, type GridLook, type GridRow } from './grid-slices.js';
import { breakLines, textWidths } from './lines.js';
import { BLOCK_GAP, CAPTION, INK, LEFT, WIDTH, type TextStyle } from './page-style.js';
import type { Slice } from './paginate.js';

type Table = Block & { kind: 'table' };

/** From the size that is used where there is room to the smallest that is. */
const SIZES = [8.5, 8, 7.5, 7];
/** Of a table whose columns follow in groups. */
const SIZE_OF_GROUPS = 8;
/** Left and right of a cell's text, together: times the size of the text. */
const PADDING = 1.15;
/** No word makes a column wider than this; longer ones are broken. */
const MAX_WORD = WIDTH * 0.4;
/** A header of two lines is about this much as wide as in one; a little more than half, since words differ. */
const TWO_LINES = 0.6;
/** A column of texts is not made narrower than this, if its texts are wider. */
const NARROWEST_TEXT = 60;

/**
 * A table below its caption. If it is too wide, its text gets smaller; if that is not enough, its columns follow in
 * groups, each with the first column.
 */
export function tableSlices(canvas: Canvas, table: Table, label: string): Slice[] {
  const { columns } = table;
  const size = SIZES.find((each) => minOf(needsOf(canvas, table, each)) <= WIDTH) ?? SIZE_OF_GROUPS;
  const needs = needsOf(canvas, table, size);
  const groups = columns.length === 0 ? [] : columnGroups(needs, WIDTH);
  const slices = groups.flatMap((group, index) => [
    ...(index === 0 ? [] : [{ gap: BLOCK_GAP, height: 0, keep: true, draw: () => undefined }]),
    ...groupSlices(canvas, table, label, size, needs, group),
  ]);
  return [
    ...captionSlices(canvas, label, table.caption, canvas.part('Caption')),
    ...slices,
    { gap: 0, height: 8, keep: false, draw: () => undefined },
  ];
}

function groupSlices(
  canvas: Canvas,
  table: Table,
  label: string,
  size: number,
  needs: readonly ColumnNeed[],
  group: readonly number[],
): Slice[] {
  const widths = columnWidths(
    group.map((column) => needs[column]!),
    WIDTH,
  );
  const padding = PADDING * size;
  let left = LEFT;
  const columns = group.map((column, index) => {
    const place = {
      x: left + padding / 2,
      width: widths[index]! - padding,
      align: table.columns[column]!.align,
    };
    left += widths[index]!;
    return place;
  });
  const look: GridLook = { columns, width: left - LEFT, paddingTop: 3, paddingBottom: 3, hasRules: true };
  const part = canvas.part('Table');
  const row = (texts: readonly string[], style: TextStyle, isHeader: boolean, isEmphasised: boolean): GridRow => {
    const rowPart = canvas.part('TR', part);
    const cells = group.map((column, index) => {
      const scope = isHeader ? 'Column' : index === 0 && table.columns[0]!.align === 'left' ? 'Row' : undefined;
      return {
        // A little more room than it needs, so that rounding breaks no word.
        lines: breakLines(texts[column]!, style, columns[index]!.width + 0.01, canvas),
        part: scope === undefined ? canvas.part('TD', rowPart) : canvas.part('TH', rowPart, { scope }),
      };
    });
    return { cells, isEmphasised };
  };
  const headers = table.columns.map((column) => column.header);
  const header = headers.every((text) => text === '') ? undefined : row(headers, cellStyle(size, true), true, false);
  const rows = table.rows.map((texts, index) => {
    const isEmphasised = table.emphasised?.includes(index) ?? false;
    return row(texts, cellStyle(size, isEmphasised), false, isEmphasised);
  });
  const continued = breakLines(`${label}, continued`, CAPTION, WIDTH, canvas)[0]!;
  return gridSlices(canvas, look, header, rows, continued);
}

function needsOf(canvas: Canvas, table: Table, size: number): ColumnNeed[] {
  return table.columns.map(({ header, align }, column) => {
    const headerWidths = textWidths(header, cellStyle(size, true), canvas);
    let least = Math.min(headerWidths.least, MAX_WORD);
    let natural = Math.max(least, headerWidths.natural * TWO_LINES);
    table.rows.forEach((row, index) => {
      const isBold = table.emphasised?.includes(index) ?? false;
      const widths = textWidths(row[column]!, cellStyle(size, isBold), canvas);
      natural = Math.max(natural, widths.natural);
      least = Math.max(least, Math.min(widths.least, MAX_WORD));
    });
    if (align === 'left') least = Math.max(least, Math.min(natural, NARROWEST_TEXT));
    const wide = Math.max(natural, headerWidths.natural);
    const padding = PADDING * size;
    return { wide: wide + padding, natural: natural + padding, least: least + padding };
  });
}

function cellStyle(size: number, isBold: boolean): TextStyle {
  return { font: isBold ? 'bold' : 'regular', size, leading: size * 1.35, colour: INK };
}
