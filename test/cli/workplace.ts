import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { letterpress, type Outcome } from './capture.js';
import { fileFolder } from '../support/temporary-folders.js';

/** Options of a model of a few thousand parameters. */
export const SHAPE = ['--d-model', '16', '--heads', '2', '--layers', '1'] as const;

/** The files of a trained run, and what `train` printed, with its folder as {folder}. */
interface Trained {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly outcome: Outcome;
}

let trained: Promise<Trained> | undefined;

/** Trained once for all test files of this process. */
async function train(): Promise<Trained> {
  const folder = mkdtempSync(join(tmpdir(), 'letterpress-trained-'));
  const outcome = await letterpress([
    'train',
    ...SHAPE,
    '--epochs',
    '1',
    '--limit',
    '64',
    '--out',
    join(folder, 'run'),
  ]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), readFileSync(path)] as const);
  rmSync(folder, { recursive: true });
  return { files: new Map(files), outcome: { ...outcome, stdout: outcome.stdout.replaceAll(folder, '{folder}') } };
}

/** What the tests of the commands work with, made before the first of them and removed after the last. */
export class Workplace {
  /** What `train` printed when it made {@link run}. */
  trained: Outcome = { code: -1, stdout: '', stderr: '' };
  private readonly folder = fileFolder();

  /** @param needs `run` where the tests need {@link run} */
  constructor(needs?: 'run') {
    const { LETTERPRESS_BACKEND } = process.env;
    beforeAll(async () => {
      // Asked for by name, so that a machine without a compiler gets no notice about it in every command.
      process.env['LETTERPRESS_BACKEND'] = chooseBackend().backend.info.name;
      mkdirSync(this.news);
      const { splits } = gazette({ sizes: { train: 60, val: 10, test: 12 } });
      for (const name of ['train', 'val', 'test'] as const)
        writeFileSync(join(this.news, `${name}.txt`), splits[name].join('\n'));
      if (needs !== 'run') return;
      const { files, outcome } = await (trained ??= train());
      this.trained = { ...outcome, stdout: outcome.stdout.replaceAll('{folder}', this.folder) };
      for (const [name, bytes] of files) {
        mkdirSync(dirname(this.at(name)), { recursive: true });
        writeFileSync(this.at(name), bytes);
      }
    });
    afterAll(() => {
      if (LETTERPRESS_BACKEND === undefined) delete process.env['LETTERPRESS_BACKEND'];
      else process.env['LETTERPRESS_BACKEND'] = LETTERPRESS_BACKEND;
    });
  }

  /** A path in the temporary folder. */
  at(name: string): string {
    return join(this.folder, name);
  }

  /** A run of one epoch on the built-in corpus. */
  get run(): string {
    return this.at('run');
  }

  /** A folder with 60 / 10 / 12 headlines. */
  get news(): string {
    return this.at('news');
  }

  /** The options that train on them. */
  get texts(): readonly string[] {
    return ['--data', this.news, '--clean', 'none'];
  }

  /** Writes a file, and returns its path. */
  file(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content);
    return this.at(name);
  }
}

/** Checks that no line is wider than 80 columns, but for those that name a file. */
export function expectToFit(text: string): void {
  const lines = text.split('\n').filter((line) => !line.includes(tmpdir()));
  expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
}

/** A command that must succeed; returns its standard output. */
export async function good(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await letterpress(argv);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** A command that must fail by the user's fault: exit code 2, one error with a remedy, nothing else. */
export async function bad(...argv: string[]): Promise<string> {
  const { code, stdout, stderr } = await letterpress(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .+\n.+/m); // after notices about the texts, if any
  expect(stderr).not.toMatch(/\n {4}at |bug in Letterpress/);
  return stderr;
}
