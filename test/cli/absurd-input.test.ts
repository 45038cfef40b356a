import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { beforeAll, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.js';
import { COMMAND_NAMES, createProgram } from '../../src/cli/program.js';
import { runCli } from '../../src/cli/run.js';
import { checkMemory } from '../../src/profile/memory.js';
import { planTraining } from '../../src/train/plan.js';
import { RECIPES } from '../../src/train/recipes/index.js';
import { Capture, letterpress } from './capture.js';
import { bad } from './workplace.js';
import { fileFolder } from '../support/temporary-folders.js';

const folder = fileFolder();
beforeAll(() => {
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'empty.txt'), '');
});

/** Arguments with which a command ends soon, since nothing is there. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['train', 'study', 'tune', 'bench', 'data stats'].map((name) => [name, ['--data', 'no/texts.txt']]),
  ),
  ...Object.fromEntries(
    ['distill', 'sample', 'evaluate', 'mix', 'import', 'analyse', 'novelty', 'compare', 'report', 'data clean'].map(
      (name) => [name, ['no/such']],
    ),
  ),
  score: ['no/such', '--file', 'no/texts.txt'],
  export: ['no/such', '--to', 'onnx'],
};

/** Valid options make these train, measure or serve. */
const LASTING = new Set(['demo', 'studio']);

const values = () => [
  ...['0', '-1', 'NaN', '', 'abc', '1e309', '99999999999999999999', '9007199254740991', '1,,2', '=', 'a=b', '--'],
  ...['\0', '\u001b[31m', join(folder, 'no', 'path'), join(folder, 'folder'), join(folder, 'empty.txt')],
];

const context = createContext({ stdout: new Capture(), stderr: new Capture(), stdin: Readable.from([]) }, false);
const program = await createProgram(context, COMMAND_NAMES);
const COMMANDS = program.commands.flatMap((command): [string, CommandUnknownOpts][] =>
  command.commands.length === 0
    ? [[command.name(), command]]
    : command.commands.map((each) => [`${command.name()} ${each.name()}`, each]),
);

const MALFORMED =
  /bug in Letterpress|\n {4}at |\bE[A-Z]{4,}\b|(Type|Range|Syntax)Error|undefined|\[object|Too small|Received/;

it.each(COMMANDS.filter(([name]) => !LASTING.has(name)))(
  '%s takes absurd values of its options, or names what is wrong and what to do',
  async (name, command) => {
    const valued = command.options.filter(({ required }) => required).map(({ long, short }) => (long ?? short)!);
    const cases = [
      ...valued.flatMap((flag) => values().map((value) => [flag, value])),
      ...valued.flatMap((flag) => [[flag], [flag, '1', flag, '2']]),
      ...command.options.map(({ long }) => [`${long}x`]),
      ['--nonsense', 'more', 'and', 'more'],
      ['-Z'],
    ];
    for (const given of cases) {
      const argv = [...name.split(' '), ...(ARGUMENTS[name] ?? []), ...given];
      const { code, stderr } = await letterpress(argv);
      expect([0, 2], argv.join(' ')).toContain(code);
      if (code === 0) continue;
      expect(stderr, argv.join(' ')).toMatch(/^error: .+\n.+/m);
      expect(stderr, argv.join(' ')).not.toMatch(MALFORMED);
      if (/invalid|unknown option|missing/.test(stderr.split('\n')[0]!)) expect(stderr).toContain(given[0]!);
    }
  },
);

it('a reader that has gone ends a command without an error', async () => {
  const stderr = new Capture();
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  expect(await runCli(['summary', '--preset', '87k'], { stdout, stderr, stdin: Readable.from([]) })).toBe(0);
  expect(stderr.text).toBe('');
});

it('a model or batch that cannot fit the memory is refused before it is made', async () => {
  const planned = (batch: number, mlpRatio: number) =>
    planTraining({ set: { 'training.batch': batch, 'model.mlpRatio': mlpRatio } }, 29);
  expect(() => checkMemory(planned(64, 4), 40, 1e9)).not.toThrow();
  expect(() => checkMemory(planned(64, 40_000), 40, 16e9)).toThrow(/fits the memory.*16 GB; this one takes \d+ GB/);
  expect(() => checkMemory(planned(1e6, 4), 40, 16e9)).toThrow(/GB at least/);
  const recipe = join(folder, 'recipe.json');
  writeFileSync(recipe, JSON.stringify({ ...RECIPES.modern, training: { ...RECIPES.modern.training, batch: 1e12 } }));
  for (const command of ['train', 'tune', 'study'])
    expect(await bad(command, '--limit', '64', '--recipe', recipe)).toMatch(/fits the memory/);
  expect(await bad('train', '--set', 'model.contextLength=1')).toMatch(/contextLength.* at least 2, got 1/);
});
