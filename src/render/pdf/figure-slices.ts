import { figureSize } from '../../figures/figure-pdf.js';
import type { Block, Text } from '../document.js';
import { inlinesOf } from '../outline.js';
import type { Canvas, Part } from './canvas.js';
import { breakLines, heightOf } from './lines.js';
import { BLOCK_GAP, BOTTOM, CAPTION, CAPTION_GAP, LEFT, TOP, WIDTH } from './page-style.js';
import type { Slice } from './paginate.js';
import { lineSlices } from './text-slices.js';

/** A caption, with the block's label in bold. */
export function labelled(label: string, caption: Text): Text {
  return label === '' ? caption : [{ strong: `${label}. ` }, ...inlinesOf(caption)];
}

/** A caption that stays with what follows. */
export function captionSlices(canvas: Canvas, label: string, caption: Text, part: Part): Slice[] {
  const lines = breakLines(labelled(label, caption), CAPTION, WIDTH, canvas);
  return [
    ...lineSlices(canvas, lines, part, { gap: BLOCK_GAP, keep: true }),
    { gap: 0, height: CAPTION_GAP, keep: true, draw: () => undefined },
  ];
}

/**
 * A figure with its caption below, on one page: smaller if it is wider or, with its caption, higher than the page. Where
 * it does not fit, the text after it comes first.
 */
export function figureSlices(canvas: Canvas, figure: Block & { kind: 'figure' }, label: string): Slice[] {
  const part = canvas.part('Figure', undefined, { alt: figure.description });
  const caption = breakLines(labelled(label, figure.caption), CAPTION, WIDTH, canvas);
  const captionPart = canvas.part('Caption');
  const size = figureSize(figure.svg);
  const room = BOTTOM - TOP - CAPTION_GAP - heightOf(caption);
  const scale = Math.min(1, WIDTH / size.width, Math.max(room, room / 4) / size.height);
  const [width, height] = [size.width * scale, size.height * scale];
  return [
    {
      gap: BLOCK_GAP,
      height,
      keep: true,
      flow: 'waits',
      anchor: figure.id,
      draw: (y) => canvas.mark(part, () => canvas.figure(figure.svg, LEFT, y, width, height)),
    },
    ...lineSlices(canvas, caption, captionPart, { gap: CAPTION_GAP, keep: true }),
    { gap: 0, height: 6, keep: false, draw: () => undefined },
  ];
}
