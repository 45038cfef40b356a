import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { LetterpressError } from '../../errors.js';
import { readBytes } from './read-file.js';
import type { Table } from './table.js';

/**
 * A Parquet file, plain or compressed (Snappy, gzip, Zstandard, Brotli, LZ4). Its columns are the top level of its
 * schema; only those asked for are decoded.
 *
 * @throws BAD_INPUT when it is missing, empty or damaged
 */
export async function readParquet(path: string): Promise<Table> {
  const bytes = await readBytes(path);
  const file = bytes.slice().buffer;
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw damaged(path, error);
  });
  return {
    path,
    columns: parquetSchema(metadata).children.map((child) => child.element.name),
    rows: Number(metadata.num_rows),
    values: async (column) => {
      const rows: Readonly<Record<string, unknown>>[] = await parquetReadObjects({
        file,
        metadata,
        columns: [column],
        compressors,
      }).catch((error: unknown) => {
        throw damaged(path, error);
      });
      return rows.map((row) => row[column]);
    },
  };
}

function damaged(path: string, cause: unknown): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `${path} is not a readable Parquet file: it is damaged, cut off, or uses what few programs can read`,
    'Download or write it again, or convert it to CSV or JSON Lines.',
    { cause },
  );
}
