/** What a renderer needs to know about a report as a whole, and the rules that every report keeps. */
import { assertInternal } from '../errors.js';
import type { Block, BlockOf, Inline, ReportDocument, Text } from './document.js';

export interface ReportOutline {
  readonly headings: readonly BlockOf<'heading'>[];
  /** For each block what its caption begins with, such as `Figure 3`; empty for blocks without a number. */
  readonly labels: readonly string[];
}

/**
 * Numbers figures and tables in the order in which they stand, and checks the report.
 *
 * @throws LetterpressError `INTERNAL` when the date is not one, an id is used twice or is not kebab-case, a heading
 *   skips a level, a link is neither https nor mailto nor leads to an id of the report, a row of a table does not have
 *   as many cells as there are columns, or an emphasised row does not exist
 */
export function outlineOf(document: ReportDocument): ReportOutline {
  assertInternal(!Number.isNaN(Date.parse(document.date)), `"${document.date}" is not a date`);
  const ids = new Set<string>();
  const headings: BlockOf<'heading'>[] = [];
  const labels: string[] = [];
  let [figures, tables, listings, lastLevel] = [0, 0, 0, 0];
  for (const block of document.blocks) {
    if (block.kind === 'heading' || block.kind === 'figure') {
      assertInternal(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(block.id), `"${block.id}" is not a kebab-case word`);
      assertInternal(!ids.has(block.id), `"${block.id}" is the id of two headings or figures`);
      ids.add(block.id);
    }
    if (block.kind === 'heading') {
      const { level, text } = block;
      assertInternal(level <= lastLevel + 1, `the heading "${text}" has level ${level}, after level ${lastLevel}`);
      lastLevel = level;
      headings.push(block);
    }
    if (block.kind === 'table') checkTable(block);
    if (block.kind === 'figure') labels.push(`Figure ${++figures}`);
    else if (block.kind === 'table') labels.push(`Table ${++tables}`);
    else if (block.kind === 'code') labels.push(`Listing ${++listings}`);
    else labels.push('');
  }
  for (const inline of document.blocks.flatMap(textsOf).flatMap(inlinesOf)) {
    if (typeof inline !== 'string' && 'link' in inline) checkLink(inline.link, ids);
  }
  return { headings, labels };
}

/** All running texts of a block, in order. */
export function textsOf(block: Block): readonly Text[] {
  switch (block.kind) {
    case 'paragraph':
    case 'note':
      return [block.text];
    case 'list':
      return block.items;
    case 'table':
    case 'figure':
    case 'code':
      return [block.caption];
    case 'samples':
      return [block.caption, ...block.columns.flatMap(({ texts }) => texts)];
    case 'heading':
    case 'formula':
    case 'contents':
      return [];
  }
}

/** Everything that a report shows as text, but for formulas and figures. */
export function allTexts({ title, subtitle, byline = '', blocks }: ReportDocument): string[] {
  const inlines = blocks.flatMap(textsOf).map(plainText);
  const others = blocks.flatMap((block) => {
    if (block.kind === 'heading') return [block.text];
    if (block.kind === 'table') return [...block.columns.map(({ header }) => header), ...block.rows.flat()];
    if (block.kind === 'code') return [block.file, block.text];
    if (block.kind === 'samples') return block.columns.map(({ title }) => title);
    return [];
  });
  return [title, subtitle, byline, ...inlines, ...others];
}

/** A text without formulas and looks. */
export function plainText(text: Text): string {
  return inlinesOf(text).map(contentOf).join('');
}

function contentOf(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  if ('strong' in inline) return inline.strong;
  if ('emphasis' in inline) return inline.emphasis;
  if ('code' in inline) return inline.code;
  if ('sample' in inline) return inline.sample;
  return 'formula' in inline ? '' : inline.text;
}

/** A text as the pieces that it consists of. */
export function inlinesOf(text: Text): readonly Inline[] {
  return typeof text === 'string' ? [text] : text;
}

function checkTable(table: BlockOf<'table'>): void {
  for (const row of table.rows) {
    assertInternal(
      row.length === table.columns.length,
      `a table of ${table.columns.length} columns has a row of ${row.length} cells: ${row.join(', ')}`,
    );
  }
  for (const index of table.emphasised ?? []) {
    assertInternal(
      index in table.rows,
      `row ${index} of a table is emphasised, but the table has ${table.rows.length} rows`,
    );
  }
}

function checkLink(link: string, ids: ReadonlySet<string>): void {
  if (link.startsWith('#')) assertInternal(ids.has(link.slice(1)), `the link ${link} leads nowhere`);
  else
    assertInternal(
      /^(https:\/\/|mailto:)\S+$/.test(link),
      `"${link}" is not a link that a report may have: expected https:, mailto: or #id`,
    );
}
