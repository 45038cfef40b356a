import { LetterpressError } from '../../errors.js';

/** Bytes at the beginning of a file that {@link refuseOther} wants to see. */
export const HEAD_BYTES = 4096;

const UNPACK = (command: string): string => `Unpack it first: ${command}.`;
const AS_CSV = 'Save the sheet as CSV (UTF-8), and give that file.';
const AS_TEXT = 'Export its texts as UTF-8, one a line, and give that file.';

/** What other programs write, by the first bytes (as Latin-1), and what to do about it. */
const SIGNATURES: readonly (readonly [start: string, what: string, fix: string])[] = [
  ['\x1f\x8b', 'packed twice', 'Unpack it once: gunzip FILE, and give it as .gz again.'],
  ['\x1f\x9d', 'a compress archive (.Z)', UNPACK('uncompress FILE')],
  ['\x04"M\x18', 'an LZ4 archive', UNPACK('unlz4 FILE')],
  ['BZh', 'a bzip2 archive', UNPACK('bunzip2 FILE')],
  ['\xfd7zXZ\0', 'an xz archive', UNPACK('unxz FILE')],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive', UNPACK('unzstd FILE')],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip archive', UNPACK('7z x FILE')],
  ['Rar!\x1a\x07', 'a RAR archive', UNPACK('unrar x FILE')],
  ['%PDF-', 'a PDF', 'Extract its text first: pdftotext FILE texts.txt.'],
  ['\xd0\xcf\x11\xe0', 'an old Office document (.xls, .doc)', 'Save it as CSV or as text (UTF-8), and give that file.'],
  ['{\\rtf', 'a rich-text document (RTF)', AS_TEXT],
  ['SQLite format 3\0', 'an SQLite database', 'Export a table of it as CSV, and give that file.'],
  ['ARROW1', 'an Arrow or Feather file', 'Write it as Parquet, and give that file.'],
  ['ORC', 'an ORC file', 'Write it as Parquet, and give that file.'],
  ['Obj\x01', 'an Avro file', 'Write it as Parquet, and give that file.'],
  ['\xff\xff\xff\xff', 'an Arrow stream', 'Write it as Parquet, and give that file.'],
  ['\x89HDF', 'an HDF5 file', 'Write it as CSV or Parquet, and give that file.'],
  ['\x93NUMPY', 'a NumPy array', AS_TEXT],
  ['\x80\x02', 'a Python pickle', AS_TEXT],
  ['\x80\x03', 'a Python pickle', AS_TEXT],
  ['\x80\x04', 'a Python pickle', AS_TEXT],
  ['\x80\x05', 'a Python pickle', AS_TEXT],
  ['\x89PNG', 'a picture (PNG)', 'Check that it is the right file.'],
  ['\xff\xd8\xff', 'a picture (JPEG)', 'Check that it is the right file.'],
  ['GIF8', 'a picture (GIF)', 'Check that it is the right file.'],
  ['\x7fELF', 'a program', 'Check that it is the right file.'],
  [
    'version https://git-lfs.github.com/spec/',
    'a pointer of Git LFS, not the file itself',
    'Fetch the file: git lfs pull.',
  ],
];

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Text does not begin so: control characters follow the letters. */
export function isParquet(head: Uint8Array): boolean {
  return latin1(head).startsWith('PAR1') && head.subarray(4, 64).some((byte) => byte < 9);
}

/**
 * Refuses what is neither text nor Parquet, by its first bytes.
 *
 * @param name as the file is called in the message
 * @throws BAD_INPUT that says what it is, and what to do
 */
export function refuseOther(head: Uint8Array, name: string): void {
  const start = latin1(head);
  const found = SIGNATURES.find(([signature]) => start.startsWith(signature));
  if (found !== undefined) throw expectedText(name, found[1], found[2]);
  if (start.startsWith('PK\x03\x04')) throw archive(start, name);
  if (isParquet(head)) throw expectedText(name, 'a Parquet file', 'Rename it to .parquet, or say so (format parquet).');
  if (start.slice(257, 262) === 'ustar') throw expectedText(name, 'a tar archive', UNPACK('tar xf FILE'));
  const unicode = utf16(head);
  if (unicode !== undefined)
    throw expectedText(name, unicode, `Convert it: iconv -f ${unicode.slice(0, 8)} -t UTF-8 FILE > utf8.txt`);
}

/** Office documents are zip archives that begin with names of their own. */
function archive(start: string, name: string): LetterpressError {
  if (start.includes('xl/')) return expectedText(name, 'an Excel workbook (.xlsx)', AS_CSV);
  if (start.includes('opendocument.spreadsheet')) return expectedText(name, 'an OpenDocument sheet (.ods)', AS_CSV);
  if (start.includes('word/')) return expectedText(name, 'a Word document (.docx)', AS_TEXT);
  if (start.includes('[Content_Types].xml')) return expectedText(name, 'an Office document (.xlsx, .docx)', AS_CSV);
  if (start.includes('epub')) return expectedText(name, 'an e-book (EPUB)', AS_TEXT);
  return expectedText(name, 'a zip archive', UNPACK('unzip FILE'));
}

/** The kind of UTF-16 or UTF-32: by its mark, or because the same bytes of characters are zero. */
function utf16(head: Uint8Array): string | undefined {
  const zeros = [0, 0, 0, 0];
  head.forEach((byte, i) => (byte === 0 ? zeros[i % 4]!++ : 0));
  const most = head.length / 4 / 2;
  const [a, b, c, d] = zeros.map((count) => head.length >= 4 && count > most) as [boolean, boolean, boolean, boolean];
  if ((head[0] === 0xff && head[1] === 0xfe && head[2] === 0 && head[3] === 0) || (b && c && d && !a))
    return 'UTF-32LE';
  if ((head[2] === 0xfe && head[3] === 0xff && head[0] === 0) || (a && b && c && !d)) return 'UTF-32BE';
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE';
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE';
  // Of other scripts, only spaces and line ends have one; some characters have a zero as their other half.
  const [even, odd] = [zeros[0]! + zeros[2]!, zeros[1]! + zeros[3]!];
  if (odd > Math.max(3, 9 * even)) return 'UTF-16LE without a byte order mark';
  return even > Math.max(3, 9 * odd) ? 'UTF-16BE without a byte order mark' : undefined;
}

export function expectedText(name: string, what: string, fix: string, cause?: unknown): LetterpressError {
  return new LetterpressError('BAD_INPUT', `expected UTF-8 text, but ${name} is ${what}`, fix, { cause });
}

export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, HEAD_BYTES), (byte) => String.fromCharCode(byte)).join('');
}
