import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.js';
import { createProgram } from '../../src/cli/program.js';
import { reportError } from '../../src/cli/report-error.js';
import { runCli } from '../../src/cli/run.js';
import { LetterpressError } from '../../src/errors.js';
import { Capture, letterpress } from './capture.js';

describe('help and version', () => {
  it('prints the version of package.json', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(await letterpress(['--version'])).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  it('prints help with examples, on standard output', async () => {
    const { code, stdout, stderr } = await letterpress(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Usage: letterpress[\s\S]*--debug[\s\S]*Examples:\n {2}\$ letterpress /);
  });

  it('shows examples for every command', async () => {
    const context = createContext({ stdout: new Capture(), stderr: new Capture(), stdin: process.stdin }, false);
    const paths = (command: ReturnType<typeof createProgram>, path: string[]): string[][] =>
      command.commands.flatMap((each) => [[...path, each.name()], ...paths(each, [...path, each.name()])]);
    const all = paths(createProgram(context), []);
    expect(all).toContainEqual(['data', 'clean']);
    for (const path of all) {
      const { code, stdout } = await letterpress([...path, '--help']);
      expect(code, path.join(' ')).toBe(0);
      expect(stdout, path.join(' ')).toContain(`Examples:\n  $ letterpress ${path[0] ?? ''}`);
    }
  });

  it('prints help on standard error, with exit code 2, when there is no command', async () => {
    for (const argv of [[], ['data']]) {
      const { code, stdout, stderr } = await letterpress(argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Usage: letterpress');
    }
  });
});

describe('mistakes in the command line', () => {
  it.each([
    [['dat'], "unknown command 'dat'", 'Did you mean data?'],
    [['data', 'stat'], "unknown command 'stat'", 'Did you mean stats?'],
    [['data', 'stats', '--colum', 'x'], "unknown option '--colum'", 'Did you mean --column?'],
    [['data', 'stats', '--data'], "option '--data <path>' argument missing", '--help'],
    [['data', 'clean'], "missing required argument 'file'", '--help'],
    [['data', 'clean', 'a', 'b'], 'too many arguments', '--help'],
    [['data', 'stats', '--clean', 'headline'], "--clean expects 'headlines' or 'none'", "Did you mean 'headlines'?"],
  ])('%j is an error with a remedy and exit code 2', async (argv, what, remedy) => {
    const { code, stdout, stderr } = await letterpress(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(what);
    expect(stderr).toContain(remedy);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('prints a stack trace with --debug, wherever it stands', async () => {
    for (const argv of [
      ['--debug', 'data', 'stats', '--clean', 'x'],
      ['data', 'stats', '--clean', 'x', '--debug'],
    ]) {
      const { code, stderr } = await letterpress(argv);
      expect(code).toBe(2);
      expect(stderr).toMatch(/\n {4}at .*options/);
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

describe('reportError', () => {
  function report(error: unknown, debug = false): { code: number; stderr: string } {
    const stderr = new Capture();
    const context = createContext({ stdout: new Capture(), stderr, stdin: process.stdin }, debug);
    return { code: reportError(error, context), stderr: stderr.text };
  }

  it('prints message and fix of our own errors, and uses their exit code', () => {
    const bad = new LetterpressError('BAD_INPUT', 'file not found: a.txt', 'Check the path.');
    expect(report(bad)).toEqual({ code: 2, stderr: 'error: file not found: a.txt\n  Check the path.\n' });
    expect(report(new LetterpressError('INTERNAL', 'rows 3, not 4')).code).toBe(1);
  });

  it('gives what the operating system refused exit code 2', () => {
    const error = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' });
    expect(report(error).code).toBe(2);
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
    expect(stderr.text).toMatch(/^error: cannot write to standard output: write ENOSPC/);
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
