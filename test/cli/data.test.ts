import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { letterpress } from './capture.js';
import { bad, expectToFit, good } from './workplace.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const temporary = temporaryFolders();

function file(name: string, content: string | Uint8Array): string {
  const path = join(temporary(), name);
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

  it('ends lines at line feeds and carriage returns only, with or without a last one', async () => {
    const odd = 'one\rtwo\u2028three\u0085four\vfive\r\nsix';
    const { stdout } = await letterpress(['data', 'clean', file('odd.txt', odd)]);
    expect(stdout).toBe('one\ntwo three four five\nsix\n');
  });

  it('reads columns of tables, all texts of the first, then all of the second', async () => {
    const path = file('t.csv', 'left,right\nTwo churches,1\nA wolf,The rain\n');
    const { stdout } = await letterpress(['data', 'clean', path, '--column', 'left', '--column', 'right']);
    expect(stdout).toBe('two church\nwolf\n\nrain\n');
  });

  it('reads standard input, also when a character is cut in two by the pipe', async () => {
    const bytes = Buffer.from('Café owners\nTwo churches were closed.\n');
    const pieces = [bytes.subarray(0, 4), bytes.subarray(4, 20), bytes.subarray(20)];
    const { stdout } = await letterpress(['data', 'clean', '-'], { stdin: pieces });
    expect(stdout).toBe('café owner\ntwo church closed\n');
    expect(await letterpress(['data', 'clean', '-'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('writes one JSON array with --json', async () => {
    expect(JSON.parse(await good('data', 'clean', file('a.txt', HEADLINES), '--json'))).toEqual(
      CLEANED.slice(0, -1).split('\n'),
    );
  });

  it('says what is wrong with a file that cannot be read', async () => {
    expect(await bad('data', 'clean', join(temporary(), 'missing.txt'))).toContain('missing.txt');
    expect(await bad('data', 'clean', file('latin.txt', Uint8Array.of(0x63, 0xe9, 0x0a)))).toContain('0xE9');
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
  return JSON.parse(await good('data', 'stats', '--json', ...argv)) as Stats;
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
    const stdout = await good('data', 'stats');
    expect(stdout).toMatch(/^texts +8,664 +1,084 +1,084$/m);
    expect(stdout).toMatch(/^corpus +gazette \(builtin\)$/m);
    expect(stdout).toMatch(/^entropy +\d+\.\d{3} nats per text, exactly$/m);
    expectToFit(stdout);
  });

  it('reads columns, cleans, and learns an alphabet', async () => {
    const rows = Array.from({ length: 10 }, () => 'Two churches,x,Дома закрыты\n').join('');
    const path = file('pairs.csv', `left,number,right\n${rows}`);
    const english = await stats('--data', path, '--column', 'left');
    expect(english).toMatchObject({
      clean: 'headlines',
      splits: { train: { texts: 8, lengths: { max: 10 } } },
    });
    const columns = ['left', 'right'].flatMap((name) => ['--column', name]);
    const both = await stats('--data', path, ...columns, '--clean', 'none', '--alphabet', 'auto');
    expect(both.splits.train.texts).toBe(16);
    expect(both.alphabet).toBe(' TcehorsuwДазкморты');
  });

  it('says what nearly means where texts are nearly the same, and shows pairs where they differ', async () => {
    const stats = (texts: string, ...options: string[]) =>
      good('data', 'stats', '--data', file('near.txt', texts), '--clean', 'none', ...options);
    const copies = await stats('wall street\nwall street\nmayor opens\nrain again\n'.repeat(5));
    expect(copies).toContain('at most 20 %');
    expect(copies).not.toContain('Within train');
    const apart = await stats('wall street\nmayor opens\nrain again\nsnow too\n');
    expect(apart).not.toContain('at most 20 %');
    const near = await stats('wall street\n'.repeat(9) + 'wall streets\n'.repeat(9));
    expect(near).toMatch(/Within train:\n +8 % {2}wall street/);
  });

  it('reports characters outside the alphabet', async () => {
    const path = file('accents.txt', 'été €\n'.repeat(10));
    const stats = (alphabet: string) =>
      letterpress(['data', 'stats', '--data', path, '--clean', 'none', '--alphabet', alphabet]);
    const { stdout, stderr } = await stats('english');
    expect(stdout).toContain('train: 16 characters folded: é→e 16');
    expect(stdout).toContain('train: 8 characters outside the alphabet (20.0 %) replaced by a space: "€" (U+20AC) 8');
    expect(stderr).toMatch(/warning: 20.0 % .* train .*--alphabet auto/);
    expect((await stats('auto')).stderr).toBe('');
  });

  it('learns the alphabet where none is named and the English one lacks many characters', async () => {
    const path = file('dom.txt', 'Дома закрыты\nДом\n'.repeat(10));
    const { stdout, stderr } = await letterpress(['data', 'stats', '--data', path]);
    expect(stdout).toMatch(/alphabet +\d+ characters/);
    expect(stderr).toMatch(/^9\d\.\d % of the characters of train are not a-z .*learned/);
    const english = await letterpress(['data', 'stats', '--data', path, '--alphabet', 'english']);
    expect(english.code).toBe(2);
    expect(english.stderr).toMatch(/error: 9\d\.\d % of the characters of train .*\n.*--alphabet auto/);
  });

  it('leaves out blank lines and what cleaning leaves nothing of, and says so', async () => {
    const path = file('poem.txt', 'rain falls\n\nThe\n\n'.repeat(20));
    const { stdout, stderr } = await letterpress(['data', 'stats', '--data', path]);
    expect(stdout).toMatch(/^empty texts( +0){3}$/m);
    expect(stderr).toMatch(/^20 texts are empty after cleaning and left out \(train \d+, val \d, test \d\)\n$/);
  });

  it.each([
    [['--column', 'title'], '--column'],
    [['--clean', 'headlines'], '--clean headlines'],
    [['--seed', '-1'], "'--seed <n>'"],
  ])('refuses %j', async (argv, message) => {
    expect(await bad('data', 'stats', ...argv, '--json')).toContain(message);
  });
});
