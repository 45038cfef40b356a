/** The part of MathJax 3 that Letterpress uses; the package has no types of its own. */
declare module 'mathjax' {
  export interface MathJaxNode {
    readonly kind: string;
  }
  export interface MathJaxInstance {
    /** Throws what `tex.formatError` throws. */
    tex2svg(tex: string, options: { display: boolean }): MathJaxNode;
    readonly startup: { readonly adaptor: { innerHTML(node: MathJaxNode): string } };
  }
  const mathjax: { init(configuration: object): Promise<MathJaxInstance> };
  export default mathjax;
}
