/** Formulas: TeX to vector graphics, by MathJax. */
import { LetterpressError } from '../errors.js';

/** A typeset formula. Lengths are in em: times the size of the text around it. */
export interface Formula {
  /** Outlines in `currentColor`; without ids, so that any number of formulas may stand on one page. */
  readonly svg: string;
  readonly width: number;
  /** Above and below the baseline together. */
  readonly height: number;
  /** How far it reaches below the baseline; never negative. */
  readonly depth: number;
}

/** Turns TeX into a formula: `display` for one on a line of its own, otherwise for one in running text. */
export type Typesetter = (tex: string, options: { readonly display: boolean }) => Formula;

// TeX's characters are smaller than those of sans-serif text of the same size: their x-height is 0.43 em, not 0.52.
const SCALE = 1.12;
const UNITS_PER_EM = 1000; // of MathJax's outlines

let loading: Promise<Typesetter> | undefined;

/**
 * Starts MathJax, once, and returns the function that typesets. LaTeX's usual mathematics is known, with
 * AMS's and `\boldsymbol`; commands that load or define something are not.
 *
 * @throws LetterpressError `INTERNAL`, from the function returned, when the TeX is wrong; it names the formula
 * @example
 * const typeset = await loadTypesetter();
 * const { svg, width, depth } = typeset('p(x_t \\mid x_{<t})', { display: false });
 */
export function loadTypesetter(): Promise<Typesetter> {
  loading ??= loadMathJax();
  return loading;
}

async function loadMathJax(): Promise<Typesetter> {
  const { startMathJax } = await import('./mathjax.js');
  const draw = startMathJax();
  const typeset: Typesetter = (tex, options) => {
    let drawn: string;
    try {
      drawn = draw(tex, options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LetterpressError('INTERNAL', `the formula "${tex}" cannot be typeset: ${reason}`, '', {
        cause: error,
      });
    }
    return measure(drawn, tex);
  };
  return memoise(typeset);
}

/** A report has the same formulas many times, on its page and in its PDF. */
function memoise(typeset: Typesetter): Typesetter {
  const known = new Map<string, Formula>();
  return (tex, options) => {
    const key = `${options.display} ${tex}`;
    const formula = known.get(key) ?? typeset(tex, options);
    known.set(key, formula);
    return formula;
  };
}

/** Reads the size of MathJax's picture, and leaves out what only MathJax needs. */
function measure(drawn: string, tex: string): Formula {
  const viewBox = /viewBox="([^"]+)"/.exec(drawn)?.[1];
  const [, top, width, height] = (viewBox ?? '').split(' ').map(Number);
  const content = /^<svg [^>]*>(.*)<\/svg>$/s.exec(drawn)?.[1];
  if (content === undefined || top === undefined || width === undefined || height === undefined) {
    throw new LetterpressError('INTERNAL', `MathJax drew something unexpected for the formula "${tex}"`);
  }
  const ems = (units: number): number => round((units / UNITS_PER_EM) * SCALE);
  return {
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" ` +
      `width="${ems(width)}em" height="${ems(height)}em">` +
      content.replaceAll(/ (?:data-[a-z-]+|role|focusable)="[^"]*"/g, '') +
      '</svg>',
    width: ems(width),
    height: ems(height),
    depth: Math.max(0, ems(top + height)),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
