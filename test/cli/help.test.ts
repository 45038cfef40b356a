import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { createContext } from '../../src/cli/context.js';
import { COMMAND_NAMES, createProgram } from '../../src/cli/program.js';
import { RECIPES } from '../../src/train/recipes/index.js';
import { Capture, letterpress } from './capture.js';
import { expectToFit } from './workplace.js';
import { fileFolder } from '../support/temporary-folders.js';

describe('help', () => {
  it('of docs/commands.md is at most 80 columns wide', () => {
    expectToFit(readFileSync('docs/commands.md', 'utf8'));
  });

  it('names every command in the list of all, with the summary that it has alone', async () => {
    const { stdout: all } = await letterpress(['--help']);
    for (const name of COMMAND_NAMES) expect(all).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  });

  it('goes to standard error, with exit code 2, when there is no command', async () => {
    for (const argv of [[], ['data']]) {
      const { code, stdout, stderr } = await letterpress(argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Usage: letterpress');
    }
  });

  it('is of the command that is named, in whatever way', async () => {
    const { stdout: stats } = await letterpress(['data', 'stats', '--help']);
    expect(stats).toContain('Usage: letterpress data stats');
    for (const argv of [
      ['help', 'data', 'stats'],
      ['data', 'help', 'stats'],
    ])
      expect(await letterpress(argv)).toEqual({ code: 0, stdout: stats, stderr: '' });
    expect(await letterpress(['help'])).toEqual(await letterpress(['--help']));
    expect((await letterpress(['data', 'help'])).stdout).toContain('Usage: letterpress data ');
  });

  it.each([
    [['help', 'trian'], "unknown command 'trian'\n(Did you mean train?)"],
    [['trian', '--help'], "unknown command 'trian'\n(Did you mean train?)"],
    [['help', 'data', 'stat'], "unknown command 'stat'\n(Did you mean stats?)"],
    [['data', 'help', 'stat'], "unknown command 'stat'\n(Did you mean stats?)"],
    [['data', 'stat', '-h'], "unknown command 'stat'\n(Did you mean stats?)"],
  ])('is refused for what is no command: %j', async (argv, message) => {
    const { code, stdout, stderr } = await letterpress(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('loads only the commands that are named', async () => {
    const context = createContext({ stdout: new Capture(), stderr: new Capture(), stdin: process.stdin }, false);
    const options = async (words: string[]) =>
      (await createProgram(context, words)).commands.filter((command) => command.options.length > 0);
    expect(await options(['--version'])).toEqual([]);
    expect((await options(['help', 'train'])).map((command) => command.name())).toEqual(['train']);
  });

  it('prints the version of package.json', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(await letterpress(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });
});

/** The arguments of each `letterpress …` in a text: of lines of shell code, up to a pipe or a redirection. */
function commandLines(text: string): string[][] {
  const lines = text.replaceAll('\\\n', ' ').matchAll(/^(?: *\$ )?(?:.* \| )?(?:npx )?letterpress +([^#\n]*)/gm);
  return [...lines].map(([, line = '']) => {
    const words = line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g);
    const argv = [...words].map(([, single, double, bare]) => single ?? double ?? bare ?? '');
    const end = argv.findIndex((word) => ['|', '>', '&&', '2>', '<'].includes(word));
    return end < 0 ? argv : argv.slice(0, end);
  });
}

describe('examples', () => {
  const folder = fileFolder();
  const before = process.cwd();
  beforeAll(() => {
    // Recipes are read while the command line is.
    for (const file of ['mine.json', 'tunes/headlines-modern-87k/best.json']) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), JSON.stringify({ ...RECIPES.modern, name: 'mine' }));
    }
    process.chdir(folder);
  });
  afterAll(() => process.chdir(before));

  /** Reads a command line without carrying it out; returns what is wrong with it. */
  async function parse(argv: readonly string[]): Promise<string> {
    const stderr = new Capture();
    const context = createContext({ stdout: new Capture(), stderr, stdin: process.stdin }, false);
    const program = await createProgram(context, argv);
    const reached: string[] = [];
    const disarm = (command: CommandUnknownOpts): void => {
      if (command.commands.length === 0) command.action(() => void reached.push(command.name()));
      else command.commands.forEach(disarm);
    };
    disarm(program);
    try {
      await program.parseAsync(argv, { from: 'user' });
    } catch (error) {
      return `${stderr.text}${String(error)}`;
    }
    return reached.length === 1 ? '' : 'no command';
  }

  it('of README.md and docs/ parse', async () => {
    const root = resolve(before);
    const documents = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.md'),
    );
    for (const name of ['README.md', ...documents.map((each) => join('docs', each))]) {
      const code = readFileSync(join(root, name), 'utf8').match(/^```(?:sh|bash|console|text)?\n[^]*?^```/gm) ?? [];
      for (const argv of commandLines(code.join('\n')))
        expect(await parse(argv), `${name}: ${argv.join(' ')}`).toBe('');
    }
  });
});
