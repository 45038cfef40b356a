import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { unescapeLine } from '../../src/escapes.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { letterpress } from './capture.js';
import { SHAPE, Workplace } from './workplace.js';

const place = new Workplace();

/** What would break lines, steer a terminal, or turn what is written after it. */
const HOSTILE = ['\n', '\r', '\u0001', '\t', '\u001b', '\u0085', '\u009b', '\u2028', '\u202e', '\u2066', '\\', '漢'];
const RAW = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

let data = '';
let run = '';
const options = ['--clean', 'none', '--alphabet', 'auto', '--epochs', '1'];

beforeAll(async () => {
  const texts = Array.from({ length: 40 }, (_, i) => HOSTILE.slice(i % 3).join(String.fromCharCode(97 + (i % 5))));
  data = place.file('hostile\u001b[31m.jsonl', texts.map((text) => `${JSON.stringify({ text })}\n`).join(''));
  run = place.at('run of \u001b[2J\u202e');
  const { code, stdout, stderr } = await letterpress(
    ['train', ...SHAPE, '--data', data, '--column', 'text', ...options, '--out', run],
    { isTTY: true, environment: { TERM: 'dumb' } },
  );
  expect({ code, error: code === 0 ? '' : stderr }).toEqual({ code: 0, error: '' });
  expect(stdout + stderr).not.toMatch(RAW);
});

describe('texts with line ends and control characters', () => {
  it('are one line each in the samples of a run, and read as they were written', async () => {
    const file = readFileSync(join(run, RUN_FILES.finalSamples), 'utf8');
    expect(file.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)).toHaveLength(65);
    const texts = readRun(run).readSamples('final');
    expect(texts.join('')).toMatch(/\n/);
    const sampled = await letterpress(['sample', run, '-n', '64', '--seed', '0', '--json']);
    expect((JSON.parse(sampled.stdout) as { texts: string[] }).texts).toEqual(texts);
  });

  it('are one line each on standard output, and raw with -0', async () => {
    const argv = ['sample', run, '-n', '20'];
    const { texts } = JSON.parse((await letterpress([...argv, '--json'])).stdout) as { texts: string[] };
    const lines = (await letterpress(argv)).stdout.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map(unescapeLine)).toEqual(texts);
    expect((await letterpress([...argv, '-0'])).stdout).toBe(texts.map((text) => `${text}\0`).join(''));
    const scored = await letterpress(['score', run, '--file', data, '--column', 'text']);
    expect(scored.stdout.split(/[\n\r\u0085\u2028]/)).toHaveLength(41);
  });

  it.each([
    ['sample', () => ['sample', run, '-n', '20']],
    ['sample -0', () => ['sample', run, '-n', '20', '-0']],
    ['sample --json', () => ['sample', run, '-n', '20', '--json']],
    ['score', () => ['score', run, '--file', data, '--column', 'text']],
    ['evaluate', () => ['evaluate', run]],
    ['compare', () => ['compare', run]],
    ['data stats', () => ['data', 'stats', '--data', data, '--column', 'text', ...options.slice(0, 4)]],
    ['a wrong column', () => ['data', 'stats', '--data', data, '--column', '\u001b[31m\u202e']],
    ['a missing file', () => ['data', 'stats', '--data', `${data}\n\r\u009b`]],
    ['an unknown option', () => ['sample', run, '--\u001b[31m\u202e']],
    ['a wrong value', () => ['sample', run, '-n', '\u001b[31m\u009b']],
    ['an unknown command', () => ['\u001b[31m']],
  ])('reach a terminal with escapes by %s', async (_, argv) => {
    const { stdout, stderr } = await letterpress(argv(), { isTTY: true, environment: { TERM: 'dumb' } });
    expect(stdout + stderr).not.toMatch(RAW);
    expect(stdout + stderr).toMatch(/\\u\{?0*[0-9a-f]{2,4}\}?/);
  });

  it('are escaped in tables of columns', async () => {
    const table = place.file('columns.csv', 'a\u001b[31mb,c\u202ed\n' + 'x,y\n'.repeat(20));
    const { stderr } = await letterpress(['data', 'stats', '--data', table], { isTTY: true });
    expect(stderr).toContain('\\u');
    expect(stderr).not.toMatch(/\p{Bidi_Control}/u);
    expect(stderr).not.toContain('\u001b[31mb');
  });

  it('are in reports as in the files', async () => {
    mkdirSync(place.at('report'));
    const { code, stdout, stderr } = await letterpress(['report', run, '--out', place.at('report')]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toMatch(RAW);
    const samples = /<bdi>.*\\u\{1b\}.*<\/bdi>/;
    expect(samples.test(readFileSync(place.at('report/report.html'), 'utf8'))).toBe(true);
  });
});

describe('a terminal that is dumb', () => {
  it('gets no codes for cursor or colours, and one with NO_COLOR none for colours', async () => {
    const argv = ['data', 'stats', ...place.texts];
    const dumb = await letterpress(argv, { isTTY: true, environment: { TERM: 'dumb' } });
    expect(dumb.stdout + dumb.stderr).not.toContain('\u001b');
    const plain = await letterpress(argv, { isTTY: true, environment: { NO_COLOR: '1' } });
    expect(plain.stdout + plain.stderr).not.toMatch(/\p{Cc}\[\d*m/u);
    expect(plain.stderr).toContain('\u001b[?25h');
  });
});
