/** General compressors as baselines. Needs Node.js. */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** As strong as they get. gzip looks back 32 KiB, brotli 16 MiB. */
const COMPRESS = {
  gzip: (bytes: Buffer) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
  brotli: (bytes: Buffer) =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};

/** Of longer training texts only the end is compressed: brotli would take minutes, and hardly gain. */
const MAX_TRAINING_BYTES = 1 << 22;

const NATS_PER_BYTE = 8 * Math.LN2;

/**
 * What a compressor needs for texts that follow the training texts, one text a line, in UTF-8:
 *
 *   (bytes(training texts + texts) − bytes(training texts)) · 8 · ln 2 / number of texts
 *
 * A compressor that needs b bits for a text acts as a distribution that gives it the probability 2^−b, so this compares
 * with NLLs, though it is no exact distribution: bytes are whole, and codes waste some. A few texts may add no byte, or
 * even save some, which measures nothing: no NLL is 0 or less. Of more than 4 MiB of training texts the last 4 MiB
 * count.
 *
 * @returns nats per text of the texts it is called with; NaN for none, and where they add no byte
 *
 * @example compressionAfter('gzip', splits.train)(splits.test);
 */
export function compressionAfter(
  compressor: keyof typeof COMPRESS,
  train: readonly string[],
): (texts: readonly string[]) => number {
  const compress = COMPRESS[compressor];
  const whole = lines(train);
  const before = whole.subarray(Math.max(0, whole.length - MAX_TRAINING_BYTES));
  const size = compress(before).length;
  return (texts) => {
    const added = compress(Buffer.concat([before, lines(texts)])).length - size;
    return added > 0 ? (added * NATS_PER_BYTE) / texts.length : NaN;
  };
}

function lines(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\n`).join(''), 'utf8');
}
