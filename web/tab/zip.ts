import { crc32 } from '../../src/crc32.js';

/** A file of an archive; its name may have folders, with `/`. */
export type NamedFile = readonly [name: string, data: Uint8Array<ArrayBuffer>];

/**
 * A zip archive of files as they are (method 0, "stored"; APPNOTE.TXT, 6.3.10): weights hardly compress. Names are
 * UTF-8, times are those of the archive.
 */
export function zip(files: readonly NamedFile[], date = new Date()): Blob {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const [text, data] of files) {
    const name = new TextEncoder().encode(text);
    // Version 2.0, UTF-8 names, stored.
    const common = [20, 0x0800, 0, time, day].map(short);
    const sizes = [crc32(data), data.length, data.length].map(long);
    const head = join([long(0x04034b50), ...common, ...sizes, short(name.length), short(0), name]);
    const place = [short(name.length), ...[0, 0, 0, 0].map(short), long(0), long(offset), name];
    parts.push(head, data);
    directory.push(join([long(0x02014b50), short(20), ...common, ...sizes, ...place]));
    offset += head.length + data.length;
  }
  const entries = join(directory);
  const counts = [0, 0, files.length, files.length].map(short);
  const end = join([long(0x06054b50), ...counts, long(entries.length), long(offset), short(0)]);
  return new Blob([...parts, entries, end], { type: 'application/zip' });
}

const short = (value: number): Uint8Array<ArrayBuffer> => Uint8Array.of(value & 0xff, (value >> 8) & 0xff);
const long = (value: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
