/** A page as a browser would read it. */
import { parse, type DefaultTreeAdapterTypes, type ParserError } from 'parse5';

/** An element, with what tests ask of it. */
export interface Element {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Of the element and all in it. */
  readonly text: string;
}

/** The whole page as elements in document order, and what the HTML standard calls its parse errors. */
export function parsePage(html: string): {
  readonly elements: readonly Element[];
  readonly errors: string[];
} {
  const errors: string[] = [];
  const document = parse(html, { onParseError: (error: ParserError) => errors.push(error.code) });
  const elements: Element[] = [];
  const visit = (node: DefaultTreeAdapterTypes.Element): Element => {
    const place = elements.length;
    elements.push(undefined as never);
    const children: Element[] = [];
    let text = '';
    for (const child of node.childNodes) {
      if ('tagName' in child) {
        const element = visit(child);
        children.push(element);
        text += element.text;
      } else if ('value' in child) text += child.value;
    }
    const attributes = new Map(node.attrs.map(({ name, value }) => [name, value]));
    return (elements[place] = { tag: node.tagName, attributes, children, text });
  };
  for (const node of document.childNodes) if ('tagName' in node) visit(node);
  return { elements, errors };
}
