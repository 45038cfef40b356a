/** A page or an SVG as a browser would read it. */
import { parse, type DefaultTreeAdapterTypes } from 'parse5';

export interface Element {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Of the element and all in it. */
  readonly text: string;
}

/** All elements in document order, and what the HTML standard calls parse errors. */
export function parsePage(html: string): { readonly elements: readonly Element[]; readonly errors: string[] } {
  const errors: string[] = [];
  const document = parse(html, { onParseError: ({ code }) => errors.push(code) });
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Element): Element => {
    const place = elements.push(undefined as never) - 1;
    const parts = node.childNodes.map((child) =>
      'tagName' in child ? visit(child) : { text: 'value' in child ? child.value : '' },
    );
    return (elements[place] = {
      tag: node.tagName,
      attributes: new Map(node.attrs.map(({ name, value }) => [name, value])),
      children: parts.filter((part): part is Element => 'tag' in part),
      text: parts.map(({ text }) => text).join(''),
    });
  };
  for (const node of document.childNodes) if ('tagName' in node) visit(node);
  return { elements, errors };
}

export function descendants(element: Element): Element[] {
  return element.children.flatMap((child) => [child, ...descendants(child)]);
}
