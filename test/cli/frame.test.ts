import { Command } from '@commander-js/extra-typings';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.js';
import { asFileName } from '../../src/cli/folders.js';
import { reportError, withFlags } from '../../src/cli/report-error.js';
import { runCli } from '../../src/cli/run.js';
import { LetterpressError } from '../../src/errors.js';
import { Capture, letterpress } from './capture.js';
import { bad } from './workplace.js';

describe('mistakes in the command line', () => {
  it.each([
    [['dat'], "unknown command 'dat'", 'Did you mean data?'],
    [['data', 'stat'], "unknown command 'stat'", 'Did you mean stats?'],
    [['data', 'stats', '--colum', 'x'], "unknown option '--colum'", 'Did you mean --column?'],
    [['data', 'stats', '--dataset', 'x'], "unknown option '--dataset'", 'Did you mean --data?'],
    [['sample', 'run', '--num_samples', '3'], "unknown option '--num_samples'", 'Did you mean --count?'],
    [['data', 'stats', '--data'], "option '--data <path>' argument missing", '--help'],
    [['data', 'clean'], "missing required argument 'file'", '--help'],
    [['data', 'clean', 'a', 'b'], 'too many arguments', '--help'],
    [['data', 'stats', '--clean', 'headline'], "option '--clean <how>'", "Did you mean 'headlines'?"],
    [['sample', 'run', '-n', '0'], "option '-n, --count <n>'", 'at least 1'],
  ])('%j is an error with a remedy and exit code 2', async (argv, what, remedy) => {
    const stderr = await bad(...argv);
    expect(stderr).toContain(what);
    expect(stderr).toContain(remedy);
  });

  it('prints a stack trace with --debug, wherever it stands', async () => {
    for (const argv of [
      ['--debug', 'data', 'stats', '--clean', 'x'],
      ['data', 'stats', '--clean', 'x', '--debug'],
    ]) {
      const { code, stderr } = await letterpress(argv);
      expect(code).toBe(2);
      expect(stderr).toMatch(/\n {4}at .*commander/);
    }
  });

  it('colours errors only where colours are wanted', async () => {
    const coloured = await letterpress(['dat'], { isTTY: true });
    expect(coloured.stderr).toContain('\u001b[31merror:\u001b[39m');
    for (const options of [{}, { isTTY: true, environment: { NO_COLOR: '1' } }]) {
      expect((await letterpress(['dat'], options)).stderr).not.toContain('\u001b');
      expect((await letterpress(['--help'], options)).stdout).not.toContain('\u001b');
    }
  });
});

describe('withFlags', () => {
  const command = new Command()
    .option('--d-model <n>')
    .option('--heads <n>')
    .option('--batch <n>')
    .option('--lr <rate>')
    .option('--limit <n>')
    .option('--out <folder>')
    .option('--few <n>');

  it.each([
    // Fields, once each.
    [
      'dModel must be a multiple of heads: got 20 and 3',
      'dModel (--d-model) must be a multiple of heads (--heads): got 20 and 3',
    ],
    ['not valid: heads: expected at least 1', 'not valid: heads (--heads): expected at least 1'],
    ['expected batch ≥ 1, got 0', 'expected batch (--batch) ≥ 1, got 0'],
    ['expected a limit of 1 to 60', 'expected a limit (--limit) of 1 to 60'],
    ['learningRate must be positive', 'learningRate (--lr) must be positive'],
    // No fields: words, paths for --set, and flags that are there already.
    ['a batch of texts for all heads', 'a batch of texts for all heads'],
    [
      'there is no setting called training.batch or model.dModel',
      'there is no setting called training.batch or model.dModel',
    ],
    ['dModel is too large for --d-model', 'dModel is too large for --d-model'],
  ])('adds flags to fields in %j', (message, flagged) => {
    expect(withFlags(message, '', command.options)).toEqual([flagged, '']);
  });

  it.each([
    ['Choose another folder, or replace it (force).', 'Choose another folder (--out), or replace it (--force).'],
    ['Give a smaller number (few).', 'Give a smaller number (--few).'],
    ['Take a smaller model (dModel, heads).', 'Take a smaller model (--d-model, --heads).'],
    ['Check the file (again).', 'Check the file (again).'],
  ])('replaces fields in parentheses in the advice %j', (fix, flagged) => {
    expect(withFlags('', fix, command.options)).toEqual(['', flagged]);
  });
});

it.each([
  ['news: 5 %', 'news-5-'],
  ['con', '_con'],
  ['LPT1.csv', '_LPT1.csv'],
  ['console', 'console'],
  ['a...', 'a'],
  ['..', '_'],
  ['新'.repeat(300), '新'.repeat(66)],
])('the name %j becomes one that every file system takes', (name, expected) => {
  expect(asFileName(name)).toBe(expected);
});

describe('reportError', () => {
  function report(error: unknown, debug = false): { code: number; stderr: string } {
    const stderr = new Capture();
    const context = createContext({ stdout: new Capture(), stderr, stdin: process.stdin }, debug);
    return { code: reportError(error, context), stderr: stderr.text };
  }

  it('says so where the current folder was removed', () => {
    const gone = Object.assign(new Error('ENOENT: uv_cwd'), { code: 'ENOENT', syscall: 'uv_cwd' });
    const { code, stderr } = report(gone);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: the current folder does not exist any more\n {2}Change to another one/);
  });

  it('prints message and fix of our own errors, and uses their exit code', () => {
    const bad = new LetterpressError('BAD_INPUT', 'file not found: a.txt', 'Check the path.');
    expect(report(bad)).toEqual({ code: 2, stderr: 'error: file not found: a.txt\n  Check the path.\n' });
    expect(report(new LetterpressError('INTERNAL', 'rows 3, not 4')).code).toBe(1);
  });

  it('gives what the operating system refused exit code 2', () => {
    const error = Object.assign(new Error('EACCES: permission denied'), {
      code: 'EACCES',
      syscall: 'open',
      path: 'a.txt',
    });
    const { code, stderr } = report(error);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: cannot use a\.txt: permission denied\n {2}Choose/);
  });

  it('keeps anything unexpected to one line, and points to --debug', () => {
    const { code, stderr } = report(new TypeError('x is not a function\nmore'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: TypeError: x is not a function\n.*--debug.*\n$/);
    expect(report('just a string').stderr).toContain('error: just a string');
    expect(report(new TypeError('x'), true).stderr).toMatch(/\n {4}at /);
  });
});

/** A standard output that fails at the first write. */
function failing(code: string): Capture {
  const stream = new Capture();
  stream._write = (_chunk, _encoding, done) =>
    done(Object.assign(new Error(`write ${code}`), { code, syscall: 'write' }));
  return stream;
}

describe('outputs that fail', () => {
  it.each([[['--help']], [['data', 'clean', '-']]])('%j ends quietly when the reader has gone', async (argv) => {
    const stderr = new Capture();
    const { Readable } = await import('node:stream');
    const stdin = Readable.from(['Some headline\n']);
    expect(await runCli(argv, { stdout: failing('EPIPE'), stderr, stdin })).toBe(0);
    expect(stderr.text).toBe('');
  });

  it('says that the output cannot be written otherwise', async () => {
    const stderr = new Capture();
    expect(await runCli(['--version'], { stdout: failing('ENOSPC'), stderr })).toBe(2);
    expect(stderr.text).toMatch(/^error: cannot write to standard output: the disk is full/);
  });
});

describe('Ctrl-C', () => {
  it('ends a command that does not wait for it with 130', async () => {
    const { Readable } = await import('node:stream');
    const signals = new EventEmitter();
    const never = new Readable({ read: () => undefined });
    const ended = runCli(['data', 'clean', '-'], {
      stdout: new Capture(),
      stderr: new Capture(),
      stdin: never,
      onInterrupt: (listener) => {
        signals.on('interrupt', listener);
        return () => signals.off('interrupt', listener);
      },
    });
    signals.emit('interrupt');
    expect(await ended).toBe(130);
    expect(signals.listenerCount('interrupt')).toBe(0);
    never.destroy();
  });
});
