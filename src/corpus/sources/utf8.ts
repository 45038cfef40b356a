import { LetterpressError } from '../../errors.js';
import { expectedText } from './recognise.js';

/**
 * The offset of the first byte that is not UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing
 * above U+10FFFF), or nothing. `TextDecoder` only says that there is one.
 */
export function findInvalidUtf8(bytes: Uint8Array): number | undefined {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    const length = sequenceLength(first);
    if (length === 0) return at;
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i] ?? 0; // the end of the file is no continuation byte either
      const [low, high] = i === 1 ? secondByte(first) : ([0x80, 0xbf] as const);
      if (byte < low || byte > high) return at;
    }
    at += length;
  }
  return undefined;
}

/** Bytes of the sequence that `first` begins, 0 if none begins so. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** The second byte excludes overlong forms, surrogates and what is above U+10FFFF. */
function secondByte(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

/** Bytes at the end that begin a character without ending it: 0 to 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const length = sequenceLength(bytes[bytes.length - back]!);
    if (length > 0) return length > back ? back : 0;
  }
  return 0;
}

/**
 * Decodes UTF-8 as it arrives, leaving out a byte order mark.
 *
 * @param name as the source is called in errors
 * @throws BAD_INPUT with line and offset of the first byte that is not UTF-8 text, or is NUL
 */
export async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string, void> {
  let rest: Uint8Array = new Uint8Array();
  let last: Uint8Array = new Uint8Array();
  let offset = 0;
  let line = 1;
  let ascii = true;
  const refuse = (bytes: Uint8Array, at: number, describe: typeof invalid): LetterpressError =>
    describe(bytes, at, `at offset ${offset + at} (line ${line + lineFeeds(bytes.subarray(0, at))}) of ${name}`);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : concat(rest, chunk);
    const end = bytes.length - unfinished(bytes);
    const whole = bytes.subarray(0, end);
    const zero = whole.indexOf(0);
    if (zero >= 0) throw refuse(whole, zero, nul);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: offset > 0 }).decode(whole);
    } catch {
      throw refuse(bytes, findInvalidUtf8(whole) ?? 0, invalid);
    }
    ascii &&= text.length === end;
    last = whole;
    offset += end;
    line += lineFeeds(whole);
    rest = bytes.subarray(end);
    yield text;
  }
  if (rest.length === 0) return;
  // What to do is said by the bytes around.
  offset -= last.length;
  line -= lineFeeds(last);
  throw refuse(concat(last, rest), last.length, ascii ? invalid : cutOff);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function lineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function invalid(bytes: Uint8Array, at: number, where: string): LetterpressError {
  const byte = bytes[at]!.toString(16).toUpperCase().padStart(2, '0');
  return new LetterpressError('BAD_INPUT', `expected UTF-8 text, got the byte 0x${byte} ${where}`, adviceOn(bytes));
}

/** By what the bytes around look like: binary, a western text, or another script. */
function adviceOn(bytes: Uint8Array): string {
  const control = bytes.some((byte) => byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 27);
  if (control) return 'It does not look like text: check that it is the right file.';
  const high = bytes.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  const command = (encoding: string): string => `iconv -f ${encoding} -t UTF-8 FILE > utf8.txt`;
  return high < 0.3 * bytes.length
    ? `If it was written on Windows, convert it: ${command('WINDOWS-1252')}`
    : `Convert it from its encoding, such as WINDOWS-1251, GB18030 or SHIFT_JIS: ${command('ENCODING')}`;
}

function nul(_: Uint8Array, __: number, where: string): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `expected UTF-8 text, got a NUL byte ${where}`,
    'It does not look like text: check that it is the right file, or that it was written completely.',
  );
}

function cutOff(_: Uint8Array, __: number, where: string): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `expected UTF-8 text, but the last character is cut off ${where}`,
    'Copy or download the file again; it may lack more than this character.',
  );
}

/** All of a text at once. @throws BAD_INPUT when it is longer than a string can be, besides what reading throws */
export async function joinText(texts: AsyncIterable<string>, name: string): Promise<string> {
  let all = '';
  try {
    for await (const text of texts) all += text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw expectedText(name, 'longer than one text can be (half a gigabyte)', 'Split it into smaller files.', error);
  }
  return all;
}

/**
 * The lines of a text, in portions. They end at \n, \r\n or a lone \r, and the end of the last line begins no new one.
 * A byte order mark at the beginning of a line, as of files that were put together, is none of its characters.
 *
 * @example 'one\r\n\ntwo\n' // ['one', '', 'two']
 */
export async function* splitLines(texts: AsyncIterable<string>): AsyncGenerator<string[], void> {
  let begun: string[] = [];
  let afterReturn = false;
  for await (const text of texts) {
    const from: number = afterReturn && text.startsWith('\n') ? 1 : 0;
    if (text.length === from) {
      afterReturn &&= from === 0;
      continue;
    }
    afterReturn = text.endsWith('\r');
    const lines = text.slice(from).split(text.includes('\r') ? /\r\n|\n|\r/ : '\n');
    const last = lines.pop()!;
    if (lines.length > 0 && begun.length > 0) {
      lines[0] = begun.join('') + lines[0]!;
      begun = [];
    }
    if (last !== '') begun.push(last);
    if (lines.length > 0) yield withoutMarks(lines);
  }
  if (begun.length > 0) yield withoutMarks([begun.join('')]);
}

const BYTE_ORDER_MARK = '\ufeff';

function withoutMarks(lines: string[]): string[] {
  lines.forEach((line, i) => {
    if (line.startsWith(BYTE_ORDER_MARK)) lines[i] = line.slice(1);
  });
  return lines;
}
