/**
 * The pages of one column of texts in a Parquet file (https://parquet.apache.org/docs/file-format/data-pages/). A
 * damaged page ends in an error: hyparquet's own reader of pages believes all counts and lengths in them, so that some
 * damaged files keep it busy for ever.
 */
import type { AsyncBuffer, ColumnMetaData, Encoding, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { compressors } from 'hyparquet-compressors';
import { utf8TextOf, type InvalidText } from './table.js';

/** A text; null for one that is missing; {@link InvalidText} for bytes that are not UTF-8. */
type Value = string | InvalidText | null;

/** Bytes in which a page's header usually ends; statistics may be longer. */
const HEADER_BYTES = 4096;

/**
 * The values of a column in one row group, a page after another.
 *
 * @param isOptional whether values may be missing
 * @throws Error where the pages are damaged
 */
export async function* readPages(
  file: AsyncBuffer,
  meta: ColumnMetaData,
  isOptional: boolean,
): AsyncGenerator<Value[]> {
  // Offset 0 is that of no page: some writers mean that there is no dictionary.
  let at = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = at + Number(meta.total_compressed_size);
  check(at >= 0 && at <= end && end <= file.byteLength, `a column of bytes ${at} to ${end}`);
  let dictionary: Value[] | undefined;
  for (let done = 0; done < Number(meta.num_values);) {
    check(at < end, `${done} values where ${meta.num_values} are announced`);
    const { header, bytes } = await headerAt(file, at, end);
    const { compressed_page_size: size, uncompressed_page_size: unpacked } = header;
    const start = at + bytes;
    check(isCount(size) && isCount(unpacked) && start + size <= end, `a page of ${size} bytes at byte ${start}`);
    at = start + size;
    const page = new Uint8Array(await file.slice(start, at));
    if (header.type === 'DICTIONARY_PAGE') {
      const count = header.dictionary_page_header?.num_values;
      dictionary = plainTexts(decompressPage(page, unpacked, meta.codec, compressors), count ?? -1);
      continue;
    }
    const values = pageValues(page, header, meta, isOptional, dictionary);
    check(done + values.length <= meta.num_values, `more values than ${meta.num_values}`);
    done += values.length;
    yield values;
  }
}

async function headerAt(file: AsyncBuffer, at: number, end: number): Promise<{ header: PageHeader; bytes: number }> {
  for (let length = HEADER_BYTES; ; length = Infinity) {
    const reader = { view: new DataView(await file.slice(at, Math.min(end, at + length))), offset: 0 };
    try {
      const header = parquetHeader(reader);
      return { header, bytes: reader.offset };
    } catch (error) {
      if (!(error instanceof RangeError) || at + length >= end) throw error;
    }
  }
}

function pageValues(
  page: Uint8Array,
  header: PageHeader,
  { codec }: ColumnMetaData,
  isOptional: boolean,
  dictionary: readonly Value[] | undefined,
): Value[] {
  const { uncompressed_page_size: unpacked, data_page_header: first, data_page_header_v2: second } = header;
  if (header.type === 'DATA_PAGE' && first !== undefined) {
    const bytes = decompressPage(page, unpacked, codec, compressors);
    const length = isOptional ? 4 + viewOf(bytes).getUint32(0, true) : 0;
    check(length <= bytes.length, `levels of ${length} bytes`);
    return place(first, isOptional ? bytes.subarray(4, length) : undefined, bytes.subarray(length), dictionary);
  }
  check(header.type === 'DATA_PAGE_V2' && second !== undefined, `a page of type ${header.type}`);
  const repetition = second.repetition_levels_byte_length;
  const levels = repetition + second.definition_levels_byte_length;
  check(isCount(repetition) && isCount(levels) && levels >= repetition && levels <= page.length, `${levels} levels`);
  const packed = page.subarray(levels);
  const isPacked = second.is_compressed !== false;
  const bytes = isPacked ? decompressPage(packed, unpacked - levels, codec, compressors) : packed;
  return place(second, isOptional ? page.subarray(repetition, levels) : undefined, bytes, dictionary);
}

/** @param levels definition levels, 1 for each value that is there; undefined where all are */
function place(
  { num_values: count, encoding }: { readonly num_values: number; readonly encoding: Encoding },
  levels: Uint8Array | undefined,
  bytes: Uint8Array,
  dictionary: readonly Value[] | undefined,
): Value[] {
  check(isCount(count), `${count} values in a page`);
  if (levels === undefined) return decode(bytes, count, encoding, dictionary);
  const isThere = unpackRuns(levels, 1, count);
  const values = decode(bytes, isThere.filter(Boolean).length, encoding, dictionary);
  let next = 0;
  return Array.from(isThere, (level) => (level === 0 ? null : values[next++]!));
}

function decode(bytes: Uint8Array, count: number, encoding: Encoding, dictionary?: readonly Value[]): Value[] {
  if (count === 0) return [];
  switch (encoding) {
    case 'PLAIN':
      return plainTexts(bytes, count);
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      return Array.from(unpackRuns(bytes.subarray(1), bytes[0] ?? 0, count), (index) => {
        const value = dictionary?.[index];
        check(value !== undefined, `value ${index} of a dictionary of ${dictionary?.length ?? 0}`);
        return value;
      });
    case 'DELTA_LENGTH_BYTE_ARRAY': {
      const reader = { view: viewOf(bytes), offset: 0 };
      const lengths = deltas(reader, count);
      return Array.from(lengths, (length) => utf8TextOf(take(bytes, reader, length)));
    }
    case 'DELTA_BYTE_ARRAY': {
      const reader = { view: viewOf(bytes), offset: 0 };
      const prefixes = deltas(reader, count);
      const suffixes = deltas(reader, count);
      let before = Buffer.alloc(0);
      return Array.from(prefixes, (prefix, i) => {
        check(prefix >= 0 && prefix <= before.length, `${prefix} bytes of the ${before.length} before`);
        before = Buffer.concat([before.subarray(0, prefix), take(bytes, reader, suffixes[i]!)]);
        return utf8TextOf(before);
      });
    }
    default:
      throw new Error(`texts in the encoding ${encoding}`);
  }
}

interface Reader {
  readonly view: DataView;
  offset: number;
}

function plainTexts(bytes: Uint8Array, count: number): Value[] {
  check(isCount(count) && 4 * count <= bytes.length, `${count} texts in ${bytes.length} bytes`);
  const reader = { view: viewOf(bytes), offset: 0 };
  return Array.from({ length: count }, () => {
    const length = reader.view.getUint32(reader.offset, true);
    reader.offset += 4;
    return utf8TextOf(take(bytes, reader, length));
  });
}

function take(bytes: Uint8Array, reader: Reader, length: number): Uint8Array {
  const { offset } = reader;
  check(length >= 0 && offset + length <= bytes.length, `a text of ${length} bytes`);
  reader.offset += length;
  return bytes.subarray(offset, offset + length);
}

/** Numbers in delta encoding, whose blocks must lead forward. */
function deltas(reader: Reader, count: number): Int32Array {
  const peek = { bytes: new Uint8Array(reader.view.buffer, reader.view.byteOffset, reader.view.byteLength), ...reader };
  const block = varint(peek);
  const parts = varint(peek);
  const announced = varint(peek);
  const isRight = parts > 0 && block > 0 && block % (8 * parts) === 0 && announced === count;
  check(isRight && parts <= peek.bytes.length, `${announced} lengths in blocks of ${block} in ${parts} parts`);
  const numbers = new Int32Array(count);
  deltaBinaryUnpack(reader, count, numbers);
  return numbers;
}

/** Runs of equal numbers and of packed ones, by turns ("RLE / bit-packing hybrid"). */
function unpackRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  if (width === 0) return numbers;
  check(width <= 32, `numbers of ${width} bits`);
  const reader = { bytes, offset: 0 };
  for (let done = 0; done < count;) {
    const head = varint(reader);
    const isPacked = head % 2 === 1;
    const run = Math.min(count - done, Math.floor(head / 2) * (isPacked ? 8 : 1));
    const size = Math.ceil((isPacked ? run * width : width) / 8);
    check(run > 0 && reader.offset + size <= bytes.length, `a run of ${run} numbers of ${width} bits`);
    if (isPacked) for (let i = 0; i < run; i++) numbers[done + i] = bitsAt(bytes, 8 * reader.offset + i * width, width);
    else numbers.fill(bitsAt(bytes, 8 * reader.offset, 8 * size), done, done + run);
    reader.offset += isPacked ? Math.floor(head / 2) * width : size;
    done += run;
  }
  return numbers;
}

/** @param width at most 32 */
function bitsAt(bytes: Uint8Array, bit: number, width: number): number {
  const first = Math.floor(bit / 8);
  const shift = bit % 8;
  let word = 0; // at most 5 bytes: exact
  for (let at = first + Math.ceil((shift + width) / 8) - 1; at >= first; at--) word = 256 * word + (bytes[at] ?? 0);
  return Math.floor(word / 2 ** shift) % 2 ** width;
}

/** A number of up to 32 bits, seven in a byte. */
function varint(reader: { readonly bytes: Uint8Array; offset: number }): number {
  let number = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.bytes[reader.offset++];
    check(byte !== undefined, 'a number that is cut off');
    number += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return number;
  }
  throw new Error('a number of more than 35 bits');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function check(condition: boolean, found: string): asserts condition {
  if (!condition) throw new Error(`it has ${found}`);
}
