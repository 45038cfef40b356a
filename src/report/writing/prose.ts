import { assertInternal } from '../../errors.js';
import type { Inline } from '../../render/document.js';

/** A mark, and what stands between two of it. */
const MARKS = { $: 'formula', _: 'emphasis', '*': 'strong' } as const;
type Mark = keyof typeof MARKS;

/**
 * Running text with marks: `$x_t$` is a formula, `_word_` is emphasised, `*word*` is strong. Line breaks and
 * indentation become single spaces, so that a text may be written over several lines of source.
 *
 * Marks count only where they are written in the source. What is filled in is text as it is (a word of somebody's
 * corpus may have any signs in it), or pieces of text of their own such as `code('pad')`; within a formula it has to be
 * a number or TeX.
 *
 * @throws LetterpressError INTERNAL for a mark that is not closed
 * @example prose`The table has $V \times D = ${29 * 20}$ numbers, one row for ${code('pad')} too.`
 */
export function prose(
  strings: TemplateStringsArray,
  ...values: readonly (Inline | number | readonly Inline[])[]
): Inline[] {
  const pieces: Inline[] = [];
  let open: Mark | undefined;
  let text = '';
  const close = () => {
    if (text !== '') pieces.push(open === undefined ? text : marked(open, text));
    text = '';
  };
  strings.raw.forEach((part, i) => {
    for (const sign of part.replace(/\s+/g, ' ')) {
      if (sign === open || (open === undefined && isMark(sign))) {
        close();
        open = open === undefined ? sign : undefined;
      } else text += sign;
    }
    const value = values[i];
    if (value === undefined) return;
    if (typeof value === 'object') {
      assertInternal(open === undefined, 'a piece of text of its own stands within marks');
      close();
      pieces.push(...(isPieces(value) ? value : [value]));
    } else text += open === '$' ? inTex(String(value)) : String(value);
  });
  assertInternal(open === undefined, `a mark is not closed: ${text}`);
  close();
  return trimmed(pieces);
}

function isPieces(value: Inline | readonly Inline[]): value is readonly Inline[] {
  return Array.isArray(value);
}

/** Characters as a model reads or writes them, file names, commands. */
export function code(text: string): Inline {
  return { code: text };
}

/** TeX sets a comma as punctuation, with a space behind it; between thousands there is none. */
function inTex(value: string): string {
  return value.replace(/(?<=\d),(?=\d{3})/g, '{,}');
}

function isMark(sign: string): sign is Mark {
  return sign in MARKS;
}

function marked(mark: Mark, text: string): Inline {
  switch (MARKS[mark]) {
    case 'formula':
      return { formula: text };
    case 'emphasis':
      return { emphasis: text };
    case 'strong':
      return { strong: text };
  }
}

/** Without the white space that the quotes of the source add at both ends. */
function trimmed(pieces: readonly Inline[]): Inline[] {
  return pieces
    .map((piece, i) => {
      if (typeof piece !== 'string') return piece;
      const start = i === 0 ? piece.trimStart() : piece;
      return i === pieces.length - 1 ? start.trimEnd() : start;
    })
    .filter((piece) => piece !== '');
}
