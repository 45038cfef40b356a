import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Block, BlockOf, ReportDocument } from '../../../src/render/document.js';
import { renderHtml } from '../../../src/render/html/render-html.js';
import { printable } from '../../../src/render/display.js';
import { plainText } from '../../../src/render/outline.js';
import { sampleDrawing, sampleReport } from '../sample-report.js';
import { descendants, parsePage, type Element } from '../../support/elements.js';

let report: ReportDocument;
let html: string;
let elements: readonly Element[];
let errors: readonly string[];

beforeAll(async () => {
  report = sampleReport();
  html = await renderHtml(report);
  ({ elements, errors } = parsePage(html));
});

const withTag = (tag: string): Element[] => elements.filter((element) => element.tag === tag);
const blocksOf = <K extends Block['kind']>(kind: K): BlockOf<K>[] =>
  report.blocks.filter((block): block is BlockOf<K> => block.kind === kind);

describe('the page', () => {
  it('has no error that the HTML standard knows', () => {
    expect(errors).toEqual([]);
  });

  it('has ids once, and links and references that lead to them', () => {
    const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const references = elements.flatMap(({ attributes }) => [
      ...(attributes.get('href')?.startsWith('#') === true ? [attributes.get('href')!.slice(1)] : []),
      ...(attributes.get('aria-labelledby') ?? '').split(' ').filter((id) => id !== ''),
    ]);
    expect(references.length).toBeGreaterThan(20);
    for (const id of references) expect(ids).toContain(id);
  });

  it('refers to nothing outside but the links of the report', () => {
    const outside = elements.flatMap(({ tag, attributes }) =>
      [...attributes]
        .filter(([, value]) => /(https?:)?\/\//.test(value))
        .map(([name, value]) => `${tag} ${name} ${value}`),
    );
    expect(outside).toEqual(['a href https://arxiv.org/abs/1706.03762']);
    for (const tag of ['script', 'img', 'iframe', 'object', 'embed', 'audio', 'video', 'use', 'image']) {
      expect(withTag(tag)).toEqual([]);
    }
    expect(elements.filter(({ attributes }) => attributes.has('src'))).toEqual([]);
    expect(withTag('style')[0]!.text).not.toMatch(/url\(|@import|@font-face/);
  });

  it('has one h1 and no skipped level of headings', () => {
    const levels = elements.filter(({ tag }) => /^h[1-6]$/.test(tag)).map(({ tag }) => Number(tag[1]));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels[0]).toBe(1);
    levels.forEach((level, index) => expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1));
  });

  it('lists the headings of levels 1 and 2 in the contents, in order', () => {
    const [nav] = withTag('nav');
    const entries = descendants(nav!).filter(({ tag }) => tag === 'a');
    const expected = blocksOf('heading').filter(({ level }) => level < 3);
    expect(entries.map(({ attributes, text }) => `${attributes.get('href')!} ${text}`)).toEqual(
      expected.map(({ id, text }) => `#${id} ${text}`),
    );
  });

  it('has every row and cell of every table, with headers for rows and columns', () => {
    const tables = withTag('table');
    const given = blocksOf('table');
    expect(tables.length).toBe(given.length);
    tables.forEach((table, index) => {
      const [caption, head, body] = table.children;
      expect(caption!.text).toContain(`Table ${index + 1}.`);
      const headers = head!.children[0]!.children;
      expect(headers.map(({ text }) => text)).toEqual(given[index]!.columns.map(({ header }) => header));
      expect(headers.every(({ attributes }) => attributes.get('scope') === 'col')).toBe(true);
      expect(body!.children.map((row) => row.children.map(({ text }) => text))).toEqual(given[index]!.rows);
      const emphasised = body!.children.flatMap(({ attributes }, row) => (attributes.has('class') ? [row] : []));
      expect(emphasised).toEqual(given[index]!.emphasised ?? []);
    });
    const firstCells = tables[0]!.children[2]!.children.map((row) => row.children[0]!);
    expect(firstCells.every(({ tag, attributes }) => tag === 'th' && attributes.get('scope') === 'row')).toBe(true);
  });

  it('has no header of a table where it would say nothing', async () => {
    const table = (...headers: string[]): Block => ({
      kind: 'table',
      caption: '',
      columns: headers.map((header) => ({ header, align: 'left' })),
      rows: [headers.map((_, index) => `cell ${index}`)],
    });
    const blocks = [table('', ''), table('', 'b')];
    const page = parsePage(await renderHtml({ title: 't', subtitle: '', date: '2020-03-07', blocks }));
    expect(page.errors).toEqual([]);
    const [head, ...more] = page.elements.filter(({ tag }) => tag === 'thead');
    expect(more).toEqual([]);
    expect(head!.children[0]!.children.map(({ tag, text }) => `${tag} ${text}`)).toEqual(['td ', 'th b']);
    const cells = page.elements.filter(({ tag, text }) => /^t[dh]$/.test(tag) && text.startsWith('cell'));
    expect(cells.length).toBe(4);
  });

  it('describes every figure and formula for readers who cannot see them', () => {
    const images = withTag('svg');
    for (const { attributes } of images) expect(attributes.get('role')).toBe('img');
    const labels = images.map(({ attributes }) => attributes.get('aria-label'));
    for (const { description } of blocksOf('figure')) expect(labels).toContain(description);
    for (const { words } of blocksOf('formula')) expect(labels).toContain(words);
    expect(labels).toContain('p(x_t \\mid x_{<t})');
  });

  it('gives figures the colours of the page where theirs are no data, and no classes that the page would style', () => {
    const figure = elements.find(({ attributes }) => attributes.get('id') === 'drawing-0')!;
    const drawing = descendants(figure).filter(({ tag }) => ['g', 'path', 'rect', 'text'].includes(tag));
    for (const { attributes } of drawing) expect([...attributes.keys()]).not.toContain('class');
    const colours = new Set(
      drawing.flatMap(({ attributes }) => ['fill', 'stroke'].flatMap((name) => attributes.get(name) ?? [])),
    );
    expect([...colours].sort()).toEqual(['#0072B2', 'none', 'var(--axis)', 'var(--ground)', 'var(--ink)'].sort());
    for (const colour of colours) {
      const name = /var\((.+)\)/.exec(colour)?.[1];
      // Twice: for light and dark.
      if (name !== undefined) expect(html.split(`${name}: #`).length).toBe(3);
    }
  });

  it('shows all samples, in order, and says where a text or a list is empty', () => {
    const lists = elements.filter(({ attributes }) => attributes.get('class') === 'samples');
    blocksOf('samples').forEach((samples, index) => {
      const columns = lists[index]!.children[1]!.children;
      expect(columns.map(({ children }) => children[0]!.text)).toEqual(samples.columns.map(({ title }) => title));
      columns.forEach(({ children }, column) => {
        const { texts } = samples.columns[column]!;
        if (texts.length === 0) expect(children[1]!.text).toBe('no texts');
        else {
          const shown = children[1]!.children.map(({ text }) => text);
          expect(shown).toEqual(texts.map(plainText).map((text) => (text === '' ? 'empty' : text)));
        }
      });
    });
  });

  it('makes the same page of the same report', async () => {
    expect(await renderHtml(sampleReport())).toBe(html);
  });
});

describe('any text', () => {
  it('is shown as text wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 12, maxLength: 12 }), async (texts) => {
        // No text may be empty, or an empty sample would be shown as a word.
        const [title, subtitle, heading, plain, strong, code, link, cell, caption, description, sample, words] =
          texts.map((text) => `<&"'${text}]]>`);
        const page = await renderHtml({
          title: title!,
          subtitle: subtitle!,
          date: '2020-03-07',
          blocks: [
            { kind: 'heading', level: 1, id: 'a', text: heading! },
            { kind: 'paragraph', text: plain! },
            { kind: 'note', text: [{ strong: strong! }] },
            { kind: 'list', ordered: true, items: [[{ code: code! }], [{ link: '#a', text: link! }]] },
            { kind: 'formula', tex: 'x', words: words! },
            { kind: 'table', caption: caption!, columns: [{ header: cell!, align: 'right' }], rows: [[cell!]] },
            { kind: 'figure', id: 'b', svg: sampleDrawing(100), caption: caption!, description: description! },
            { kind: 'samples', caption: caption!, columns: [{ title: title!, texts: [sample!] }] },
          ],
        });
        const parsed = parsePage(page);
        expect(parsed.errors).toEqual([]);
        const text = (tag: string): string[] =>
          parsed.elements.filter((element) => element.tag === tag).map((element) => element.text);
        const shown = (...raw: (string | undefined)[]): string[] => raw.map((one) => printable(one!));
        expect(text('title')).toEqual([...shown(title), '']); // the figure has none
        expect(text('h1')).toEqual(shown(title));
        expect(text('p')).toEqual([...shown(subtitle), '7 March 2020', ...shown(plain, strong, title)]);
        expect(text('h2')).toEqual(shown(heading));
        expect(text('code')).toEqual(shown(code));
        expect(text('a').slice(1)).toEqual(shown(link));
        expect(text('td')).toEqual(shown(cell));
        expect(text('bdi')).toEqual(shown(sample));
        expect(text('figcaption')[0]).toBe(`Figure 1. ${printable(caption!)}`);
        const labels = parsed.elements.flatMap(({ tag, attributes }) =>
          tag === 'svg' ? [attributes.get('aria-label')] : [],
        );
        expect(labels).toEqual(shown(words, description));
      }),
      { numRuns: 60 },
    );
  });
});
