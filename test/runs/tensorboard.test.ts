/** TensorBoard's event files: their checksums, and what is in them, as Python's crc32c and struct read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32c, TensorBoardLog } from '../../src/runs/tensorboard.js';
import { lacksPython, runPython } from '../support/python.js';
import { metricsLine } from './fixtures.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const newFolder = temporaryFolders();

/** An event file of two epochs; its bytes, and where it lies. */
function write(): { folder: string; bytes: Buffer } {
  const folder = newFolder();
  const log = TensorBoardLog.begin(folder, 3, 1_700_000_000.25);
  log.appendEpoch({ ...metricsLine(3), gradNorm: undefined }, 1_700_000_001);
  log.appendEpoch({ ...metricsLine(4), valNll: NaN }, 1_700_000_002.5);
  const [name] = readdirSync(join(folder, 'tensorboard'));
  expect(name).toBe('events.out.tfevents.1700000000.250000.letterpress');
  return { folder, bytes: readFileSync(join(folder, 'tensorboard', name!)) };
}

describe('the checksum CRC-32C', () => {
  // RFC 3720, appendix B.4.
  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['ascending bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['the digits', Buffer.from('123456789'), 0xe3069283],
  ])('of %s is that of the standard', (_what, data, expected) => {
    expect(crc32c(data)).toBe(expected);
  });
});

it('an event file begins with its version, as TensorBoard expects', () => {
  const { bytes } = write();
  expect(bytes.readBigUInt64LE(0)).toBe(BigInt(bytes.indexOf('brain.Event:2') + 13 - 12));
  expect(bytes.readDoubleLE(13)).toBe(1_700_000_000.25);
});

describe.skipIf(lacksPython('crc32c', 'google.protobuf'))("Debian's Python", () => {
  it('finds the checksums right, and every metric under its tag, epoch and time', () => {
    const program = `
import glob, json, struct, sys
import crc32c
from google.protobuf.internal.decoder import _DecodeVarint

def fields(data):
    at, found = 0, []
    while at < len(data):
        key, at = _DecodeVarint(data, at)
        if key & 7 == 0:
            value, at = _DecodeVarint(data, at)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            if size is None:
                size, at = _DecodeVarint(data, at)
            value, at = data[at : at + size], at + size
        found.append((key >> 3, value))
    return found

def check(data, expected):
    crc = crc32c.crc32c(data)
    assert ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF == expected

data = open(glob.glob("tensorboard/events.out.tfevents.*")[0], "rb").read()
at, events = 0, []
while at < len(data):
    (length,) = struct.unpack_from("<Q", data, at)
    check(data[at : at + 8], struct.unpack_from("<I", data, at + 8)[0])
    event = data[at + 12 : at + 12 + length]
    check(event, struct.unpack_from("<I", data, at + 12 + length)[0])
    at += 16 + length
    event = dict(fields(event))
    values = [dict(fields(value)) for _, value in fields(event.get(5, b""))]
    curves = {value[1].decode(): str(round(struct.unpack("<f", value[2])[0], 4)) for value in values}
    seconds = struct.unpack("<d", event[1])[0]
    events.append([seconds, event[2], event.get(3, b"").decode(), event.get(7, b"").hex(), curves])
print(json.dumps(events))
`;
    const curves = { 'top1/validation': '0.73', 'training/learning_rate': '0.001', 'training/seconds': '1.25' };
    expect(JSON.parse(runPython(program, { cwd: write().folder }))).toEqual([
      [1_700_000_000.25, 0, 'brain.Event:2', '', {}],
      [1_700_000_000.25, 3, '', '0801', {}],
      [1_700_000_001, 3, '', '', { 'nll/train': '97.0', 'nll/validation': '90.0', ...curves }],
      [
        1_700_000_002.5,
        4,
        '',
        '',
        {
          ...{ 'nll/train': '96.0', 'nll/validation': 'nan', ...curves, 'top1/validation': '0.74' },
          'training/gradient_norm': '0.5',
        },
      ],
    ]);
  });
});
