/** Headings, paragraphs, lists, notes and formulas as slices of pages. */
import type { Block, Text } from '../document.js';
import type { Canvas, Part } from './canvas.js';
import { breakLines, type Line } from './lines.js';
import { BODY, HEADINGS, LEFT, LINK, NOTE, PARAGRAPH_GAP, RAISED, WIDTH, type TextStyle } from './page-style.js';
import type { Slice } from './paginate.js';

type Of<K extends Block['kind']> = Block & { kind: K };

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
    height: line.ascent + line.descent,
    keep: index === last ? keep : keep || index === 0 || index === last - 1,
    draw: (y) => canvas.mark(part, () => canvas.line(line, x, y)),
  }));
}

export function headingSlices(canvas: Canvas, { level, id, text }: Of<'heading'>): Slice[] {
  const style = HEADINGS[level - 1]!;
  const part = canvas.part(`H${level + 1}`); // H1 is the report's title
  const lines = breakLines(text, style, WIDTH, canvas);
  const slices = lineSlices(canvas, lines, part, { gap: style.gap, keep: true });
  slices[0] = { ...slices[0]!, anchor: id, ...(level === 1 ? { flow: 'last call' } : {}) };
  return [...slices, { gap: 0, height: Math.max(0, style.after - PARAGRAPH_GAP), keep: true, draw: () => undefined }];
}

export function paragraphSlices(
  canvas: Canvas,
  text: Text,
  { style = BODY, gap = PARAGRAPH_GAP }: { readonly style?: TextStyle; readonly gap?: number } = {},
): Slice[] {
  return lineSlices(canvas, breakLines(text, style, WIDTH, canvas), canvas.part('P'), { gap });
}

export function listSlices(canvas: Canvas, { ordered, items }: Of<'list'>): Slice[] {
  const indent = 20;
  const list = canvas.part('L');
  return items.flatMap((item, index) => {
    const part = canvas.part('LI', list);
    const [labelPart, body] = [canvas.part('Lbl', part), canvas.part('LBody', part)];
    const label = breakLines(ordered ? `${index + 1}.` : '•', BODY, indent, canvas)[0]!;
    const lines = breakLines(item, BODY, WIDTH - indent, canvas);
    const slices = lineSlices(canvas, lines, body, {
      x: LEFT + indent,
      gap: index === 0 ? PARAGRAPH_GAP : 3,
    });
    const first = slices[0]!;
    slices[0] = {
      ...first,
      draw: (y) => {
        const baseline = lines[0]!.ascent - label.ascent; // a formula may make the first line higher
        canvas.mark(labelPart, () => canvas.line(label, LEFT + indent - 6 - label.width, y + baseline));
        first.draw(y);
      },
    };
    return slices;
  });
}

/** On a ground of its own, with a bar at the left. */
export function noteSlices(canvas: Canvas, { text }: Of<'note'>): Slice[] {
  const [padding, bar] = [8, 3];
  const part = canvas.part('P');
  const lines = breakLines(text, NOTE, WIDTH - bar - 2 * padding - 4, canvas);
  const ground = (y: number, height: number): void =>
    canvas.mark(undefined, () => {
      // A little higher than the slice, so that no gap shows between two.
      canvas.rectangle(LEFT, y, WIDTH, height + 0.3, RAISED);
      canvas.rectangle(LEFT, y, bar, height + 0.3, LINK);
    });
  const edge = (gap: number, keep: boolean): Slice => ({
    gap,
    height: padding - 2,
    keep,
    draw: (y) => ground(y, padding - 2),
  });
  const slices = lineSlices(canvas, lines, part, { x: LEFT + bar + padding + 2, gap: 0, keep: true });
  return [
    edge(PARAGRAPH_GAP + 2, true),
    ...slices.map((slice) => ({
      ...slice,
      draw: (y: number) => {
        ground(y, slice.height);
        slice.draw(y);
      },
    })),
    { ...edge(0, false), height: padding - 1 },
    { gap: 0, height: 2, keep: false, draw: () => undefined },
  ];
}

/** In the middle of the page; smaller if it is too wide. */
export function formulaSlices(canvas: Canvas, { tex, words }: Of<'formula'>): Slice[] {
  const part = canvas.part('Formula', undefined, { alt: words });
  const formula = canvas.typeset(tex, { display: true });
  const size = Math.min(BODY.size * 1.05, WIDTH / formula.width);
  const [width, height] = [formula.width * size, formula.height * size];
  const ascent = (formula.height - formula.depth) * size;
  const piece = { kind: 'formula', tex, formula, size, colour: BODY.colour, width } as const;
  return [
    {
      gap: PARAGRAPH_GAP + 3,
      height,
      keep: false,
      draw: (y) => canvas.mark(part, () => canvas.formula(piece, LEFT + (WIDTH - width) / 2, y + ascent)),
    },
    { gap: 0, height: 4, keep: false, draw: () => undefined },
  ];
}
