import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer } from 'hyparquet';
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
    const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
      throw damaged(error);
    });
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
        if (isFlat && meta?.num_values !== rows)
          throw damaged(new Error(`${column} has ${meta?.num_values ?? 'no'} values in a row group of ${rows} rows`));
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
      }).catch((error: unknown) => {
        throw damaged(error);
      });
      if (rows.length !== rowEnd - rowStart)
        throw damaged(new Error(`it has ${rows.length} rows where ${rowEnd - rowStart} are announced`));
      yield chosen.map((column) => rows.map((row, i) => asText(row[column], column, rowStart + i + 1, name)));
    }
  } finally {
    await close();
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
