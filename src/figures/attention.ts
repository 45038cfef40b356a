/** What a model attends to: for each head, a triangle of queries by keys. */
import { header, type FigureOptions } from './drawing/frame.js';
import { tickText } from './drawing/scales.js';
import { boxes, patches, polyline, svgDocument, texts, type Layer, type Segment } from './drawing/svg.js';
import { shorten, textWidth } from './drawing/text.js';
import { FAINT_INK, FONT_SIZE, GRID, HEAT, INK, MARGIN, WIDTH } from './style.js';

export interface AttentionFigureOptions extends FigureOptions {
  /** The characters that the model read: queries (down) as well as keys (across). A space is `_`, and gets a mark. */
  readonly characters: readonly string[];
  readonly heads: readonly {
    readonly label: string;
    /** weights[query][key], from 0 to 1, for keys up to the query. */
    readonly weights: readonly (readonly number[])[];
  }[];
}

const MAX_ACROSS = 6;
/** Smaller cells have illegible characters. */
const MIN_CELL = 4;
const MAX_CELL = 10;
/** Height of a page without its margins and a caption. */
const PAGE = 940;
const LABEL_HEIGHT = 23;
const GAP = 14;
const LEGEND_HEIGHT = 26;
/** Opacities are rounded to as many steps, finer than anyone can see, since cells of one step are one path. */
const STEPS = 32;

/** How opaque a weight is: the root, so that weights spread over many keys are not all the same white. */
function opacity(weight: number): number {
  return Math.sqrt(Math.max(0, Math.min(1, weight)));
}

/**
 * Draws a small causal triangle for each head: the more opaque, the more of a query's attention goes to a key. Each
 * character stands at the end of its row and above its column.
 *
 * @returns an SVG document, 640 wide, as high as it takes
 */
export function attentionFigure(options: AttentionFigureOptions): string {
  const { characters, heads } = options;
  const head = header(options);
  const top = head.bottom + LEGEND_HEIGHT + 8;
  const { across, cell } = grid(characters, heads.length, PAGE - top);
  const down = LABEL_HEIGHT + characters.length * cell + GAP;
  const columnWidth = (WIDTH - MARGIN) / across;
  const corners = heads.map((_, head) => ({
    left: Math.round(MARGIN + (head % across) * columnWidth),
    top: top + Math.floor(head / across) * down + LABEL_HEIGHT,
  }));
  const labels = heads.map(({ label }, head) => {
    const { left: x, top } = corners[head]!;
    return { x, y: top - 9, text: shorten(label, columnWidth - GAP, FONT_SIZE, true) };
  });
  const rows = corners.flatMap(({ left: x, top }) =>
    characters.map((_, i) => ({ x, x2: x + (i + 1) * cell, y: top + i * cell, y2: top + (i + 1) * cell })),
  );
  const height = top + Math.max(1, Math.ceil(heads.length / across)) * down;
  return svgDocument(head, height, [
    ...legendLayers(head.bottom + 8),
    patches('ground', rows, { fill: GRID, opacity: 0.55 }),
    ...weightLayers(options, corners, cell),
    ...characterLayers(characters, corners, cell),
    texts('heads', labels, { bold: true }),
  ]);
}

interface Corner {
  readonly left: number;
  readonly top: number;
}

/** How many triangles stand beside each other, and the size of their cells: as large as a page has room for. */
function grid(characters: readonly string[], heads: number, room: number) {
  const last = textWidth(characters.at(-1) ?? '') + 4; // to the right of its triangle
  const choices = Array.from({ length: Math.min(MAX_ACROSS, Math.max(1, heads)) }, (_, i) => {
    const across = i + 1;
    const size = (WIDTH - MARGIN) / across - last - GAP;
    const cell = Math.max(1, Math.min(MAX_CELL, Math.floor(size / Math.max(1, characters.length))));
    const height = Math.ceil(heads / across) * (LABEL_HEIGHT + characters.length * cell + GAP);
    return { across, cell, height };
  });
  const cost = ({ cell, height }: (typeof choices)[number]): number => {
    if (cell < MIN_CELL) return Infinity;
    return height > room ? height : height / PAGE / 2 - cell;
  };
  return choices.reduce((best, choice) => (cost(choice) < cost(best) ? choice : best));
}

/** A layer for each step of opacity; neighbours in a row that have the same one are one rectangle. */
function weightLayers(options: AttentionFigureOptions, corners: readonly Corner[], cell: number): Layer[] {
  const { heads, characters } = options;
  const segments = Array.from({ length: STEPS + 1 }, (): Segment[] => []);
  heads.forEach(({ weights }, head) => {
    const { left, top } = corners[head]!;
    characters.forEach((_, query) => {
      const stepOf = (key: number): number => Math.round(STEPS * opacity(weights[query]?.[key] ?? 0));
      const steps = Array.from({ length: query + 1 }, (_, key) => stepOf(key));
      const y = top + query * cell;
      for (let key = 0, end = 1; key <= query; key = end++) {
        while (end <= query && steps[end] === steps[key]) end++;
        segments[steps[key]!]?.push({ x: left + key * cell, x2: left + end * cell, y, y2: y + cell });
      }
    });
  });
  return segments.map((own, step) => patches(`weights${step}`, own, { fill: HEAT, opacity: step / STEPS })).slice(1);
}

/** The characters along the diagonal, and a mark for each space. */
function characterLayers(characters: readonly string[], corners: readonly Corner[], cell: number): Layer[] {
  const fontSize = Math.min(FONT_SIZE, cell + 3);
  const labels = corners.flatMap(({ left, top }) =>
    characters.map((text, i) => ({
      text,
      x: left + (i + 1) * cell + 2,
      // The first one is long, as a rule, and has room above.
      y: top + (i + 0.5) * cell - (i === 0 && text.length > 1 ? 3 : 0),
    })),
  );
  const isSpace = ({ text }: { text: string }): boolean => text === '_';
  const [wide, deep] = [Math.min(fontSize * 0.5, cell - 2), fontSize * 0.3];
  const marks = labels
    .filter(isSpace)
    .flatMap(({ x, y }) => [{ x, y }, { x, y: y + deep }, { x: x + wide, y: y + deep }, { x: x + wide, y }, null]);
  const named = labels.filter((label) => !isSpace(label));
  return [
    texts('characters', named, { baseline: 'middle', fontSize }),
    polyline('spaces', marks, { colour: INK, width: 0.9 }),
  ];
}

/** Some opacities with their weights, and what rows and columns are. */
function legendLayers(top: number): Layer[] {
  const shades = [0.2, 0.4, 0.6, 0.8, 1];
  const [y, room, from] = [top + 7, 46, MARGIN + textWidth('weight') + 8];
  const swatches = shades.map((opacity, i) => {
    const x = from + i * room;
    return { x, x2: x + 14, y: top, y2: top + 14, opacity };
  });
  const weights = swatches.map(({ x2, opacity }) => ({ x: x2 + 4, y, text: tickText(opacity ** 2) }));
  const note = shorten(
    'square-root scale · rows: queries · columns: keys',
    WIDTH - MARGIN - (from + shades.length * room),
  );
  const faint = { baseline: 'middle', colour: FAINT_INK } as const;
  return [
    boxes('legend', swatches, { fill: HEAT }),
    texts('legend-weights', weights, { baseline: 'middle' }),
    texts('legend-title', [{ x: MARGIN, y, text: 'weight' }], faint),
    texts('legend-note', [{ x: WIDTH - MARGIN, y, text: note }], { ...faint, align: 'end' }),
  ];
}
