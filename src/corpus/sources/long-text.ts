import { basename, join, resolve } from 'node:path';
import { LetterpressError } from '../../errors.js';
import type { ByteStream } from './bytes.js';
import { kindOfPath, lastingPath, sourceName } from './file-errors.js';
import { SPLIT_FILES } from './folder.js';
import { corpusName, readText } from './read-file.js';

/** One long text in three parts, each a whole string. */
export interface LongText {
  readonly name: string;
  readonly kind: 'text' | 'folder';
  readonly path: string;
  readonly parts: { readonly train: string; readonly val: string; readonly test: string };
}

/** Shares of a single file to train on and to validate on; the rest is the test. */
const TRAIN_SHARE = 0.9;
const VAL_SHARE = 0.05;

/**
 * Reads a book or another continuous text: a UTF-8 file, whose first 90 % are trained on, the next 5 % validated and
 * the last 5 % tested, as is usual for character-level benchmarks; or a folder with train.txt, val.txt and test.txt.
 *
 * @throws BAD_INPUT when the path cannot be used or a part is empty; IO when the file system refuses
 * @example (await readLongText('shakespeare.txt')).parts.train.length
 */
export async function readLongText(path: string, stdin?: ByteStream): Promise<LongText> {
  const kind = (await kindOfPath(path)) === 'folder' ? 'folder' : 'text';
  const parts = kind === 'folder' ? await readParts(path) : splitText(await readText(path, { stdin }));
  for (const [name, text] of Object.entries(parts)) {
    if (text.trim() !== '') continue;
    throw new LetterpressError(
      'BAD_INPUT',
      `expected a long text, but the ${name} part of ${sourceName(path)} is empty`,
      'Check that it is the right file.',
    );
  }
  if (kind === 'folder') return { name: basename(resolve(path)), kind, path, parts };
  const place = await lastingPath(path);
  return { name: corpusName(place), kind, path: place, parts };
}

async function readParts(path: string): Promise<LongText['parts']> {
  const [train, val, test] = await Promise.all(SPLIT_FILES.map((file) => readText(join(path, file))));
  return { train: train!, val: val!, test: test! };
}

/** The text in three parts one after another. */
export function splitText(text: string): LongText['parts'] {
  const first = beforePair(text, Math.round(text.length * TRAIN_SHARE));
  const second = beforePair(text, Math.round(text.length * (TRAIN_SHARE + VAL_SHARE)));
  return { train: text.slice(0, first), val: text.slice(first, second), test: text.slice(second) };
}

/** The place, or the one before where it would part the two halves of a character. */
function beforePair(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
