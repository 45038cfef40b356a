/** The blocks of a report as slices of pages. */
import { figureSize } from '../../figures/drawing/svg.js';
import { POINTS_PER_PIXEL } from '../../figures/figure-pdf.js';
import type { Block, BlockOf, Text } from '../document.js';
import { inlinesOf, plainText } from '../outline.js';
import type { Canvas, Part } from './canvas.js';
import { breakLines, heightOf, type Line } from './lines.js';
import { withSpace, type Slice } from './paginate.js';
import { rowSlices, type Row } from './rows.js';
import * as style from './style.js';
import { BLOCK_GAP, BODY, CAPTION, CAPTION_GAP, LEFT, PARAGRAPH_GAP, WIDTH } from './style.js';
import { inGroups, tableSlices } from './table.js';

/** @param label what the block's caption begins with */
export function blockSlices(canvas: Canvas, block: Block, label: string): Slice[] {
  switch (block.kind) {
    case 'heading':
      return headingSlices(canvas, block);
    case 'paragraph':
      return paragraphSlices(canvas, block.text);
    case 'list':
      return listSlices(canvas, block);
    case 'formula':
      return formulaSlices(canvas, block);
    case 'table':
      return [...captionSlices(canvas, label, block.caption), ...withSpace(tableSlices(canvas, block, label), 0, 8)];
    case 'figure':
      return figureSlices(canvas, block, label);
    case 'samples':
      return [...captionSlices(canvas, '', block.caption), ...withSpace(sampleSlices(canvas, block), 0, 8)];
    case 'code':
      return codeSlices(canvas, block, label);
    case 'note':
      return noteSlices(canvas, block);
    case 'contents':
      return []; // made of the headings of the whole report
  }
}

/** Lines of text, each a slice; the first two stay together, and so do the last two. */
export function lineSlices(
  canvas: Canvas,
  lines: readonly Line[],
  part: Part,
  { x = LEFT, gap, keep = false }: { readonly x?: number; readonly gap: number; readonly keep?: boolean },
): Slice[] {
  const last = lines.length - 1;
  return lines.map((line, index) => ({
    gap: index === 0 ? gap : 0,
    height: heightOf([line]),
    keep: keep || (index < last && (index === 0 || index === last - 1)),
    draw: (y) => canvas.mark(part, () => canvas.line(line, x, y)),
  }));
}

export function paragraphSlices(canvas: Canvas, text: Text, textStyle = BODY, gap = PARAGRAPH_GAP): Slice[] {
  return lineSlices(canvas, breakLines(text, textStyle, WIDTH, canvas), canvas.part('P'), { gap });
}

/**
 * The first two levels of headings in two columns, each a link with the number of its page, which is asked for when it
 * is drawn.
 */
export function contentsSlices(
  canvas: Canvas,
  headings: readonly BlockOf<'heading'>[],
  pageOf: (id: string) => number,
): Slice[] {
  const entries = headings.filter(({ level }) => level < 3);
  if (entries.length === 0) return [];
  const contents = canvas.part('TOC');
  const title = breakLines('Contents', style.CONTENTS_TITLE, WIDTH, canvas);
  const rule = (gap: number): Slice => ({
    gap,
    height: 0,
    keep: true,
    draw: (y) => canvas.mark(undefined, () => canvas.rectangle(LEFT, y, WIDTH, 0.5, style.LINE)),
  });
  const between = 24;
  const width = (WIDTH - between) / 2;
  const entrySlices = ({ level, id, text }: BlockOf<'heading'>, left: number): Slice[] => {
    const { indent, gap, ...look } = style.CONTENTS[level - 1]!;
    const part = canvas.part('TOCI', contents);
    const lines = breakLines(text, look, width - indent - 30, canvas); // 30 for the page number
    const slices = lineSlices(canvas, lines, part, { x: left + indent, gap });
    return slices.map((slice, index) => ({
      ...slice,
      draw: (y) => {
        slice.draw(y);
        canvas.link(`#${id}`, left, y, width, slice.height);
        if (index < slices.length - 1) return;
        const [number] = breakLines(`${pageOf(id)}`, { ...look, colour: style.FAINT }, width, canvas);
        canvas.mark(part, () => canvas.line(number!, left + width - number!.width, y));
      },
    }));
  };
  // The second column begins with the chapter that comes nearest to the middle.
  const starts = entries.flatMap(({ level }, index) => (level === 1 && index > 0 ? index : []));
  const offCentre = (index: number): number => Math.abs(index - entries.length / 2);
  const middle = starts.sort((a, b) => offCentre(a) - offCentre(b))[0] ?? entries.length;
  return [
    rule(18),
    ...lineSlices(canvas, title, canvas.part('P', contents), { gap: 8, keep: true }),
    besideEachOther([
      entries.slice(0, middle).flatMap((entry) => entrySlices(entry, LEFT)),
      entries.slice(middle).flatMap((entry) => entrySlices(entry, LEFT + width + between)),
    ]),
    { ...rule(8), keep: false },
  ];
}

/** Columns of slices as one slice. */
function besideEachOther(columns: readonly (readonly Slice[])[]): Slice {
  const placed = columns.map((slices) => {
    let bottom = 0;
    return slices.map(({ gap, height, draw }) => {
      bottom += gap + height;
      return { top: bottom - height, bottom, draw };
    });
  });
  return {
    gap: 2,
    keep: true,
    height: Math.max(...placed.map((slices) => slices.at(-1)?.bottom ?? 0)),
    draw: (y) => placed.flat().forEach(({ top, draw }) => draw(y + top)),
  };
}

function headingSlices(canvas: Canvas, { level, id, text }: BlockOf<'heading'>): Slice[] {
  const { gap, ...look } = style.HEADINGS[level - 1]!;
  const part = canvas.part(`H${level + 1}`); // H1 is the report's title
  const [first, ...others] = lineSlices(canvas, breakLines(text, look, WIDTH, canvas), part, { gap, keep: true });
  return [{ ...first!, anchor: id, ...(level === 1 && { flow: 'barrier' }) }, ...others];
}

function listSlices(canvas: Canvas, { ordered, items }: BlockOf<'list'>): Slice[] {
  const indent = 20;
  const list = canvas.part('L');
  const rows = items.map((item, index): Row => {
    const part = canvas.part('LI', list);
    const label = breakLines(ordered ? `${index + 1}.` : '•', BODY, indent, canvas);
    return {
      cells: [
        { lines: label, part: canvas.part('Lbl', part), x: LEFT + indent - 6, align: 'right' },
        { lines: breakLines(item, BODY, WIDTH - indent, canvas), part: canvas.part('LBody', part), x: LEFT + indent },
      ],
      padding: 1.5,
    };
  });
  return withSpace(rowSlices(canvas, rows), PARAGRAPH_GAP - 1.5);
}

/** On a ground of its own, with a bar at the left. */
function noteSlices(canvas: Canvas, { text }: BlockOf<'note'>): Slice[] {
  const [padding, bar] = [7, 3];
  const x = LEFT + bar + 10;
  const lines = breakLines(text, style.NOTE, LEFT + WIDTH - padding - x, canvas);
  const decorate = (y: number, height: number): void => {
    canvas.rectangle(LEFT, y, WIDTH, height, style.RAISED);
    canvas.rectangle(LEFT, y, bar, height, style.LINK);
  };
  const row = { cells: [{ lines, part: canvas.part('P'), x }], padding, decorate };
  return withSpace(rowSlices(canvas, [row]), PARAGRAPH_GAP + 2, 2);
}

/** Lines of code on a ground of their own, as large as the widest one allows, all on one page. */
function codeSlices(canvas: Canvas, { file, caption, text }: BlockOf<'code'>, label: string): Slice[] {
  const padding = 8;
  const lines = text.split('\n');
  const widest = Math.max(...lines.map((line) => canvas.width(line, style.CODE.font, 1)));
  const size = Math.min(style.CODE.size, (WIDTH - 2 * padding) / widest);
  const look = { ...style.CODE, size };
  const part = canvas.part('Code');
  const rows = lines.map((line, index): Row => {
    const [first, last] = [index === 0, index === lines.length - 1];
    const decorate = (y: number, height: number) =>
      canvas.rectangle(LEFT, first ? y - 4 : y, WIDTH, height + (first ? 4 : 0) + (last ? 4 : 0), style.RAISED);
    return { cells: [{ lines: breakLines(line, look, WIDTH, canvas), part, x: LEFT + padding }], padding: 0, decorate };
  });
  const slices = rowSlices(canvas, rows).map((slice, index) => ({ ...slice, keep: index < rows.length - 1 }));
  const head = captionSlices(canvas, label, [...inlinesOf(caption), ' ', { code: file }]);
  return [...head, ...withSpace(slices, 4, 12)];
}

/** In the middle of the page; smaller if it is too wide. */
function formulaSlices(canvas: Canvas, { tex, words }: BlockOf<'formula'>): Slice[] {
  const part = canvas.part('Formula', undefined, { alt: words });
  const formula = canvas.typeset(tex, { display: true });
  const size = Math.min(BODY.size * 1.05, WIDTH / formula.width);
  const x = LEFT + (WIDTH - formula.width * size) / 2;
  const ascent = (formula.height - formula.depth) * size;
  const draw = (y: number): void =>
    canvas.mark(part, () => canvas.formula(formula, tex, size, BODY.colour, x, y + ascent));
  return [{ gap: PARAGRAPH_GAP + 3, height: formula.height * size, after: 4, draw }];
}

/** A caption that stays with what follows. */
function captionSlices(canvas: Canvas, label: string, caption: Text): Slice[] {
  const lines = breakLines(labelled(label, caption), CAPTION, WIDTH, canvas);
  const slices = lineSlices(canvas, lines, canvas.part('Caption'), { gap: BLOCK_GAP, keep: true });
  return withSpace(slices, BLOCK_GAP, CAPTION_GAP);
}

/** A figure is made smaller by this factor at most, so that the page need not be left empty. */
const SMALLEST = 0.7;

/**
 * A figure with its caption below, on one page: smaller if it is wider or, with its caption, higher than the page.
 * Where it does not fit, it is made a little smaller, or the text after it comes first.
 */
function figureSlices(canvas: Canvas, figure: BlockOf<'figure'>, label: string): Slice[] {
  const part = canvas.part('Figure', undefined, { alt: figure.description });
  const caption = breakLines(labelled(label, figure.caption), CAPTION, WIDTH, canvas);
  const size = figureSize(figure.svg);
  const room = style.BOTTOM - style.TOP - CAPTION_GAP - heightOf(caption);
  const largest = Math.min(POINTS_PER_PIXEL, WIDTH / size.width, room / size.height);
  const drawn = (scale: number): Slice => ({
    gap: BLOCK_GAP,
    height: size.height * scale,
    keep: true,
    flow: 'float',
    anchor: figure.id,
    draw: (y) => {
      const [width, height] = [size.width * scale, size.height * scale];
      canvas.mark(part, () => canvas.figure(figure.svg, LEFT + (WIDTH - width) / 2, y, width, height));
    },
  });
  const drawing: Slice = {
    ...drawn(largest),
    shrink: (height) => (height < SMALLEST * size.height * largest ? undefined : drawn(height / size.height)),
  };
  const lines = lineSlices(canvas, caption, canvas.part('Caption'), { gap: CAPTION_GAP, keep: true });
  return [drawing, ...lines.slice(0, -1), { ...lines.at(-1)!, keep: false, after: 6 }];
}

/** More columns than this would be too narrow for a text; they follow below. */
const MAX_COLUMNS = 3;

interface SampleColumn {
  readonly title: string;
  readonly items: readonly { readonly number: string; readonly text: Text; readonly look: style.TextStyle }[];
}

/**
 * Texts that a model wrote: columns beside each other, a text of each column in a row, so that they can be compared.
 * The texts of a single column stand in two, line by line.
 */
function sampleSlices(canvas: Canvas, { columns }: BlockOf<'samples'>): Slice[] {
  const remark = (number: string, text: string) => ({ number, text, look: style.SAMPLE_REMARK });
  const shown = columns.map(({ title, texts }): SampleColumn => {
    const items = texts.map((text, index) => {
      const number = `${index + 1}.`;
      return plainText(text) === '' ? remark(number, 'empty') : { number, text, look: style.SAMPLE };
    });
    return { title, items: texts.length === 0 ? [remark('', 'no texts')] : items };
  });
  const [first] = shown;
  const inTurns = (side: number): SampleColumn['items'] => first!.items.filter((_, index) => index % 2 === side);
  const groups =
    first !== undefined && shown.length === 1
      ? [[0, 1].map((side) => ({ title: side === 0 ? first.title : '', items: inTurns(side) }))]
      : inGroups(shown, Math.ceil(shown.length / MAX_COLUMNS));
  const most = Math.max(...groups.map(({ length }) => length));
  return groups.flatMap((group, index) =>
    withSpace(sampleGroupSlices(canvas, group, most), index === 0 ? 0 : BLOCK_GAP),
  );
}

/** @param columns that the width is for: the last group may have fewer, equally wide */
function sampleGroupSlices(canvas: Canvas, group: readonly SampleColumn[], columns: number): Slice[] {
  const [gap, indent, padding] = [14, 20, 1.5]; // the indent is for the texts' numbers
  const width = (WIDTH - (columns - 1) * gap) / columns;
  const leftOf = (column: number): number => LEFT + column * (width + gap);
  const header = {
    cells: group.map(({ title }, column) => ({
      lines: breakLines(title, style.SAMPLE_TITLE, width, canvas),
      part: canvas.part('P'),
      x: leftOf(column),
    })),
    padding,
    decorate: (y: number, height: number) => canvas.rectangle(LEFT, y + height - 0.45, WIDTH, 0.9, style.FAINT),
  };
  const list = canvas.part('L');
  const rows = Array.from({ length: Math.max(...group.map(({ items }) => items.length)) }, (_, row): Row => {
    const cells = group.flatMap(({ items }, column): Row['cells'] => {
      const item = items[row];
      if (item === undefined) return [];
      const part = canvas.part('LI', list);
      const number = breakLines(item.number, style.SAMPLE_NUMBER, indent, canvas);
      const lines = breakLines(item.text, item.look, width - indent, canvas);
      const x = leftOf(column) + indent;
      return [
        { lines: number, part: canvas.part('Lbl', part), x: x - 5, align: 'right' },
        { lines, part: canvas.part('LBody', part), x },
      ];
    });
    return { cells, padding };
  });
  return rowSlices(canvas, rows, { header, continued: breakLines('continued', CAPTION, WIDTH, canvas)[0]! });
}

/** A caption, with the block's label in bold. */
function labelled(label: string, caption: Text): Text {
  return label === '' ? caption : [{ strong: `${label}. ` }, ...inlinesOf(caption)];
}
