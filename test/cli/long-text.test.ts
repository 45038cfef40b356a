import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gazette } from '../../src/corpus/gazette/index.js';
import { readRun } from '../../src/runs/reader.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');

describe('a long text', () => {
  it('is trained on in pieces, measured, sampled and analysed', async () => {
    const book = place.at('book.txt');
    const lines = gazette({ sizes: { train: 300, val: 1, test: 1 } }).splits.train;
    writeFileSync(book, lines.map((line) => `«${line}».\n`).join(''));
    const run = place.at('book');
    const options = ['--continuous', '--context-length', '33', '--alphabet', 'auto', '--epochs', '2', '--out', run];
    await good('train', '--data', book, ...SHAPE, ...options);
    const { config, results } = readRun(run);
    expect(config).toMatchObject({
      corpus: { pieces: 32, cleaning: 'none' },
      model: { contextLength: 33 },
      training: { augmentation: { shift: true } },
    });
    expect(config.tokenizer['characters']).toContain('\n');
    expect(config.corpus.sizes.train).toBeGreaterThan(10 * config.corpus.sizes.test);
    const evaluated = JSON.parse(await good('evaluate', run, '--json')) as Record<string, number>;
    expect(evaluated['nll']).toBeCloseTo(results!.testNll, 4);
    // Every piece is full, so each has 32 characters and no end.
    expect(evaluated['bitsPerCharacter']).toBeCloseTo(results!.testNll / Math.LN2 / 32, 4);
    const none = JSON.parse(await good('evaluate', run, '--stride', '32', '--json')) as Record<string, number>;
    expect(none['bitsPerCharacter']).toBeCloseTo(evaluated['bitsPerCharacter']!, 4);
    const half = JSON.parse(await good('evaluate', run, '--stride', '16', '--json')) as Record<string, number>;
    expect(half['characters']).toBe(32 * config.corpus.sizes.test);
    expect(await good('evaluate', run, '--stride', '16')).toMatch(/^[\d,]+ characters .*16 characters/);
    expect(await good('sample', run, '-n', '2')).not.toBe('');

    // A size whose recipe shuffles words, which pieces do not have.
    const shape = ['dModel=16', 'heads=2', 'layers=1'].flatMap((value) => ['--set', `model.${value}`]);
    const search = [
      '--size',
      '557k',
      ...shape,
      '--trials',
      '1',
      '--min-epochs',
      '1',
      '--epochs',
      '1',
      '--out',
      place.at('search'),
    ];
    await good('tune', '--data', book, ...options.slice(0, 5), ...search);
  });

  it('is needed by --continuous and --stride', async () => {
    const missing = await bad('train', '--continuous', ...SHAPE);
    expect(missing).toContain('--data');
    const short = place.at('short.txt');
    writeFileSync(short, 'too short');
    expect(await bad('train', '--continuous', '--data', short, ...SHAPE)).toMatch(/at least 149 characters|is empty/);
    expect(await bad('train', '--continuous', '--data', short, '--clean', 'headlines')).toContain('--clean');
    expect(await bad('train', '--context-length', '2000')).toContain("'--context-length <n>'");
    expect(await bad('evaluate', place.run, '--stride', '16')).toContain('--stride');
  });
});
