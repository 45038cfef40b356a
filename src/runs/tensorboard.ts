/** Metrics as TensorBoard reads them: TFRecord files of Event messages (tensorflow/core/util/event.proto). */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { ioError } from '../io-error.js';
import { ProtoMessage } from '../protobuf.js';
import { TENSORBOARD_FILES } from './layout.js';
import type { MetricsLine } from './schema.js';

/** Tags of the curves, and the metrics that they show. */
const CURVES = {
  'nll/train': 'trainNll',
  'nll/validation': 'valNll',
  'top1/validation': 'valTop1',
  'training/learning_rate': 'learningRate',
  'training/gradient_norm': 'gradNorm',
  'training/seconds': 'seconds',
} as const satisfies Record<string, keyof MetricsLine>;

/** The event file of one session of a training; TensorBoard joins those of a folder. Its steps are epochs. */
export class TensorBoardLog {
  /**
   * Begins a file in the run directory.
   *
   * @param epoch where the session starts: what earlier sessions wrote about it or later ones no longer counts
   * @param seconds since 1970, here and below
   * @throws LetterpressError IO when the file system refuses
   */
  static begin(folder: string, epoch: number, seconds: number): TensorBoardLog {
    const place = join(folder, TENSORBOARD_FILES.folder);
    try {
      makeFolder(place);
    } catch (cause) {
      throw ioError('make the folder', place, cause);
    }
    const log = new TensorBoardLog(join(place, TENSORBOARD_FILES.name(seconds)));
    log.append(eventAt(seconds).text(3, 'brain.Event:2')); // file_version
    log.append(eventAt(seconds, epoch).message(7, new ProtoMessage().int(1, 1))); // session_log: START
    return log;
  }

  private constructor(private readonly path: string) {}

  /** Adds an epoch's metrics. Throws `IO` as {@link begin} does. */
  appendEpoch(metrics: Omit<MetricsLine, 'best'>, seconds: number): void {
    const summary = new ProtoMessage().each(Object.entries(CURVES), (message, [tag, name]) => {
      const value = metrics[name];
      if (value !== undefined) message.message(1, new ProtoMessage().text(1, tag).float(2, value)); // simple_value
    });
    this.append(eventAt(seconds, metrics.epoch).message(5, summary));
  }

  private append(event: ProtoMessage): void {
    try {
      appendFileSync(this.path, frame(event.encode()));
    } catch (cause) {
      throw ioError('append to', this.path, cause);
    }
  }
}

/** An Event with its wall_time and step. */
function eventAt(seconds: number, step = 0): ProtoMessage {
  return new ProtoMessage().double(1, seconds).int(2, step);
}

/** A record of a TFRecord file: length, its checksum, the data, their checksum. */
function frame(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return bytes;
}

/** TFRecord's mask over CRC-32C, so that a checksum over data with checksums is no weaker. */
function maskedChecksum(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli), bit by bit: records are short and few. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
