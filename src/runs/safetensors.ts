/**
 * The safetensors format (https://github.com/huggingface/safetensors), written and read without dependencies:
 *
 *     8 bytes  little-endian length of the header
 *     header   JSON: {"__metadata__": {text: text}, name: {"dtype", "shape", "data_offsets": [begin, end]}, …}
 *     data     the tensors' bytes, little-endian, row-major, without gaps
 *
 * Safe for browsers: no Node.js modules.
 */
import { crc32 } from '../crc32.js';
import { LetterpressError, assertInternal } from '../errors.js';
import { isRecord } from '../json.js';

/** The array that holds each element type, by its safetensors name. F16 and BF16 are raw bits, BOOL a byte a value. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

type Dtype = keyof typeof ARRAYS;
export type DtypeArrays = { [D in Dtype]: (typeof ARRAYS)[D]['prototype'] };

/** One tensor: `data` holds the product of `shape` elements, row-major. A scalar has shape `[]`. */
export type TensorData = {
  [D in Dtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: DtypeArrays[D] };
}[Dtype];

/** What a safetensors file holds. `tensors` keeps the order of the header. */
export interface Safetensors {
  readonly tensors: Map<string, TensorData>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA_KEY = '__metadata__';
/** The metadata that holds {@link checksum}, so that one changed bit cannot pass for another model. */
const CHECKSUM_KEY = 'crc32';
/** Says that there is one: so that damage to its own name is noticed too. */
const HAS_CHECKSUM = { checked: 'yes' } as const;
const MAX_HEADER_BYTES = 100_000_000; // the reference reader's limit

/** A float32 tensor, the usual case. */
export function float32Tensor(shape: readonly number[], data: Float32Array): TensorData {
  return { dtype: 'F32', shape, data };
}

/**
 * Writes tensors as safetensors. The header names them in the map's order and is padded with spaces to a
 * multiple of 8 bytes; the data lie widest element type first, so that every tensor is aligned for readers
 * that map the file into memory.
 *
 * @param metadata free texts to store with the tensors, and with a checksum of all
 * @throws LetterpressError `INTERNAL` when a tensor's data does not fit its shape or type
 * @example encodeSafetensors(new Map([['bias', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]));
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  assertLittleEndian();
  for (const [name, tensor] of tensors) checkTensor(name, tensor);

  const begins = new Map<string, number>();
  let dataBytes = 0;
  const widestFirst = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { data }] of widestFirst) {
    begins.set(name, dataBytes);
    dataBytes += data.byteLength;
  }

  // Written by hand, entry by entry: an object would move names such as "0" to the front.
  const checked = { ...metadata, ...HAS_CHECKSUM, [CHECKSUM_KEY]: checksum(tensors, metadata) };
  const entries = [`"${METADATA_KEY}":${JSON.stringify(checked)}`];
  for (const [name, { dtype, shape, data }] of tensors) {
    const begin = begins.get(name)!;
    const entry = { dtype, shape, data_offsets: [begin, begin + data.byteLength] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const header = new TextEncoder().encode(`{${entries.join(',')}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerBytes + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(header, 8);
  for (const [name, { data }] of tensors) {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    bytes.set(raw, 8 + headerBytes + begins.get(name)!);
  }
  return bytes;
}

/**
 * Reads safetensors; every tensor is copied out, so that the file's bytes may be released. All lengths, types
 * and offsets are checked before they are used: damaged or hostile input ends in an error, never in a read
 * outside of the bytes. A checksum, where the metadata have one, must be right; other programs write none.
 *
 * @param source what the bytes are, for messages, e.g. the file's path
 * @throws LetterpressError `BAD_INPUT` for anything that is not well-formed safetensors
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  assertLittleEndian();
  const { header, dataStart } = readHeader(bytes, source);
  // A plain Uint8Array even when a Node Buffer came in: Buffer's own `slice` would share its pool's memory.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart, bytes.length - dataStart);
  const tensors = new Map<string, TensorData>();
  let metadata: Record<string, string> = {};
  const ranges: (readonly [begin: number, end: number, name: string])[] = [];

  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA_KEY) {
      metadata = readMetadata(entry, source);
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, entry, data.length, source);
    ranges.push([begin, end, name]);
    // `slice` copies, which also gives the element type the alignment that it needs.
    const array: new (buffer: ArrayBuffer) => TensorData['data'] = ARRAYS[dtype];
    tensors.set(name, { dtype, shape, data: new array(data.slice(begin, end).buffer) } as TensorData);
  }

  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let covered = 0;
  for (const [begin, end, name] of ranges) {
    if (begin !== covered)
      throw damaged(
        source,
        `tensor ${name} should start at byte ${covered} of the data (no gaps, no overlaps), it starts at ${begin}`,
      );
    covered = end;
  }
  if (covered !== data.length)
    throw damaged(source, `expected ${covered} bytes of data after the header, found ${data.length}`);
  const { [CHECKSUM_KEY]: expected, ...others } = metadata;
  const { checked, ...rest } = others;
  if (expected === undefined && checked !== HAS_CHECKSUM.checked) return { tensors, metadata };
  if (checked !== HAS_CHECKSUM.checked || expected !== checksum(tensors, rest))
    throw damaged(source, `its contents have another checksum than its metadata say (${CHECKSUM_KEY})`);
  return { tensors, metadata: rest };
}

/** CRC-32 of names, types, shapes, numbers and metadata, in the order of the names: wherever the file has them. */
function checksum(tensors: ReadonlyMap<string, TensorData>, metadata: Readonly<Record<string, string>>): string {
  const byName = (a: readonly [string, unknown], b: readonly [string, unknown]) => (a[0] < b[0] ? -1 : 1);
  const encoder = new TextEncoder();
  let crc = crc32(encoder.encode(JSON.stringify(Object.entries(metadata).sort(byName))));
  for (const [name, { dtype, shape, data }] of [...tensors].sort(byName)) {
    crc = crc32(encoder.encode(JSON.stringify([name, dtype, shape])), crc);
    crc = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), crc);
  }
  return crc.toString(16).padStart(8, '0');
}

const SAVE = "In Python: safetensors.torch.save_file(model.state_dict(), 'model.safetensors').";

/** Other files that models are kept in, by their first bytes (as Latin-1). */
const OTHERS: readonly (readonly [start: string, what: string, fix: string])[] = [
  ['PK\x03\x04', 'a zip archive, as torch.save writes it', SAVE],
  ['\x80', 'a Python pickle', SAVE],
  ['GGUF', 'a GGUF file', SAVE],
  ['\x89HDF', 'an HDF5 file', SAVE],
  ['{', 'JSON, such as the index of a model in several files', 'Give the .safetensors file itself; join several.'],
];

function refuseOther(bytes: Uint8Array, source: string): void {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const found = OTHERS.find(([signature]) => start.startsWith(signature));
  if (found === undefined) return;
  throw new LetterpressError('BAD_INPUT', `expected a safetensors file, but ${source} is ${found[1]}`, found[2]);
}

function readHeader(bytes: Uint8Array, source: string): { header: object; dataStart: number } {
  if (bytes.length < 8) throw damaged(source, `expected at least 8 bytes, found ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) refuseOther(bytes, source); // a cut-off file of ours claims less
  if (length > BigInt(MAX_HEADER_BYTES) || length > BigInt(bytes.length - 8))
    throw damaged(source, `the header claims ${String(length)} bytes, the file has ${bytes.length - 8} left`);
  const dataStart = 8 + Number(length);
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart));
    header = JSON.parse(text);
  } catch (cause) {
    throw damaged(source, 'the header is not JSON', cause);
  }
  if (!isRecord(header)) throw damaged(source, 'the header is not a JSON object');
  return { header, dataStart };
}

function readMetadata(entry: unknown, source: string): Record<string, string> {
  if (!isRecord(entry)) throw damaged(source, `${METADATA_KEY} is not an object`);
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') throw damaged(source, `${METADATA_KEY}.${key} is not a text`);
  }
  return entry as Record<string, string>;
}

function readEntry(
  name: string,
  entry: unknown,
  dataBytes: number,
  source: string,
): { dtype: Dtype; shape: number[]; begin: number; end: number } {
  if (!isRecord(entry)) throw damaged(source, `tensor ${name}: the header entry is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isDtype(dtype))
    throw damaged(
      source,
      `tensor ${name}: unknown element type ${dtype === undefined ? '(none)' : JSON.stringify(dtype)}`,
    );
  if (!isCounts(shape)) throw damaged(source, `tensor ${name}: the shape is not a list of sizes`);
  if (!isCounts(offsets) || offsets.length !== 2)
    throw damaged(source, `tensor ${name}: data_offsets is not a pair of byte positions`);
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > dataBytes)
    throw damaged(source, `tensor ${name}: bytes ${begin} to ${end} do not lie in the ${dataBytes} of data`);
  const expected = shape.reduce((product, size) => product * size, ARRAYS[dtype].BYTES_PER_ELEMENT);
  if (end - begin !== expected)
    throw damaged(
      source,
      `tensor ${name}: ${dtype} of shape [${shape.join(', ')}] takes ${expected} bytes, not ${end - begin}`,
    );
  return { dtype, shape, begin, end };
}

function checkTensor(name: string, { dtype, shape, data }: TensorData): void {
  assertInternal(name !== METADATA_KEY, `a tensor may not be called ${METADATA_KEY}`);
  assertInternal(isCounts(shape), `tensor ${name}: the shape must be a list of sizes`);
  const elements = shape.reduce((product, size) => product * size, 1);
  assertInternal(
    data.length === elements && data.BYTES_PER_ELEMENT === ARRAYS[dtype].BYTES_PER_ELEMENT,
    `tensor ${name}: ${data.length} elements of ${data.BYTES_PER_ELEMENT} bytes for ${dtype} [${shape.join(', ')}]`,
  );
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(ARRAYS, value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function damaged(source: string, what: string, cause?: unknown): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `${source}: not a valid safetensors file: ${what}`,
    'The file is damaged or of another format: copy it again, or make it again.',
    cause === undefined ? undefined : { cause },
  );
}

/** Typed arrays have the host's byte order, the format is little-endian, as is every host that we know of. */
function assertLittleEndian(): void {
  assertInternal(new Uint8Array(Uint16Array.of(1).buffer)[0] === 1, 'a little-endian machine is needed');
}
