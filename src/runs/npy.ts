/**
 * NumPy's `.npy` format, version 1.0, for float64 arrays: a magic text, a header that is a Python dictionary
 * literal, then little-endian values, row-major.
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) Safe for browsers.
 */
import { LetterpressError, assertInternal } from '../errors.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0] as const; // \x93NUMPY, version 1.0
const PREFIX_BYTES = 10; // the magic and the header's length in two bytes
const ALIGNMENT = 64;

/** A float64 array as read from a `.npy` file. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * A float64 array as the bytes of a `.npy` file, which `numpy.load` reads.
 *
 * @param shape sizes whose product is the number of values; `[n]` unless given
 * @throws LetterpressError `INTERNAL` when the shape does not fit
 */
export function encodeNpy(values: Float64Array, shape: readonly number[] = [values.length]): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  assertInternal(count === values.length, `${values.length} values given for shape [${shape.join(', ')}]`);
  // Python writes a tuple of one as "(3,)".
  const tuple = shape.length === 1 ? `(${shape[0] ?? 0},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  const dataStart = Math.ceil((PREFIX_BYTES + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = `${dictionary.padEnd(dataStart - PREFIX_BYTES - 1, ' ')}\n`;

  const bytes = new Uint8Array(dataStart + 8 * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), PREFIX_BYTES);
  values.forEach((value, index) => view.setFloat64(dataStart + 8 * index, value, true));
  return bytes;
}

/**
 * Reads what {@link encodeNpy} and `numpy.save` write for little-endian float64 arrays in row-major order.
 *
 * @param source what the bytes are, for messages
 * @throws LetterpressError `BAD_INPUT` for damaged files, other versions, element types or orders
 */
export function decodeNpy(bytes: Uint8Array, source = 'npy data'): NpyArray {
  if (bytes.length < PREFIX_BYTES || MAGIC.some((byte, index) => bytes[index] !== byte))
    throw damaged(source, 'expected the magic of version 1.0 at its start');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = PREFIX_BYTES + view.getUint16(8, true);
  if (dataStart > bytes.length) throw damaged(source, 'the header is cut short');
  const header = new TextDecoder('latin1').decode(bytes.subarray(PREFIX_BYTES, dataStart));

  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d, ]*)\)/.exec(header)?.[1];
  if (descr !== '<f8' || order !== 'False' || sizes === undefined)
    throw damaged(source, `expected '<f8' values in row-major order, found the header ${header.trim()}`);
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (bytes.length - dataStart !== 8 * count)
    throw damaged(source, `shape [${shape.join(', ')}] takes ${8 * count} bytes, found ${bytes.length - dataStart}`);
  return {
    shape,
    values: Float64Array.from({ length: count }, (_, i) => view.getFloat64(dataStart + 8 * i, true)),
  };
}

function damaged(source: string, what: string): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `${source}: not a .npy file that can be read: ${what}`,
    'The file is damaged or of another kind: copy it again, or make it again.',
  );
}
