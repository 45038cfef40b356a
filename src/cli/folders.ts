import { existsSync, mkdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { escapeForTerminal } from '../escapes.js';
import { makeFolder } from '../make-folder.js';
import { codeOf, ioError } from '../io-error.js';
import { freeName } from '../runs/free-name.js';
import { removeEmpty } from '../runs/folder-lock.js';
import { isForbiddenOnWindows } from '../windows-names.js';
import type { CliContext } from './context.js';

/** A name as part of a path on any system: letters and digits of any script, and `._-`. */
export function asFileName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-');
  // A name has 255 bytes at most, some of them for what is appended.
  const { read } = new TextEncoder().encodeInto(plain, new Uint8Array(200));
  const short = plain.slice(0, read).replace(/\.+$/, '');
  return short === '' || isForbiddenOnWindows(short) ? `_${short}` : short;
}

/**
 * A path as a word of a command that is to be copied: in quotes where a shell would split or change it, and as `$'…'`
 * where it has characters that a terminal does not show as they are.
 *
 * @example shellWord('runs/my texts') // "'runs/my texts'"
 */
export function shellWord(path: string): string {
  return quoteForShell(path.startsWith('-') ? `./${path}` : path); // or it would pass for an option
}

/** The same for a word that is no path. */
export function quoteForShell(word: string): string {
  if (isHidden(word)) return `$'${Array.from(word, octal).join('')}'`;
  const plain = sep === '\\' ? word.replaceAll('\\', '/') : word;
  // Zsh takes a word that begins with = for the name of a program.
  return /^(?!=)[\p{L}\p{N}._/:@%+,=-]+$/u.test(plain) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function isHidden(text: string): boolean {
  return /[\n\t]/.test(text) || escapeForTerminal(text) !== text;
}

/** A character between `$'` and `'`: the bytes of a hidden one, which any locale reads. */
function octal(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!isHidden(character)) return character;
  return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * A folder of that name that is free, with the first number appended for which it is.
 *
 * @param isFree by default, whether it does not exist yet
 * @example freeFolder('runs', 'news-87k') // runs/news-87k, or runs/news-87k-2
 */
export function freeFolder(parent: string, name: string, isFree = (folder: string) => !existsSync(folder)): string {
  return join(
    parent,
    freeName(asFileName(name), (each) => isFree(join(parent, each))),
  );
}

/**
 * Makes the folder that {@link freeFolder} finds, so that no other process takes it; one that stays empty is removed
 * when the command is over.
 */
export function claimFolder(parent: string, name: string, { onFinish }: Pick<CliContext, 'onFinish'>): string {
  try {
    const made = makeFolder(parent);
    const folder = freeFolder(parent, name, isMade);
    onFinish(() => removeEmpty(folder, made ?? folder));
    return folder;
  } catch (cause) {
    throw ioError('make a folder in', parent, cause);
  }
}

function isMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
