import { printable } from '../characters.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Any text as HTML that shows it, as content or as the value of a quoted attribute. Characters that HTML forbids become
 * visible stand-ins ({@link printable}).
 *
 * @example escapeHtml('a < b'); // 'a &lt; b'
 */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
