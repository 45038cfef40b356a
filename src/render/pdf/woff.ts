/** Fonts as the web has them, as other programs want them. */
import { inflateSync } from 'node:zlib';
import { assertInternal } from '../../errors.js';

const SIGNATURE = 0x774f4646; // "wOFF"

/**
 * Unpacks a font in the format WOFF 1.0 (https://www.w3.org/TR/WOFF/) into the TrueType or OpenType font that it
 * holds. (fontkit reads WOFF, but unpacks its tables again for each character, which takes seconds.)
 *
 * @throws LetterpressError `INTERNAL` when the file is no WOFF, or damaged
 */
export function unpackWoff(file: Buffer): Buffer {
  assertInternal(file.length > 44 && file.readUInt32BE(0) === SIGNATURE, 'the font is no WOFF file');
  const count = file.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const entry = 44 + 20 * index;
    const [offset, packed, length] = [4, 8, 12].map((at) => file.readUInt32BE(entry + at)) as [number, number, number];
    const content = file.subarray(offset, offset + packed);
    const table = packed < length ? inflateSync(content) : content;
    assertInternal(table.length === length, `a table of the font has ${table.length} bytes instead of ${length}`);
    return { tag: file.subarray(entry, entry + 4), checksum: file.readUInt32BE(entry + 16), table };
  });
  const header = Buffer.alloc(12 + 16 * count);
  const largestPower = 2 ** Math.floor(Math.log2(count)); // for binary searches in the list of tables
  header.writeUInt32BE(file.readUInt32BE(4), 0);
  header.writeUInt16BE(count, 4);
  header.writeUInt16BE(16 * largestPower, 6);
  header.writeUInt16BE(Math.log2(largestPower), 8);
  header.writeUInt16BE(16 * (count - largestPower), 10);
  const parts: Uint8Array[] = [header];
  let offset = header.length;
  tables.forEach(({ tag, checksum, table }, index) => {
    const entry = 12 + 16 * index;
    tag.copy(header, entry);
    header.writeUInt32BE(checksum, entry + 4);
    header.writeUInt32BE(offset, entry + 8);
    header.writeUInt32BE(table.length, entry + 12);
    const padding = (4 - (table.length % 4)) % 4;
    parts.push(table, Buffer.alloc(padding));
    offset += table.length + padding;
  });
  return Buffer.concat(parts);
}
