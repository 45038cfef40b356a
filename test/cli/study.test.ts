import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/run.js';
import { epochsBySize } from '../../src/cli/epochs-option.js';
import { StudyLine } from '../../src/cli/terminal/study-line.js';
import { readRun } from '../../src/runs/reader.js';
import { readStudyFile } from '../../src/study/study-file.js';
import { Capture } from './capture.js';
import { bad, good, Workplace } from './workplace.js';

const place = new Workplace();

/** A study of the smallest size on a few texts, for an epoch. */
const small = (out: string) =>
  [
    'study',
    '--data',
    place.news,
    '--clean',
    'none',
    '--sizes',
    '87k',
    '--epochs',
    '1',
    '--few',
    '20',
    '--no-padding-check',
    '--threads',
    '1',
    '--out',
    place.at(out),
  ] as const;

/** Reports take seconds, and many of them on a busy machine. */
vi.setConfig({ testTimeout: 600_000 });

describe('study', () => {
  it('trains, says what came of it, and is interrupted and gone on with in several ways', async () => {
    const out = place.at('study');
    let interrupt: (() => void) | undefined;
    const [stdout, stderr] = [new Capture(), new Capture()];
    stdout._write = function (this: Capture, chunk: string, _encoding, done) {
      this.text += chunk;
      if (chunk.startsWith('best size')) interrupt?.();
      done();
    };
    const onInterrupt = (listener: () => void) => {
      interrupt = listener;
      return () => (interrupt = undefined);
    };
    const streams = { stdout, stderr, stdin: Readable.from([]), onInterrupt };
    expect(await runCli([...small('study')], streams)).toBe(130);
    expect(stdout.text).toMatch(/^news {2}60 \/ 10 \/ 12 texts .*\nrecipe notebook, sizes 87k, seed 0; /);
    expect(stdout.text).toMatch(
      /^run 1 of 2: 87k: best epoch 0 of 1, validation NLL \d+\.\d\d, test NLL \d+\.\d\d, top-1 0\.\d{4}, too short to tell, .+$/m,
    );
    expect(stderr.text).toContain(
      `interrupted; nothing is lost. Go on with the same command, or with: letterpress study --resume ${out}\n`,
    );

    const lines = (await good('study', '--resume', out, '--json')).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events[0]).toMatchObject({ kind: 'study', runs: 2 });
    expect(events.filter(({ kind }) => kind === 'job').map(({ job, begins }) => [job, begins])).toEqual([
      ['87k-seed0', 'reused'],
      ['87k-first20-seed0', 'new'],
    ]);
    const kinds = events.filter(({ kind }) => kind === 'training').map(({ event }) => (event as { kind: string }).kind);
    expect(kinds).toEqual(['begun', 'epoch', 'done', 'finished']); // nothing that only says how far it is
    expect(events.at(-1)).toMatchObject({ kind: 'finished', folder: out, report: { html: join(out, 'report.html') } });

    const again = await good(...small('study'));
    expect(again.match(/done before$/gm)).toHaveLength(2);
    const few = readRun(join(out, 'runs', '87k-first20-seed0'));
    expect(few.summary).toMatch(/^total +87,289 +87,289$/m);
    expect(again).toMatch(/^NLL in nats per text +val NLL .*\n.*\n87k +\d[^]*\n87k, first 20 texts +\d/m);
    expect(again).toContain(few.results!.testNll.toFixed(2));
    expect(again).toContain(`report   ${join(out, 'report.html')} (and .pdf)\n`);
    // Its runs are runs like any other.
    expect(await good('evaluate', few.folder)).toContain('12 texts');

    const { corpus } = readStudyFile(out);
    expect(corpus).toMatchObject({ path: place.news, cleaning: 'none', sizes: { train: 60, val: 10, test: 12 } });
  });

  it('goes on only with the texts that it was begun with', async () => {
    const path = place.at('study');
    const file = join(place.news, 'val.txt');
    const before = readFileSync(file);
    writeFileSync(file, 'other\ntexts\n');
    expect(await bad('study', '--resume', path)).toContain('not those that the study was begun with');
    expect(await bad(...small('study'))).toMatch(/87k-seed0 .*expected corpus\.fingerprint/);
    writeFileSync(file, before);
  });
});

describe('bad input of study', () => {
  it.each([
    [['--sizes', '87k,5M'], /--sizes expects[\s\S]*Did you mean '5m'\?/],
    [['--sizes', ''], /--sizes expects/],
    [['--seeds', '0'], /--seeds expects a whole number of at least 1/],
    [['--temperatures', '0.5,0'], /--temperatures expects a number above 0, not '0'/],
    [['--epochs', '0'], /--epochs expects a whole number of at least 1/],
    [['--epochs', '10M=3'], /--epochs expects '87k'[\s\S]*Did you mean '10m'\?/],
    [['--epochs', '3,4'], /each size once, such as 30,10m=20, not '3,4'/],
    [['--epochs', '5m=3,5m=4'], /each size once/],
    [['--few', '60'], /fewer texts than the 60 to train on[\s\S]*--few/],
    [['--few', '0'], /--few expects/],
    [['--limit', '61'], /limit of 1 to 60 training texts/],
    [['--recipe', 'modem'], /Did you mean 'modern'\?/],
    [['--compare-recipe', 'modem'], /Did you mean 'modern'\?/],
    [
      ['--recipe', 'modern', '--compare-recipe', 'modern'],
      /a recipe of another name beside that of the study, got the same/,
    ],
    [
      ['--compare-recipe', 'mine.json'],
      /expected the name of a recipe or a JSON file, but there is no file mine\.json/,
    ],
    [['--quick'], /--quick is a study of the built-in corpus, but --data was given too/],
    [['--resume', 'nowhere'], /--data was given too/],
  ])('%j', async (options, message) => {
    const out = place.at('never');
    const texts = ['--data', place.news, '--clean', 'none', '--epochs', '1', '--out', out];
    expect(await bad('study', ...texts, ...options)).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it('no study to go on with', async () => {
    expect(await bad('study', '--resume', place.at('nowhere'))).toContain('no study at');
    expect(await bad('study', '--resume', place.news)).toContain('it has no study.json');
    expect(await bad('study', '--resume', place.news, '--compare-recipe', 'modern')).toContain(
      '--compare-recipe was given',
    );
    expect(await bad('study', '--resume', place.news, '--no-padding-check')).toContain('--no-padding-check was given');
  });

  it('a folder with other things in it', async () => {
    expect(await bad('study', '--quick', '--out', place.news)).toContain('does not hold a study');
  });
});

describe('the epochs of a study', () => {
  it.each([
    ['3', { '87k': 3, '557k': 3, '5m': 3, '10m': 3 }],
    ['10m=20', { '10m': 20 }],
    ['87k = 7, 30', { '87k': 7, '557k': 30, '5m': 30, '10m': 30 }],
  ])('%s', (text, epochs) => {
    expect(epochsBySize('--epochs')(text)).toEqual(epochs);
  });
});

describe('the line of a study', () => {
  const left = { seconds: 125, done: 0.375, guessed: true };

  it('has the share that is done, the time left, and what is going on', () => {
    const stderr = new Capture();
    stderr.columns = 120;
    let now = 0;
    const line = new StudyLine({ stderr, stderrIsTerminal: true, onFinish: () => undefined }, () => now);
    /** What is drawn now. */
    const drawn = (): string => {
      stderr.text = '';
      line.above(() => undefined);
      return (
        stderr.text
          .split(/[█░] {2}/)[1]
          ?.split('\u001b')[0]
          ?.trimEnd() ?? stderr.text
      );
    };
    line.show('run 1 of 7: 87k, epoch 0: 1/20 steps', undefined);
    expect(drawn()).toBe('run 1 of 7: 87k, epoch 0: 1/20 steps');
    line.show('run 3 of 7: 5m, epoch 12: 4/20 steps', left);
    expect(drawn()).toBe('38 %  about 2 min 5 s left  run 3 of 7: 5m, epoch 12: 4/20 steps');
    now = 25; // counts down between two events
    expect(drawn()).toBe('38 %  about 1 min 40 s left  run 3 of 7: 5m, epoch 12: 4/20 steps');
    line.show('test', { ...left, guessed: false });
    expect(drawn()).toBe('38 %  2 min 5 s left  test');
    // No seconds where there are many minutes; and what goes on is never said to take no time.
    for (const [seconds, said] of [
      [9, '9 s'],
      [599, '9 min 59 s'],
      [645, '11 min'],
      [3599, '1 h 0 min'],
      [0.2, '1 s'],
    ] as const) {
      line.show('test', { seconds, done: 0.5, guessed: false });
      expect(drawn()).toBe(`50 %  ${said} left  test`);
    }
    line.show('report', { seconds: 0, done: 1, guessed: false });
    expect(drawn()).toBe('trainings done  report');
    line.hide();
    expect(stderr.text.endsWith('\u001b[2K')).toBe(true);
  });

  it('is written once a minute elsewhere', () => {
    const stderr = new Capture();
    let now = 0;
    const line = new StudyLine({ stderr, stderrIsTerminal: false, onFinish: () => undefined }, () => now);
    for (now = 0; now <= 130; now += 10) line.show(`epoch ${now / 10}`, { ...left, seconds: 500 - now });
    expect(stderr.text).toBe('38 %  about 7 min 20 s left  epoch 6\n38 %  about 6 min 20 s left  epoch 12\n');
  });
});
