import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import { fitLine } from '../../src/cli/terminal/live-line.js';
import { ProgressBar } from '../../src/cli/terminal/progress.js';
import { StudyLine } from '../../src/cli/terminal/study-line.js';
import { createStyle, outward, PLAIN, wantsColour } from '../../src/cli/terminal/style.js';
import { formatParagraph, formatTable, right, type Column } from '../../src/cli/terminal/table.js';
import { createContext } from '../../src/cli/context.js';
import { shellWord } from '../../src/cli/folders.js';
import { escapeForTerminal } from '../../src/escapes.js';
import { Capture } from './capture.js';

describe('style', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
  ])('terminal %j with %j: colours %j', (isTerminal, environment, wanted) => {
    expect(wantsColour(isTerminal, environment)).toBe(wanted);
  });

  it('writes escape codes only where wanted', () => {
    expect(outward(createStyle(true, {}).red('no'))).toBe('\u001b[31mno\u001b[39m');
    expect(outward(createStyle(false, {}).red('no'))).toBe('no');
  });
});

describe('formatParagraph', () => {
  it.each([80, 40, 16])('has no line wider than %i columns, whatever the words', (columns) => {
    const name = 'long-name-of-a-run'.repeat(9);
    const text = formatParagraph(`  ${name} and ${name} do not differ clearly`, { columns }, 4);
    for (const line of text.trimEnd().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(text.replace(/\s/g, '')).toBe(`${name}and${name}donotdifferclearly`);
  });
});

describe('formatTable', () => {
  it('aligns text to the left and numbers to the right', () => {
    const rows = [
      ['train', '8,664'],
      ['validation', '84'],
    ];
    const text = formatTable(['split', right('texts')], rows, PLAIN);
    expect(text).toBe(['split       texts', 'train       8,664', 'validation     84', ''].join('\n'));
  });

  it('measures wide characters and colours by what is seen', () => {
    const { red } = createStyle(true, {});
    const text = formatTable(
      ['', ''],
      [
        ['東京', 'x'],
        [red('abcd'), 'x'],
        ['é', 'x'],
      ],
      PLAIN,
    );
    expect(text).toBe(`東京  x\n${red('abcd')}  x\né     x\n`);
  });

  it('without room wraps titles, leaves out what is optional, wraps texts and splits, in this order', () => {
    const columns: (string | Column)[] = ['run', right('val NLL'), { title: 'why', optional: true }, right('top-1')];
    const rows = [['a model with a long name', '52.123', 'converged', '0.8597']];
    const at = (width: number) =>
      formatTable(columns, rows, { ...PLAIN, columns: width })
        .split('\n')
        .slice(0, -1);
    expect(at(60)).toHaveLength(2);
    expect(at(51)).toEqual([
      '                             val',
      'run                          NLL  why         top-1',
      'a model with a long name  52.123  converged  0.8597',
    ]);
    expect(at(50)).toEqual(['run                       val NLL   top-1', 'a model with a long name   52.123  0.8597']);
    expect(at(35).slice(2)).toEqual(['a model with a long  52.123  0.8597', 'name']);
    expect(at(24)).toEqual([
      '                     val',
      'run                  NLL',
      'a model with a    52.123',
      'long name',
      '',
      'run                top-1',
      'a model with a    0.8597',
      'long name',
    ]);
  });

  it('keeps to the width and never breaks a number, whatever is in the cells', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 60 });
    const count = fc.integer({ min: 0, max: 1e9 }).map(String);
    const row = fc.tuple(cell, count, cell, fc.array(count, { minLength: 5, maxLength: 5 }));
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const columns = [...['name', 'why'].map((title) => [title, right(`number of ${title}`)]).flat()].concat(
          Array.from({ length: 5 }, (_, i) => right(`count ${i}`)),
        );
        const cells = rows.map(([name, first, why, counts]) => [name, first, why, '7', ...counts]);
        const text = formatTable(columns, cells, PLAIN);
        for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
        for (const [, first, , counts] of rows) for (const number of [first, ...counts]) expect(text).toContain(number);
      }),
    );
  });

  it('keeps one line a row, whatever is in short cells', () => {
    const cell = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        expect(formatTable(['a', right('b')], rows, PLAIN).split('\n')).toHaveLength(rows.length + 2);
      }),
    );
  });

  it('is empty without rows and titles', () => {
    expect(formatTable([''], [], PLAIN)).toBe('');
  });
});

/** A terminal, or a log file, and a clock that stands still until it is set. */
function terminal(columns: number, stderrMovesCursor = true) {
  const stderr = new Capture();
  stderr.columns = columns;
  const time = { now: 0 };
  const context = { stderr, stderrMovesCursor, onFinish: () => undefined };
  const drawn = (line: ProgressBar | StudyLine): string => {
    stderr.text = '';
    line.above(() => undefined);
    return stderr.text
      .split('\r')
      .at(-1)!
      .replace('\u001b[K', '')
      .replace(/[█░]+ {2}/, '');
  };
  return { stderr, context, time, clock: () => time.now, drawn };
}

describe('fitLine', () => {
  const parts = [['epoch 12', 0], { share: 0.5, rank: 3 }, ['4/20 steps', 1], ['5 s', 4], ['NLL 81', 2]] as const;

  it('leaves out the parts of the highest rank, and gives the bar what is left', () => {
    expect(fitLine(parts, 80)).toBe(`epoch 12  ${'█'.repeat(12)}${'░'.repeat(12)}  4/20 steps  5 s  NLL 81`);
    expect(fitLine(parts, 45)).toBe('epoch 12  █████░░░░░  4/20 steps  5 s  NLL 81');
    expect(fitLine(parts, 42)).toBe('epoch 12  ██████░░░░░░  4/20 steps  NLL 81');
    expect(fitLine(parts, 37)).toBe('epoch 12  4/20 steps  5 s  NLL 81');
    expect(fitLine(parts, 12)).toBe('epoch 12');
    expect(fitLine(parts, 7)).toBe('epoch…');
  });
});

describe('the progress bar of one piece of work', () => {
  const stage = { total: 200, unit: 'steps', label: 'epoch 3' };

  it('draws rate, elapsed time and time left on a terminal, and gives the cursor back', () => {
    const { stderr, context, time, clock } = terminal(120);
    const bar = new ProgressBar(context, clock);
    bar.show({ ...stage, done: 0 });
    time.now = 10;
    bar.show({ ...stage, done: 50 }, [['NLL 81.2', 2]]);
    bar.above(() => stderr.write('epoch 2 done\n'));
    bar.hide();
    bar.hide();
    const { text } = stderr;
    expect(text).toContain('50/200 steps  5.0 steps/s  10 s  30 s left  NLL 81.2');
    expect(text).toContain('\u001b[2Kepoch 2 done\n');
    expect(text.split('\u001b[?25l')).toHaveLength(2);
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('steps/s'));
    expect(text.endsWith('\u001b[2K')).toBe(true);
  });

  it('keeps the rate and counts the time left down while a long step is under way', () => {
    const { context, time, clock, drawn } = terminal(120);
    const bar = new ProgressBar(context, clock);
    bar.show({ ...stage, done: 100 }); // a run that is resumed in the middle of an epoch
    const at = (second: number) => {
      time.now = second;
      return drawn(bar);
    };
    expect(at(0.5)).toBe('epoch 3  100/200 steps');
    expect(at(4)).toBe('epoch 3  100/200 steps  4.0 s');
    time.now = 5;
    bar.show({ ...stage, done: 101 });
    expect(at(5)).toBe('epoch 3  101/200 steps  0.2 steps/s  5.0 s  8 min 15 s left');
    expect(at(8)).toBe('epoch 3  101/200 steps  0.2 steps/s  8.0 s  8 min 12 s left');
    bar.hide();
  });

  it('gives the time left in whole seconds, for an estimate has no more digits', () => {
    const { stderr, context, time, clock } = terminal(120);
    const bar = new ProgressBar(context, clock);
    const at = (now: number, done: number) => {
      time.now = now;
      bar.show({ ...stage, done });
      return / (\S+ m?s) left/.exec(stderr.text.slice(stderr.text.lastIndexOf('\r')))?.[1];
    };
    expect(at(0, 0)).toBeUndefined();
    expect(at(16, 160)).toBe('4 s');
    expect(at(19.2, 160)).toBe('1 s');
    expect(at(19.9, 160)).toBe('1 s');
    expect(at(21, 160)).toBeUndefined();
    bar.hide();
  });

  it('is drawn on a terminal that says it has no columns', () => {
    const { stderr, context, clock } = terminal(0);
    const bar = new ProgressBar(context, clock);
    bar.show({ ...stage, done: 50 });
    expect(stderr.text).toContain('epoch 3');
    expect(stderr.text).toContain('50/200 steps');
    bar.hide();
  });

  it('writes a line every half minute elsewhere', () => {
    const { stderr, context, time, clock } = terminal(80, false);
    const bar = new ProgressBar(context, clock);
    bar.show({ ...stage, done: 0 });
    for (time.now = 1; time.now <= 61; time.now++) bar.show({ ...stage, done: time.now });
    bar.hide();
    expect(stderr.text).toBe(
      'epoch 3  30/200 steps  1.0 steps/s  30 s  2 min 50 s left\n' +
        'epoch 3  60/200 steps  1.0 steps/s  1 min 0 s  2 min 20 s left\n',
    );
  });
});

describe('the progress line of a study', () => {
  const left = { seconds: 125, done: 0.375, guessed: true };

  it('shows the share done, the time left and the current activity', () => {
    const { stderr, context, time, clock, drawn } = terminal(120);
    const line = new StudyLine(context, clock);
    line.show(['run 1 of 7: 87k', 'epoch 0', '1/20 steps'], undefined);
    expect(drawn(line)).toBe('run 1 of 7: 87k  epoch 0  1/20 steps');
    line.show(['run 3 of 7: 5m', 'epoch 12', '4/20 steps'], left);
    expect(drawn(line)).toBe('38 %  about 2 min 5 s left  run 3 of 7: 5m  epoch 12  4/20 steps');
    time.now = 25; // counts down between two events
    expect(drawn(line)).toBe('38 %  about 1 min 40 s left  run 3 of 7: 5m  epoch 12  4/20 steps');
    stderr.columns = 40;
    expect(drawn(line)).toBe('38 %  run 3 of 7: 5m  epoch 12');
    line.show(['test'], { ...left, guessed: false });
    expect(drawn(line)).toBe('38 %  2 min 5 s left  test');
    // No seconds where there are many minutes; and something always takes at least a second.
    for (const [seconds, said] of [
      [9, '9 s'],
      [599, '9 min 59 s'],
      [645, '11 min'],
      [3599, '1 h 0 min'],
      [0.2, '1 s'],
    ] as const) {
      line.show(['test'], { seconds, done: 0.5, guessed: false });
      expect(drawn(line)).toBe(`50 %  ${said} left  test`);
    }
    line.show(['report'], { seconds: 0, done: 1, guessed: false });
    expect(drawn(line)).toBe('trainings done  report');
    line.hide();
    expect(stderr.text.endsWith('\u001b[2K')).toBe(true);
  });

  it('is written once a minute where there is no terminal', () => {
    const { stderr, context, time, clock } = terminal(80, false);
    const line = new StudyLine(context, clock);
    for (time.now = 0; time.now <= 130; time.now += 10)
      line.show([`epoch ${time.now / 10}`], { ...left, seconds: 500 - time.now });
    expect(stderr.text).toBe('38 %  about 7 min 20 s left  epoch 6\n38 %  about 6 min 20 s left  epoch 12\n');
  });
});

describe('what is said on standard error', () => {
  const said = (text: string, isTTY: boolean): string => {
    const stderr = new Capture();
    createContext({ stdout: new Capture(), stderr, stdin: Readable.from([]), isTTY }, false).notice(text);
    return stderr.text;
  };
  const prose = `${'a word of some '.repeat(10)}length\n`;

  it('breaks between words on a terminal, and nowhere in a file', () => {
    const lines = said(prose, true).split('\n');
    expect(lines.every((line) => stringWidth(line) <= 80)).toBe(true);
    expect(
      lines
        .map((line) => line.trim())
        .join(' ')
        .trim(),
    ).toBe(prose.trim());
    expect(said(prose, false)).toBe(prose);
  });

  it('leaves commands as they are, so that they can be copied', () => {
    const command = `Continue with: letterpress train --resume runs/${'long-'.repeat(20)} -n 20\n`;
    expect(said(command, true)).toBe(command);
  });

  it.each([
    ['runs/news-87k', 'runs/news-87k'],
    ['runs/кириллица', 'runs/кириллица'],
    ['runs/two words', "'runs/two words'"],
    ['-news', './-news'],
    ['-two words', "'./-two words'"],
    ["runs/it's; ls", "'runs/it'\\''s; ls'"],
    ['=news', "'=news'"],
    ["it's\n\u001b[2J\u202e\tü", "$'it\\'s\\012\\033[2J\\342\\200\\256\\011ü'"],
  ])('names the folder %s as %s in a command', (folder, word) => {
    expect(shellWord(folder)).toBe(word);
  });

  it.skipIf(process.platform === 'win32')('names any folder so that a shell reads it as it is', () => {
    for (const folder of ['a\\b', "it's", 'a\nb', '\u001b]0;x\u0007\\', "'\u202e\t$x`y`!", '中文 🙂', '~', '#a', '']) {
      const word = shellWord(folder);
      expect(escapeForTerminal(word)).toBe(word);
      expect(word).not.toMatch(/[\n\t]/);
      const read = execFileSync('bash', ['-c', `printf '%s.' ${word}`], { encoding: 'utf8' });
      expect(read).toBe(`${folder}.`);
    }
  });
});
