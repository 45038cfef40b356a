const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0] as const; // \x93NUMPY, version 1.0
const PREFIX_BYTES = 10; // the magic and the header's length in two bytes
const ALIGNMENT = 64;

/**
 * A list of numbers in NumPy's `.npy` format, version 1.0: a magic text, a header that is a Python dictionary literal,
 * then little-endian float64 values.
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html) Safe for browsers.
 */
export function encodeNpy(values: readonly number[]): Uint8Array {
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${values.length},), }`;
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
