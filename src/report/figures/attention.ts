/** What a model attends to: for each head, a triangle of queries by keys. */
import { heading } from '../../runs/plot/heading.js';
import { drawSheet, rectangles, texts } from '../../runs/plot/sheet.js';
import type { Span } from '../../runs/plot/sheet.js';
import { HEAT, MARGIN } from './palette.js';

/** What {@link attentionFigure} draws. Sizes are in pixels. */
export interface AttentionFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** The letters that the model read, which are queries (down) as well as keys (across). */
  readonly letters: readonly string[];
  readonly heads: readonly {
    readonly label: string;
    /** weights[query][key], from 0 to 1, for keys up to the query. */
    readonly weights: readonly (readonly number[])[];
  }[];
  readonly width?: number;
}

/**
 * Draws a small causal triangle for each head: the more opaque, the more of a query's attention goes to a key.
 *
 * @returns an SVG document, 640 wide by default, as high as it takes
 * @example
 * const svg = await attentionFigure({
 *   title: 'Attention', letters: ['cls', 'a'], heads: [{ label: 'head 1', weights: [[1], [0.2, 0.8]] }],
 * });
 */
export function attentionFigure(options: AttentionFigureOptions): Promise<string> {
  const { title, subtitle, letters, heads, width = 640 } = options;
  const across = Math.min(3, Math.max(1, heads.length));
  const size = (width - MARGIN) / across;
  const top = heading(title, subtitle, width).bottom;
  const cell = Math.min(14, (size - 30) / Math.max(1, letters.length));
  const place = (head: number): { left: number; top: number } => ({
    left: MARGIN + (head % across) * size,
    top: top + Math.floor(head / across) * (cell * letters.length + 30) + 24,
  });
  const cells = heads.flatMap(({ weights }, head) =>
    letters.flatMap((_, query) =>
      letters.slice(0, query + 1).flatMap((_, key): Span[] => {
        const [x, y] = [place(head).left + key * cell, place(head).top + query * cell];
        const opacity = weights[query]?.[key] ?? 0;
        return opacity > 0 ? [{ x, y, x2: x + cell, y2: y + cell, opacity: Math.min(1, opacity) }] : [];
      }),
    ),
  );
  const rows = Math.ceil(heads.length / across);
  const height = Math.ceil(top + rows * (cell * letters.length + 30) + 24);
  return drawSheet({ title, subtitle, width, height }, [
    rectangles('weights', cells, HEAT),
    texts(
      'letters',
      heads.flatMap((_, head) =>
        letters.map((text, i) => ({
          x: place(head).left + (i + 1) * cell + 2,
          y: place(head).top + (i + 0.5) * cell,
          text,
        })),
      ),
      { baseline: 'middle', fontSize: Math.min(11, cell + 2) },
    ),
    texts(
      'heads',
      heads.map(({ label: text }, head) => ({ x: place(head).left, y: place(head).top - 6, text })),
      {
        bold: true,
      },
    ),
  ]);
}
