/** Fonts for the text of figures in PDF. */

/** Which fonts there are, and how a text is cut so that each piece is in a font that has its characters. */
export interface FigureFonts {
  /** Makes the fonts known to a document. */
  readonly register: (document: PDFKit.PDFDocument) => void;
  /** The name of a font. `family` is what the SVG says, or what {@link FigureFonts.fit} says of a piece. */
  readonly name: (family: string, bold: boolean, italic: boolean) => string;
  /** A text as pieces, of which some may need another family; a piece may differ from the text where characters lack. */
  readonly fit: (text: string) => readonly { readonly text: string; readonly family?: string }[];
}

/** Helvetica as every PDF reader has it: the characters of Western Europe. */
export const WESTERN_FONTS: FigureFonts = {
  register: () => undefined,
  name: (_family, bold) => (bold ? 'Helvetica-Bold' : 'Helvetica'),
  fit: (text) => [{ text: toWesternCharacters(text) }],
};

/** The same figure, its texts cut and changed as the fonts need it. */
export function withFittingText(svg: string, fonts: FigureFonts): string {
  // Only what stands within a text element is text; elsewhere, white space at most stands between tags.
  return svg.replaceAll(/(<text\b[^>]*>)(.*?)(<\/text>)/gs, (_all, start: string, content: string, end: string) => {
    const fitted = content.replaceAll(/(?<=^|>)[^<]+/g, (escaped) =>
      fonts
        .fit(unescape(escaped))
        .map(({ text, family }) =>
          family === undefined ? escape(text) : `<tspan font-family="${family}">${escape(text)}</tspan>`,
        )
        .join(''),
    );
    return start + fitted + end;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    return String.fromCodePoint(decimal === undefined ? parseInt(hex!, 16) : Number(decimal));
  });
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What Helvetica as built into PDF can show beside Latin-1 (the encoding WinAnsi). */
const WIN_ANSI_EXTRAS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';

function toWesternCharacters(text: string): string {
  let result = '';
  for (const character of text.replaceAll('\u2212', '\u2013')) {
    if (character <= '\u00ff' || WIN_ANSI_EXTRAS.includes(character)) result += character;
    else {
      const base = character.normalize('NFKD').replace(/\p{M}/gu, '');
      result += /^[\u0020-\u00ff]+$/.test(base) ? base : '?';
    }
  }
  return result;
}
