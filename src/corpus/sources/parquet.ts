import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type ColumnMetaData,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { compressors } from 'hyparquet-compressors';
import { open } from 'node:fs/promises';
import { LetterpressError } from '../../errors.js';
import { readError } from './file-errors.js';
import { asText, chooseColumns, InvalidText, noRows, type AskedColumns, type TextPortions } from './table.js';

/** Rows that are read first: a limit may not need more. */
const FIRST_ROWS = 20_001;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The library would put U+FFFD in place of bytes that are not UTF-8. */
const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined): unknown => {
    if (bytes === undefined) return undefined;
    try {
      return utf8.decode(bytes);
    } catch {
      return new InvalidText('bytes that are not UTF-8');
    }
  },
};

/**
 * The texts of a Parquet file, plain or compressed (Snappy, gzip, Zstandard, Brotli, LZ4). Its columns are the top
 * level of its schema; only those asked for are read, one row group after another.
 *
 * @param bytes in memory, or undefined to read the file at `path`
 * @throws BAD_INPUT when it is damaged, or a value is no UTF-8 text, with the row
 */
export async function* readParquet(
  path: string,
  bytes: Uint8Array | undefined,
  { name, asked }: { readonly name: string; readonly asked: AskedColumns },
): TextPortions {
  const damaged = (cause: unknown): LetterpressError =>
    new LetterpressError(
      'BAD_INPUT',
      `${name} is not a readable Parquet file: it is damaged, cut off, or uses what few programs can read`,
      'Download or write it again, or convert it to CSV or JSON Lines.',
      { cause },
    );
  const { file, close } = bytes === undefined ? await openBuffer(path) : inMemory(bytes);
  try {
    const metadata = await parquetMetadataAsync(file);
    const total = Number(metadata.num_rows);
    const { children } = parquetSchema(metadata);
    const columns = children.map(({ element }) => element.name);
    const texts = children.filter((child) => child.children.length === 0 && child.element.type === 'BYTE_ARRAY');
    const chosen = chooseColumns(
      columns,
      asked,
      name,
      '',
      texts.map(({ element }) => element.name),
    );
    const groups = metadata.row_groups.map(({ num_rows: rows }) => Number(rows));
    if (total === 0) throw noRows(name);
    // The library would wait for ever for a column, or for values, that a row group does not have.
    for (const { columns: chunks, num_rows: rows } of metadata.row_groups)
      for (const column of chosen) {
        const meta = chunks.find(({ meta_data: data }) => data?.path_in_schema.join('.') === column)?.meta_data;
        const isFlat = children.some(({ element, children: parts }) => element.name === column && parts.length === 0);
        if (!isFlat) continue;
        if (meta?.num_values !== rows)
          throw new Error(`${column} has ${meta?.num_values ?? 'no'} values in a row group of ${rows} rows`);
        await checkPages(file, meta);
      }
    for (const [rowStart, rowEnd] of portionsOf(groups)) {
      const rows: Readonly<Record<string, unknown>>[] = await parquetReadObjects({
        file,
        metadata,
        columns: [...chosen],
        rowStart,
        rowEnd,
        compressors,
        parsers,
      });
      if (rows.length !== rowEnd - rowStart)
        throw new Error(`it has ${rows.length} rows where ${rowEnd - rowStart} are announced`);
      yield chosen.map((column) => rows.map((row, i) => asText(row[column], column, rowStart + i + 1, name)));
    }
  } catch (error) {
    // The library says in many ways that a file is damaged.
    throw error instanceof LetterpressError ? error : damaged(error);
  } finally {
    await close();
  }
}

/** Bytes in which a page's header usually ends; statistics may be longer. */
const HEADER_BYTES = 4096;

/**
 * Follows a column's pages from header to header, as the library does before it believes any of them: sizes must be
 * numbers that lead forward, to the end of the column, with the announced values on the way.
 */
async function checkPages(file: AsyncBuffer, meta: ColumnMetaData): Promise<void> {
  let at = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
  const end = at + Number(meta.total_compressed_size);
  if (!(at >= 0 && at <= end && end <= file.byteLength)) throw new Error(`a column of bytes ${at} to ${end}`);
  let values = 0n;
  while (values < meta.num_values && at < end) {
    const { header, bytes } = await headerAt(file, at, end);
    const { compressed_page_size: size, uncompressed_page_size: unpacked } = header;
    const { dictionary_page_header: dictionary, data_page_header: first, data_page_header_v2: second } = header;
    const count = first?.num_values ?? second?.num_values ?? 0;
    const { num_nulls: nulls = 0, num_rows: rows = 0 } = second ?? {};
    const levels = (second?.repetition_levels_byte_length ?? 0) + (second?.definition_levels_byte_length ?? 0);
    const numbers = [size, unpacked, count, nulls, rows, levels, dictionary?.num_values ?? 0];
    if (!numbers.every((n) => Number.isSafeInteger(n) && n >= 0) || at + bytes + size > end)
      throw new Error(`a page with the numbers ${numbers.join(', ')} at byte ${at}`);
    if (nulls > count || rows > count || levels > size || (dictionary?.num_values ?? 0) > unpacked)
      throw new Error(`a page whose numbers contradict each other, ${numbers.join(', ')}, at byte ${at}`);
    at += bytes + size;
    values += BigInt(count);
  }
  if (values !== meta.num_values) throw new Error(`${values} values where ${meta.num_values} are announced`);
}

async function headerAt(file: AsyncBuffer, at: number, end: number) {
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

/** A row group each, but for the beginning of a large first one. */
function* portionsOf(groups: readonly number[]): Generator<readonly [start: number, end: number]> {
  let start = 0;
  for (const rows of groups) {
    const end = start + rows;
    if (start === 0 && rows > FIRST_ROWS) yield [0, (start = FIRST_ROWS)];
    if (end > start) yield [start, end];
    start = end;
  }
}

interface Opened {
  readonly file: AsyncBuffer;
  readonly close: () => Promise<void>;
}

function inMemory(bytes: Uint8Array): Opened {
  const file = Uint8Array.from(bytes).buffer;
  return { file, close: () => Promise.resolve() };
}

async function openBuffer(path: string): Promise<Opened> {
  try {
    const handle = await open(path);
    const { size } = await handle.stat();
    const file = {
      byteLength: size,
      slice: async (start: number, end = size) => {
        const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      },
    };
    return { file, close: () => handle.close() };
  } catch (error) {
    throw await readError(error, path);
  }
}
