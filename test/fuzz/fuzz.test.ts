/**
 * Damaged files end in an error that says so, or are read; never in a crash, a hang, an endless allocation, an internal
 * error or another model. LETTERPRESS_FUZZ sets how many damaged copies each file gets (`npm run fuzz`: 100,000).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanHeadline } from '../../src/corpus/cleaning/index.js';
import type { Corpus } from '../../src/corpus/corpus.js';
import { loadCorpus } from '../../src/corpus/sources/load-corpus.js';
import { LetterpressError } from '../../src/errors.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun, type Run } from '../../src/runs/reader.js';
import { decodeSafetensors, encodeSafetensors, float32Tensor, type Safetensors } from '../../src/runs/safetensors.js';
import { TrainingRun } from '../../src/train/training-run.js';
import { backend, tinyConfig, tinyPlan, tinyTexts } from '../train/tiny.js';
import { mutate } from './mutate.js';
import { fileFolder } from '../support/temporary-folders.js';

const COPIES = Number(process.env['LETTERPRESS_FUZZ'] ?? 200);
const SEED = Number(process.env['LETTERPRESS_FUZZ_SEED'] ?? 1);
/** Of processor time, which a busy machine does not stretch; what waits for ever runs into the test's timeout. */
const MAX_SECONDS = 5;
const MAX_BYTES = 512 * 2 ** 20;

const folder = fileFolder();

/** Reads damaged copies of `bytes`; `check` looks at what was accepted. */
async function fuzz(bytes: Uint8Array, read: (damaged: Buffer) => unknown, check: (value: unknown) => void) {
  const before = process.memoryUsage();
  let refused = 0;
  for (let number = 0; number < COPIES; number++) {
    const damaged = mutate(bytes, SEED, number);
    const start = process.cpuUsage();
    try {
      check(await read(damaged));
    } catch (error) {
      if (!(error instanceof LetterpressError) || error.code === 'INTERNAL')
        throw new Error(`copy ${number} of seed ${SEED}: ${String(error)}`, { cause: error });
      expect(error.message, `copy ${number}`).not.toMatch(/undefined|\[object|Invalid |Too (small|big)/);
      refused++;
    }
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6, `seconds for copy ${number}`).toBeLessThan(MAX_SECONDS);
  }
  const after = process.memoryUsage();
  expect(after.rss - before.rss).toBeLessThan(MAX_BYTES);
  return refused;
}

const timeout = 30_000 + COPIES * 100;

describe('a damaged safetensors file', () => {
  it(
    'is refused, or holds what it held',
    async () => {
      const tensors = new Map([
        [
          'embedding.weight',
          float32Tensor(
            [4, 3],
            Float32Array.from({ length: 12 }, (_, i) => i / 7),
          ),
        ],
        ['logits.bias', float32Tensor([5], Float32Array.of(1, -2, 3.5, 0, 1e-20))],
      ]);
      const bytes = encodeSafetensors(tensors, { format: 'pt', epoch: '3' });
      const original = decodeSafetensors(bytes);
      const refused = await fuzz(
        bytes,
        (damaged) => decodeSafetensors(damaged),
        (value) => expect((value as Safetensors).tensors).toEqual(original.tensors),
      );
      expect(refused).toBeGreaterThan(COPIES / 2);
    },
    timeout,
  );
});

describe('a run with a damaged file', () => {
  const run = join(folder, 'run');
  beforeAll(async () => {
    const training = TrainingRun.create(run, tinyConfig(tinyPlan()), tinyTexts, backend);
    for await (const event of training.events()) if (event.kind === 'finished') break;
  });

  const valuesOf = (found: Run) => modelOfRun(found, backend).transformer.parameters.values;
  const weightsOf = (found: Run) => Buffer.from(valuesOf(found).slice().buffer);
  const checkpointOf = (found: Run) => {
    const { meta, tensors } = found.loadCheckpoint()!;
    return Buffer.concat([
      Buffer.from(JSON.stringify(meta)),
      ...[...tensors.values()].map(({ data }) => Buffer.from(data.buffer)),
    ]);
  };
  const nothing = () => Buffer.alloc(0);

  it.each([
    ['config', weightsOf],
    ['metrics', nothing],
    ['results', nothing],
    ['weights', weightsOf],
    ['checkpoint', checkpointOf],
    ['finalSamples', (found: Run) => (found.readSamples('final'), nothing())],
  ] as const)(
    '%s is refused, or has the same weights',
    async (file, contents) => {
      const path = join(run, RUN_FILES[file]);
      const bytes = readFileSync(path);
      const read = () => contents(readRun(run));
      const expected = read();
      try {
        await fuzz(
          bytes,
          (damaged) => {
            writeFileSync(path, damaged);
            return read();
          },
          (value) => expect(expected.equals(value as Buffer)).toBe(true),
        );
      } finally {
        writeFileSync(path, bytes);
      }
    },
    timeout,
  );
});

const TEXTS = ['the "big" day', "it's a, b; c", 'näive café', 'quote " here', '\u{1f600} smile', 'plain text'];
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

const parquet = (encoding: 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA_LENGTH_BYTE_ARRAY' | 'DELTA_BYTE_ARRAY') =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [{ name: 'title', data: [...TEXTS, null, ...TEXTS], type: 'STRING', encoding }],
      codec: 'UNCOMPRESSED',
    }),
  );

describe('a damaged file of texts', () => {
  it.each([
    ['texts.txt', TEXTS.join('\n')],
    ['texts.csv', ['id,title', ...TEXTS.map((text, i) => `${i},${cell(text)}`)].join('\r\n')],
    ['texts.tsv', ['id\ttitle', ...TEXTS.map((text, i) => `${i}\t${text.replaceAll('"', '')}`)].join('\n')],
    ['texts.jsonl', TEXTS.map((text, i) => JSON.stringify({ id: i, title: text })).join('\n')],
    ['texts.json', JSON.stringify(TEXTS.map((text, i) => ({ id: i, title: text })))],
    ['texts.txt.gz', gzipSync(TEXTS.join('\n'))],
    ['pairs.parquet', readFileSync(new URL('../corpus/fixtures/pairs.parquet', import.meta.url))],
    ['plain.parquet', parquet('PLAIN')],
    ['dictionary.parquet', parquet('RLE_DICTIONARY')],
    ['lengths.parquet', parquet('DELTA_LENGTH_BYTE_ARRAY')],
    ['prefixes.parquet', parquet('DELTA_BYTE_ARRAY')],
  ])(
    '%s is refused, or gives whole texts that can be cleaned',
    async (name, content) => {
      const path = join(folder, name);
      const column = name.includes('.txt') ? undefined : name === 'pairs.parquet' ? 'left_title' : 'title';
      const bytes = Buffer.from(content);
      let damaged: Buffer = bytes;
      await fuzz(
        bytes,
        (copy) => {
          damaged = copy;
          writeFileSync(path, copy);
          return loadCorpus({ path, column });
        },
        (corpus) => {
          const { splits } = corpus as Corpus;
          const texts = [...splits.train, ...splits.val, ...splits.test];
          for (const text of texts) {
            expect(typeof text).toBe('string');
            expect(text.includes('\ufffd') && !damaged.includes('\ufffd')).toBe(false);
          }
          for (const text of texts) cleanHeadline(text);
        },
      );
    },
    timeout,
  );
});
