/** Remainders of a byte followed by 0 to 7 zero bytes, by the polynomial 0x04C11DB7 bit-reversed. */
const TABLES = makeTables();

function makeTables(): readonly Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    first[byte] = remainder;
  }
  const tables = [first];
  while (tables.length < 8) tables.push(tables.at(-1)!.map((before) => (before >>> 8) ^ first[before & 0xff]!));
  return tables;
}

/**
 * CRC-32 as in zip, PNG and Python's `zlib.crc32`. Eight bytes at a time (Kounavis and Berry, 2005).
 *
 * @param before the checksum of the bytes that come first, to continue from
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t7![crc & 0xff]! ^
      t6![(crc >>> 8) & 0xff]! ^
      t5![(crc >>> 16) & 0xff]! ^
      t4![crc >>> 24]! ^
      t3![bytes[at + 4]!]! ^
      t2![bytes[at + 5]!]! ^
      t1![bytes[at + 6]!]! ^
      t0![bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0![(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
