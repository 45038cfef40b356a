import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { letterpress } from './capture.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'letterpress-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const HEADLINES = 'Two churches were closed.\nThe wolves of Wall Street\n\n2020 in 7 charts\n';
const CLEANED = 'two church closed\nwolf wall street\n\nchart\n';

describe('data clean', () => {
  it('writes one cleaned line for every line of a file', async () => {
    const { code, stdout, stderr } = await letterpress(['data', 'clean', file('a.txt', HEADLINES)]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: CLEANED, stderr: '' });
  });

  it('ends lines at line feeds only, with or without a last one', async () => {
    const odd = 'one\rtwo\u2028three\u0085four\vfive\r\nsix';
    const { stdout } = await letterpress(['data', 'clean', file('odd.txt', odd)]);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stdout.endsWith('six\n')).toBe(true);
  });

  it('reads standard input, also when a character is cut in two by the pipe', async () => {
    const bytes = Buffer.from('Café owners\nTwo churches were closed.\n');
    const pieces = [bytes.subarray(0, 4), bytes.subarray(4, 20), bytes.subarray(20)];
    const { stdout } = await letterpress(['data', 'clean', '-'], { stdin: pieces });
    expect(stdout).toBe('café owner\ntwo church closed\n');
    expect(await letterpress(['data', 'clean', '-'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('writes one JSON array with --json', async () => {
    const { stdout } = await letterpress(['data', 'clean', file('a.txt', HEADLINES), '--json']);
    expect(JSON.parse(stdout)).toEqual(CLEANED.slice(0, -1).split('\n'));
  });

  it.each([
    ['a missing file', 'missing.txt', undefined, 'no such file'],
    ['an empty file', 'empty.txt', '', 'is empty'],
    ['bytes that are not UTF-8', 'latin.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a), '0xE9 at offset 3'],
    ['a folder', '.', undefined, 'got a folder'],
  ])('says what is wrong with %s', async (_, name, content, message) => {
    if (content !== undefined) file(name, content);
    const { code, stdout, stderr } = await letterpress(['data', 'clean', join(folder, name)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
  });
});

interface Stats {
  readonly corpus: { readonly name: string; readonly kind: string };
  readonly clean: string;
  readonly alphabet: string;
  readonly splits: Record<
    'train' | 'val' | 'test',
    { readonly texts: number; readonly lengths: { readonly max: number } }
  >;
  readonly exact?: { readonly entropy: number; readonly testNll: number };
}

async function stats(...argv: string[]): Promise<Stats> {
  const { code, stdout, stderr } = await letterpress(['data', 'stats', '--json', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Stats;
}

describe('data stats', () => {
  it('describes the built-in corpus, with its exact entropy', async () => {
    const { corpus, clean, alphabet, splits, exact } = await stats();
    expect(corpus).toMatchObject({ name: 'gazette', kind: 'builtin' });
    expect(clean).toBe('none');
    expect(alphabet).toBe('abcdefghijklmnopqrstuvwxyz ');
    expect([splits.train.texts, splits.val.texts, splits.test.texts]).toEqual([8664, 1084, 1084]);
    expect(splits.train.lengths.max).toBeLessThanOrEqual(149);
    // The mean over a thousand texts lies near the entropy, which is its expectation.
    expect(Math.abs((exact?.testNll ?? NaN) - (exact?.entropy ?? NaN))).toBeLessThan(1);
  });

  it('prints the same figures as a table', async () => {
    const { code, stdout } = await letterpress(['data', 'stats']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^texts +8,664 +1,084 +1,084$/m);
    expect(stdout).toMatch(/^corpus +gazette \(builtin\)$/m);
    expect(stdout).toMatch(/^entropy +\d+\.\d{3} nats per text, exactly$/m);
  });

  it('reads columns, cleans, and learns an alphabet', async () => {
    const rows = Array.from({ length: 10 }, () => 'Two churches,x,Дома закрыты\n').join('');
    const path = file('pairs.csv', `left,number,right\n${rows}`);
    const english = await stats('--data', path, '--column', 'left');
    expect(english).toMatchObject({
      clean: 'headlines',
      splits: { train: { texts: 8, lengths: { max: 10 } } },
    });
    const both = await stats(
      '--data',
      path,
      '--column',
      'left',
      '--column',
      'right',
      '--clean',
      'none',
      '--alphabet',
      'auto',
    );
    expect(both.splits.train.texts).toBe(16);
    expect(both.alphabet).toBe(' TcehorsuwДазкморты');
  });

  it('says what nearly means where texts are nearly the same, and shows pairs where they differ', async () => {
    const path = file('near.txt', 'wall street\nwall street\nmayor opens\nrain again\n'.repeat(5));
    const stats = async (...options: string[]) =>
      (await letterpress(['data', 'stats', '--data', path, '--clean', 'none', ...options])).stdout;
    expect(await stats()).toMatch(/\nNearly the same: at most 20 % of the characters differ, copies included\.\n\n/);
    file('near.txt', 'wall street\nmayor opens\nrain again\nsnow too\n');
    expect(await stats()).not.toContain('Nearly the same');
    file('near.txt', 'wall street\n'.repeat(9) + 'wall streets\n'.repeat(9));
    expect(await stats()).toMatch(/copies\s+included\.\s+Examples:\s+Within train:\n +8 % {2}wall street/);
  });

  it('reports characters outside the alphabet', async () => {
    const path = file('accents.txt', 'été €\n'.repeat(10));
    const { stdout } = await letterpress(['data', 'stats', '--data', path, '--clean', 'none']);
    expect(stdout).toContain('train: 16 characters folded: é→e 16');
    expect(stdout).toContain('train: 8 characters outside the alphabet replaced by a space: "€" (U+20AC) 8');
  });

  it.each([
    [['--column', 'title'], '--column'],
    [['--clean', 'headlines'], '--clean headlines'],
    [['--seed', '-1'], "'--seed <n>'"],
    [['--data', 'hf:someone/something'], 'hf:someone/something'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await letterpress(['data', 'stats', ...argv, '--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('refuses texts of which cleaning leaves nothing', async () => {
    const path = file('numbers.txt', '1 2 3\n'.repeat(10));
    const { code, stderr } = await letterpress(['data', 'stats', '--data', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('cleaning left nothing');
  });
});
