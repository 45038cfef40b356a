/** What of MathJax typesets our formulas. */
import { liteAdaptor } from 'mathjax-full/js/adaptors/liteAdaptor.js';
import { RegisterHTMLHandler } from 'mathjax-full/js/handlers/html.js';
import { TeX } from 'mathjax-full/js/input/tex.js';
import 'mathjax-full/js/input/tex/ams/AmsConfiguration.js';
import 'mathjax-full/js/input/tex/base/BaseConfiguration.js';
import 'mathjax-full/js/input/tex/boldsymbol/BoldsymbolConfiguration.js';
import { mathjax } from 'mathjax-full/js/mathjax.js';
import { SVG } from 'mathjax-full/js/output/svg.js';

/** A function that turns TeX into an `<svg>`, and throws when the TeX is wrong. */
export function startMathJax(): (tex: string, options: { readonly display: boolean }) => string {
  const adaptor = liteAdaptor();
  RegisterHTMLHandler(adaptor);
  const document = mathjax.document('', {
    InputJax: new TeX({
      packages: ['base', 'ams', 'boldsymbol'],
      // By default an error becomes a part of the picture.
      formatError(_input: unknown, { message }: { message: string }) {
        throw new Error(message); // MathJax's own errors are not of the class Error
      },
    }),
    OutputJax: new SVG({ fontCache: 'none' }),
  });
  return (tex, options) => adaptor.innerHTML(document.convert(tex, options) as ReturnType<typeof adaptor.node>);
}
