/** What a model attends to: for each head, a triangle of queries by keys. */
import { heading } from './drawing/heading.js';
import { area, drawSheet, patches, polyline, rectangles, texts } from './drawing/sheet.js';
import type { Label, Layer, Span } from './drawing/sheet.js';
import { shorten, textWidth } from './drawing/text.js';
import { FAINT_INK, FONT_SIZE, GRID, HEAT, INK, MARGIN } from './palette.js';

/** What {@link attentionFigure} draws. Sizes are in pixels. */
export interface AttentionFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** The characters that the model read, which are queries (down) as well as keys (across). Spaces get a mark. */
  readonly characters: readonly string[];
  readonly heads: readonly {
    readonly label: string;
    /** weights[query][key], from 0 to 1, for keys up to the query. */
    readonly weights: readonly (readonly number[])[];
  }[];
  readonly width?: number;
}

const MAX_ACROSS = 6;
/** Characters of smaller cells could not be read. */
const MIN_CELL = 4;
const MAX_CELL = 16;
/** So high is a page, with its margins and a caption. */
const PAGE = 940;
const LABEL_HEIGHT = 23;
const GAP = 14;
const LEGEND_HEIGHT = 26;
/** Opacities are rounded to as many steps: no eye tells them apart, and cells of one step are one path. */
const STEPS = 32;

/** How opaque a weight is: the root, so that weights spread over many keys are not all the same white. */
function opacity(weight: number): number {
  return Math.sqrt(Math.max(0, Math.min(1, weight)));
}

/**
 * Draws a small causal triangle for each head: the more opaque, the more of a query's attention goes to a key. Each
 * character stands at the end of its row and above its column.
 *
 * @returns an SVG document, 640 wide by default, as high as it takes
 * @example
 * const svg = await attentionFigure({
 *   title: 'Attention', characters: ['cls', 'a'], heads: [{ label: 'head 1', weights: [[1], [0.2, 0.8]] }],
 * });
 */
export function attentionFigure(options: AttentionFigureOptions): Promise<string> {
  const { title, subtitle, characters, heads, width = 640 } = options;
  const below = heading(title, subtitle, width).bottom;
  const top = below + LEGEND_HEIGHT + 8;
  const { across, cell } = grid(characters, heads.length, width, PAGE - top);
  const down = LABEL_HEIGHT + characters.length * cell + GAP;
  const columnWidth = (width - MARGIN) / across;
  const corners = heads.map((_, head) => ({
    left: Math.round(MARGIN + (head % across) * columnWidth),
    top: top + Math.floor(head / across) * down + LABEL_HEIGHT,
  }));
  const height = top + Math.max(1, Math.ceil(heads.length / across)) * down;

  return drawSheet({ title, subtitle, width, height }, [
    ...legendLayers(below + 8, width),
    ...corners.map((corner, head) => groundLayer(`ground${head}`, corner, characters.length, cell)),
    ...weightLayers(options, corners, cell),
    ...characterLayers(characters, corners, cell),
    texts(
      'heads',
      heads.map(({ label }, head) => {
        const { left: x, top } = corners[head]!;
        return { x, y: top - 9, text: shorten(label, columnWidth - GAP, FONT_SIZE, true) };
      }),
      { bold: true },
    ),
  ]);
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

/** How many triangles stand beside each other, and the size of their cells: as large as a page has room for. */
function grid(
  characters: readonly string[],
  heads: number,
  width: number,
  room: number,
): { across: number; cell: number } {
  const last = textWidth(characters.at(-1) ?? '') + 4; // to the right of its triangle
  const choices = Array.from({ length: Math.min(MAX_ACROSS, Math.max(1, heads)) }, (_, i) => {
    const across = i + 1;
    const size = (width - MARGIN) / across - last - GAP;
    const cell = Math.max(1, Math.min(MAX_CELL, Math.floor(size / Math.max(1, characters.length))));
    const height = Math.ceil(heads / across) * (LABEL_HEIGHT + characters.length * cell + GAP);
    return { across, cell, height };
  });
  const legible = choices.filter(({ cell }) => cell >= MIN_CELL);
  const fitBaselinesOf = legible.filter(({ height }) => height <= room);
  const best = (of: readonly (typeof choices)[number][], by: (choice: (typeof choices)[number]) => number) =>
    of.reduce((a, b) => (by(b) < by(a) ? b : a));
  if (fitBaselinesOf.length > 0) return best(fitBaselinesOf, ({ cell, height }) => height / PAGE / 2 - cell);
  return legible.length > 0 ? best(legible, ({ height }) => height) : choices[0]!;
}

/** The cells that a query can look at, as a pale stair. */
function groundLayer(name: string, { left, top }: Corner, characters: number, cell: number): Layer {
  const bottom = top + characters * cell;
  const steps = Array.from({ length: characters }, (_, i) => [
    { x: left + i * cell, y: top + i * cell, y2: bottom },
    { x: left + (i + 1) * cell, y: top + i * cell, y2: bottom },
  ]).flat();
  return area(name, steps, { fill: GRID, opacity: 0.55 });
}

/** A layer for each step of opacity; neighbours in a row that have the same one are one rectangle. */
function weightLayers(
  { characters, heads }: AttentionFigureOptions,
  corners: readonly Corner[],
  cell: number,
): Layer[] {
  const spans = Array.from({ length: STEPS + 1 }, (): Span[] => []);
  heads.forEach(({ weights }, head) => {
    const { left, top } = corners[head]!;
    characters.forEach((_, query) => {
      const steps = Array.from({ length: query + 1 }, (_, key) =>
        Math.round(STEPS * opacity(weights[query]?.[key] ?? 0)),
      );
      const y = top + query * cell;
      for (let key = 0, end = 1; key <= query; key = end++) {
        while (end <= query && steps[end] === steps[key]) end++;
        spans[steps[key]!]?.push({ x: left + key * cell, x2: left + end * cell, y, y2: y + cell });
      }
    });
  });
  return spans.flatMap((own, step) =>
    step === 0 || own.length === 0 ? [] : [patches(`weights${step}`, own, { fill: HEAT, opacity: step / STEPS })],
  );
}

/** The characters along the diagonal, and a mark for each space. */
function characterLayers(characters: readonly string[], corners: readonly Corner[], cell: number): Layer[] {
  const fontSize = Math.min(FONT_SIZE, cell + 3);
  const places = corners.flatMap(({ left, top }) =>
    characters.map((text, i) => ({
      text,
      x: left + (i + 1) * cell + 2,
      // The first one is long, as a rule, and has room above.
      y: top + (i + 0.5) * cell - (i === 0 && text.length > 1 ? 3 : 0),
    })),
  );
  const isSpace = ({ text }: Label): boolean => text === ' ' || text === '_';
  const [wide, deep] = [Math.min(fontSize * 0.5, cell - 2), fontSize * 0.3];
  return [
    texts(
      'characters',
      places.filter((place) => !isSpace(place)),
      { baseline: 'middle', fontSize },
    ),
    polyline(
      'spaces',
      places
        .filter(isSpace)
        .flatMap(({ x, y }) => [{ x, y }, { x, y: y + deep }, { x: x + wide, y: y + deep }, { x: x + wide, y }, null]),
      { colour: INK, width: 0.9 },
    ),
  ];
}

/** Some opacities with their weights, and what rows and columns are. */
function legendLayers(top: number, width: number): Layer[] {
  const shades = [0.2, 0.4, 0.6, 0.8, 1];
  const middle = top + 7;
  const room = 46;
  const from = MARGIN + textWidth('weight') + 8;
  const spans = shades.map((shade, i) => ({
    x: from + i * room,
    x2: from + i * room + 14,
    y: top,
    y2: top + 14,
    opacity: shade,
  }));
  const noteRoom = width - MARGIN - (from + shades.length * room);
  const note = shorten('row: the character that looks · column: the character looked at', noteRoom);
  return [
    rectangles('legend', spans, HEAT),
    texts(
      'legend-weights',
      spans.map(({ x2, opacity: shade }) => ({
        x: x2 + 4,
        y: middle,
        text: String(Math.round(shade ** 2 * 100) / 100),
      })),
      { baseline: 'middle' },
    ),
    texts('legend-title', [{ x: MARGIN, y: middle, text: 'weight' }], {
      baseline: 'middle',
      colour: FAINT_INK,
    }),
    texts('legend-note', [{ x: width - MARGIN, y: middle, text: note }], {
      align: 'right',
      baseline: 'middle',
      colour: FAINT_INK,
    }),
  ];
}
