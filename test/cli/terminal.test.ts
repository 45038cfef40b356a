import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJson } from '../../src/cli/terminal/json.js';
import { createProgress } from '../../src/cli/terminal/progress.js';
import { createStyle, wantsColour } from '../../src/cli/terminal/style.js';
import { formatTable } from '../../src/cli/terminal/table.js';
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
    expect(createStyle(true, {}).red('no')).toBe('\u001b[31mno\u001b[39m');
    expect(createStyle(false, {}).red('no')).toBe('no');
  });
});

describe('formatTable', () => {
  it('aligns text to the left and numbers to the right', () => {
    const text = formatTable(
      [{ title: 'split' }, { title: 'texts', align: 'right' }],
      [
        ['train', '8,664'],
        ['validation', '84'],
      ],
    );
    expect(text).toBe(['split       texts', 'train       8,664', 'validation     84', ''].join('\n'));
  });

  it('measures wide characters and colours by what is seen', () => {
    const { red } = createStyle(true, {});
    const text = formatTable(
      [{ title: '' }, { title: '' }],
      [
        ['東京', 'x'],
        [red('abcd'), 'x'],
        ['é', 'x'],
      ],
    );
    expect(text).toBe(`東京  x\n${red('abcd')}  x\né     x\n`);
  });

  it('keeps one line a row, whatever is in the cells', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string())), (rows) => {
        const text = formatTable([{ title: 'a' }, { title: 'b', align: 'right' }], rows);
        expect(text.split('\n')).toHaveLength(rows.length + 2);
      }),
    );
  });

  it('is empty without rows and titles', () => {
    expect(formatTable([{ title: '' }], [])).toBe('');
  });
});

describe('formatJson', () => {
  it('writes what JSON can hold, and null for numbers that are none', () => {
    const value = {
      nan: NaN,
      up: Infinity,
      list: new Float32Array([1, 0.5]),
      map: new Map([['a', -Infinity]]),
    };
    const text = formatJson({ ...value, missing: undefined });
    expect(JSON.parse(text)).toEqual({ nan: null, up: null, list: [1, 0.5], map: { a: null } });
    expect(text.endsWith('}\n')).toBe(true);
  });
});

describe('createProgress', () => {
  const options = { total: 200, unit: 'steps', label: 'epoch 3' };

  it('draws rate, elapsed time and time left on a terminal, and gives the cursor back', () => {
    const stderr = new Capture();
    stderr.isTTY = true;
    let now = 0;
    const progress = createProgress(
      { stderr, stderrIsTerminal: true, onFinish: () => undefined },
      { ...options, clock: () => now },
    );
    now = 10;
    progress.update(50, 'NLL 81.2');
    progress.above(() => stderr.write('epoch 2 done\n'));
    progress.stop();
    progress.stop();
    const { text } = stderr;
    expect(text).toContain('50/200 steps  5.0 steps/s  10 s, 30 s left  NLL 81.2');
    expect(text).toContain('\u001b[2Kepoch 2 done\n');
    expect(text.split('\u001b[?25l')).toHaveLength(2);
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('steps/s'));
    // The last thing done is to clear the bar's line, and nothing jumps to a remembered place.
    expect(text.endsWith('\u001b[2K')).toBe(true);
    for (const code of ['\u001b7', '\u001b8']) expect(text).not.toContain(code);
  });

  it('keeps the rate and counts the time left down while a long step is under way', () => {
    const stderr = new Capture();
    let now = 0;
    const progress = createProgress(
      { stderr, stderrIsTerminal: true, onFinish: () => undefined },
      { ...options, done: 100, clock: () => now }, // a run that is resumed in the middle of an epoch
    );
    /** What is drawn at a second. */
    const drawn = (second: number): string => {
      now = second;
      stderr.text = '';
      progress.above(() => undefined);
      return stderr.text.split('░ ')[1]?.split('\u001b')[0]?.trimEnd() ?? stderr.text;
    };
    expect(drawn(0.5)).toBe('100/200 steps');
    expect(drawn(4)).toBe('100/200 steps  4.0 s');
    now = 5;
    progress.update(101);
    expect(drawn(5)).toBe('101/200 steps  0.2 steps/s  5.0 s, 8 min 15 s left');
    expect(drawn(8)).toBe('101/200 steps  0.2 steps/s  8.0 s, 8 min 12 s left');
    progress.stop();
  });

  it('writes a line every half minute elsewhere', () => {
    const stderr = new Capture();
    let now = 0;
    const progress = createProgress(
      { stderr, stderrIsTerminal: false, onFinish: () => undefined },
      { ...options, clock: () => now },
    );
    for (now = 1; now <= 61; now++) progress.update(now);
    progress.stop();
    now = 200;
    progress.update(200);
    expect(stderr.text).toBe(
      'epoch 3 30/200 steps  1.0 steps/s  30 s, 2 min 50 s left\n' +
        'epoch 3 60/200 steps  1.0 steps/s  1 min 0 s, 2 min 20 s left\n',
    );
  });
});
