import { parquetMetadataAsync, parquetSchema, type AsyncBuffer, type SchemaTree } from 'hyparquet';
import { open } from 'node:fs/promises';
import { LetterpressError } from '../../errors.js';
import { readError } from './file-errors.js';
import { readPages } from './parquet-pages.js';
import { asText, chooseColumns, noRows, type AskedColumns, type TextPortions } from './table.js';

/**
 * The texts of a Parquet file, plain or compressed (Snappy, gzip, Zstandard, Brotli, LZ4). Its columns are the top
 * level of its schema; only those asked for are read, a page after another.
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
    const texts = children.filter(holdsTexts).map(({ element }) => element.name);
    const chosen = chooseColumns(columns, asked, name, '', texts).map((column) => children[columns.indexOf(column)]!);
    if (total === 0) throw noRows(name);
    const wrong = chosen.find((column) => !holdsTexts(column));
    if (wrong !== undefined)
      throw new LetterpressError(
        'BAD_INPUT',
        `expected texts in the column "${wrong.element.name}" of ${name}, got ${kindOfColumn(wrong)}`,
        'Name a column of texts (column).',
      );
    let row = 1;
    for (const { columns: chunks, num_rows: rows } of metadata.row_groups) {
      const pages = chosen.map(({ element }) => {
        const chunk = chunks.find(({ meta_data: data }) => data?.path_in_schema.join('.') === element.name)?.meta_data;
        if (chunk?.num_values !== rows)
          throw new Error(`${element.name} has ${chunk?.num_values ?? 'no'} values in a row group of ${rows} rows`);
        return readPages(file, chunk, element.repetition_type !== 'REQUIRED');
      });
      for await (const portion of sideBySide(pages, Number(rows))) {
        const first = row;
        yield portion.map((values, c) =>
          values.map((value, i) => asText(value, chosen[c]!.element.name, first + i, name)),
        );
        row += portion[0]!.length;
      }
    }
    if (row - 1 !== total) throw new Error(`it has ${row - 1} rows where ${total} are announced`);
  } catch (error) {
    // The library says in many ways that a file is damaged.
    throw error instanceof LetterpressError ? error : damaged(error);
  } finally {
    await close();
  }
}

/** A column that is to be read, in the schema. */
function holdsTexts({ element, children }: SchemaTree): boolean {
  const { type, converted_type: converted = 'UTF8', repetition_type: repetition } = element;
  const isLeaf = children.length === 0 && repetition !== 'REPEATED';
  return isLeaf && type === 'BYTE_ARRAY' && ['UTF8', 'ENUM'].includes(converted);
}

/** What is in a column that does not hold texts. */
function kindOfColumn({ element, children }: SchemaTree): string {
  if (children.length > 0 || element.repetition_type === 'REPEATED') return 'lists or objects';
  return element.converted_type ?? element.logical_type?.type ?? element.type ?? 'nothing';
}

/** Portions of several columns, of as many rows as the next pages of all of them have in common. */
async function* sideBySide<T>(columns: readonly AsyncGenerator<T[]>[], rows: number): AsyncGenerator<T[][], void> {
  const waiting: T[][] = columns.map(() => []);
  for (let done = 0; done < rows;) {
    for (const [i, column] of columns.entries())
      while (waiting[i]!.length === 0) {
        const next = await column.next();
        if (next.done === true) throw new Error(`it has ${done} rows where ${rows} are announced`);
        waiting[i] = next.value;
      }
    const common = Math.min(...waiting.map(({ length }) => length));
    yield waiting.map((values) => values.slice(0, common));
    for (const [i, values] of waiting.entries()) waiting[i] = values.slice(common);
    done += common;
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
        for (let done = 0; done < bytes.length;) {
          const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
          if (bytesRead === 0) throw new Error('it became shorter while it was read');
          done += bytesRead;
        }
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
      },
    };
    return { file, close: () => handle.close() };
  } catch (error) {
    throw await readError(error, path);
  }
}
