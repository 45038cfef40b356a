import type { Block } from '../document.js';
import type { Canvas } from './canvas.js';
import { captionSlices } from './figure-slices.js';
import { gridSlices, type GridCell, type GridLook } from './grid-slices.js';
import { breakLines } from './lines.js';
import { BLOCK_GAP, CAPTION, FAINT, INK, LEFT, SAMPLE, WIDTH, type TextStyle } from './page-style.js';
import type { Slice } from './paginate.js';

type Samples = Block & { kind: 'samples' };

/** More columns than this would be too narrow for a text; they follow below. */
const MAX_COLUMNS = 3;
const COLUMN_GAP = 14;
/** For the numbers of the texts. */
const INDENT = 20;
const TITLE: TextStyle = { font: 'bold', size: 8.5, leading: 11.5, colour: INK };
const NUMBER: TextStyle = { font: 'regular', size: 6.5, leading: 9.6, colour: FAINT };
const REMARK: TextStyle = { font: 'italic', size: 7.5, leading: 9.6, colour: FAINT };

/**
 * Texts that a model wrote: columns beside each other, a text of each column in a row, so that they can be compared.
 * The texts of a single column stand in two, line by line.
 */
export function sampleSlices(canvas: Canvas, samples: Samples): Slice[] {
  const columns = samples.columns.map(({ title, texts }) => ({
    title,
    texts,
    numbers: numbersTo(texts.length),
  }));
  const groups = columns.length === 1 ? [inTwo(columns[0]!)] : inGroups(columns);
  return [
    ...captionSlices(canvas, '', samples.caption, canvas.part('Caption')),
    ...groups.flatMap((group, index) => [
      ...(index === 0 ? [] : [{ gap: BLOCK_GAP, height: 0, keep: true, draw: () => undefined }]),
      ...groupSlices(canvas, group),
    ]),
    { gap: 0, height: 8, keep: false, draw: () => undefined },
  ];
}

interface Column {
  readonly title: string;
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

function groupSlices(canvas: Canvas, group: readonly Column[]): Slice[] {
  const width = (WIDTH - (group.length - 1) * COLUMN_GAP) / group.length;
  const look: GridLook = {
    columns: group.map((_column, index) => {
      const left = LEFT + index * (width + COLUMN_GAP);
      return { x: left + INDENT, width: width - INDENT, align: 'left', labelEnd: left + INDENT - 5 };
    }),
    width: WIDTH,
    paddingTop: 1.5,
    paddingBottom: 1.5,
    hasRules: false,
  };
  const list = canvas.part('L');
  const cell = (column: Column, row: number): GridCell => {
    const text = column.texts[row];
    const item = canvas.part('LI', list);
    const isNone = column.texts.length === 0 && row === 0 && column.title !== '';
    if (text === undefined && !isNone) return { lines: [], part: item };
    const part = canvas.part('LBody', item);
    const remark = isNone ? 'no texts' : text === '' ? 'empty' : undefined;
    const lines = breakLines(remark ?? text!, remark === undefined ? SAMPLE : REMARK, width - INDENT, canvas);
    if (isNone) return { lines, part };
    const number = breakLines(`${column.numbers[row]!}.`, NUMBER, INDENT, canvas)[0]!;
    return { lines, part, label: { line: number, part: canvas.part('Lbl', item) } };
  };
  const header = {
    cells: group.map(({ title }) => ({
      lines: breakLines(title, TITLE, width, canvas),
      part: canvas.part('P'),
    })),
  };
  const rows = Array.from({ length: Math.max(1, ...group.map(({ texts }) => texts.length)) }, (_, row) => ({
    cells: group.map((column) => cell(column, row)),
  }));
  const titleLook = {
    ...look,
    columns: look.columns.map((column) => ({ ...column, x: column.x - INDENT, width })),
  };
  const continued = breakLines('continued', CAPTION, WIDTH, canvas)[0]!;
  return gridSlices(canvas, look, header, rows, continued, titleLook);
}

/** Texts in turns to the left and to the right. */
function inTwo({ title, texts, numbers }: Column): Column[] {
  const half = (side: number, name: string): Column => ({
    title: name,
    texts: texts.filter((_text, index) => index % 2 === side),
    numbers: numbers.filter((_number, index) => index % 2 === side),
  });
  return [half(0, title), half(1, '')];
}

/** As few groups as possible, of sizes as equal as possible. */
function inGroups(columns: readonly Column[]): Column[][] {
  const count = Math.ceil(columns.length / MAX_COLUMNS);
  return Array.from({ length: count }, (_, group) =>
    columns.slice(Math.ceil((group * columns.length) / count), Math.ceil(((group + 1) * columns.length) / count)),
  );
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
