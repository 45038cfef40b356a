/** What TypeScript says of programs that use the package: of its declarations alone, with everything checked. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import * as browser from '../../src/browser.js';
import * as node from '../../src/index.js';
import { fileFolder } from '../support/temporary-folders.js';

const place = fileFolder();

/** What the compiler complains of; nothing by default. */
function tsc(...args: readonly string[]): string {
  const compiler = resolve('node_modules/typescript-7/bin/tsc');
  try {
    return execFileSync(process.execPath, [compiler, ...args], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

/** What the compiler says of programs beside an installation of the package. */
function compile(programs: readonly (readonly [name: string, text: string])[]): string {
  for (const [name, text] of programs) writeFileSync(join(place, name), text);
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--declaration'];
  const language = [
    '--skipDefaultLibCheck',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--lib',
    'es2022,dom,dom.iterable',
    '--types',
    'node',
  ];
  const files = programs.map(([name]) => join(place, name));
  return tsc('--ignoreConfig', ...strict, ...language, '--outDir', join(place, 'out'), ...files);
}

/** Types of variables that the documented examples use and do not declare. */
const GIVEN: Readonly<Record<string, string>> = {
  ...{ sportsHeadlines: 'string[]', titles: 'string[]', samples: 'string[]', texts: 'string[]', path: 'string' },
  ...{ bytes: 'Uint8Array', wasm: 'Uint8Array', signal: 'AbortSignal', xs: 'number[]', epoch: 'number' },
  ...{ corpus: 'lp.Corpus', splits: 'lp.Splits', tokenizer: 'lp.Tokenizer', teacher: 'lp.TextModel' },
  ...{ train: 'Uint16Array[]', val: 'Uint16Array[]', encoded: 'Uint16Array[]', random: 'lp.Random' },
  ...{ mean: '(values: readonly number[]) => number', comparison: 'lp.GroupComparison', kneserNey: 'lp.KneserNey' },
  ...{ metrics: 'lp.MetricsLine[]', runs: 'lp.ReportInput["runs"]', settings: 'lp.TrainingSettings' },
  ...{ baselines: 'NonNullable<ReturnType<lp.Run["readAnalysis"]>["baselines"]>', run: 'lp.Run' },
  ...{ tape: 'lp.Tape', batch: 'lp.PackedBatch', logits: 'lp.Tensor', targets: 'Int32Array', rows: 'number' },
  ...{
    teacherProbabilities: 'Float32Array',
    plan: 'lp.TrainingPlan',
    backend: 'lp.Backend',
    model: 'lp.LanguageModel',
  },
  ...{ large: 'lp.LanguageModel', small: 'lp.LanguageModel' },
};
/** Where an example means something else by the same name. */
const GIVEN_BY_HEADING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'trainInWorker (Node.js)': { texts: 'lp.RunTexts' },
  'TrainingRun (Node.js)': { texts: 'lp.RunTexts' },
  'runStudy (Node.js)': { texts: 'lp.RunTexts' },
  'fitBaselines (Node.js)': { splits: 'lp.BaselineRequest["splits"]', texts: 'lp.Splits' },
  Tape: { model: 'lp.DecoderTransformer' },
  Trainer: { model: 'lp.DecoderTransformer' },
};

/** The examples in TypeScript of a page: heading and text. Under a heading of the API, the first is the signature. */
function* examplesOf(page: string): Generator<{ heading: string; text: string }> {
  let [heading, isSignature] = ['', false];
  for (const [, title, text] of readFileSync(join('docs', page), 'utf8').matchAll(
    /^#{2,3} (.+)$|^```ts\n([^]*?)^```$/gm,
  )) {
    if (title !== undefined) [heading, isSignature] = [title, page === 'api.md'];
    else if (isSignature) isSignature = false;
    else yield { heading, text: text! };
  }
}

/** A documented example as a program: with imports of what it uses, and its variables declared. */
function programOf(heading: string, text: string): string {
  const library: object = heading.endsWith('(browser)') ? browser : node;
  const body = text.replace(/^import .*\n/gm, '');
  const declared = new Set(
    [...body.matchAll(/\b(?:const|let) (?:(\w+)|\{([^}]*)\})/g)].flatMap(([, name, names]) =>
      name === undefined ? names!.split(',').map((each) => each.split(':').at(-1)!.trim()) : [name],
    ),
  );
  const used = [...new Set(body.match(/(?<![.\w])[A-Za-z]\w*/g))].filter((name) => !declared.has(name));
  const imports = used.filter((name) => name in library);
  const given = { ...GIVEN, ...GIVEN_BY_HEADING[heading] };
  const variables = used.filter((name) => name in given).map((name) => `declare let ${name}: ${given[name]};`);
  const from = heading.endsWith('(browser)') ? 'letterpress/browser' : 'letterpress';
  return [
    "import type * as lp from 'letterpress';",
    "import { readFileSync } from 'node:fs';",
    `import { ${imports.join(', ')} } from '${from}';`,
    ...variables,
    `{\n${body}}\nvoid readFileSync;`,
  ].join('\n');
}

/** A program that exports, with types that the compiler infers, what all that the package exports gives. */
function exportsOfEverything(): string {
  const lines = Object.entries({ node, browser }).flatMap(([entry, library]) =>
    Object.entries(library).flatMap(([name, value]: [string, unknown]) => {
      const [own, it] = [`${entry}_${name}`, `${entry}.${name}`];
      const call = (what: string) => `() => ${what}(...([] as unknown as Parameters<typeof ${what}>))`;
      if (typeof value !== 'function') return [`export const ${own} = ${it};`];
      if (!Function.prototype.toString.call(value).startsWith('class')) return [`export const ${own} = ${call(it)};`];
      const members = Object.entries(Object.getOwnPropertyDescriptors(value.prototype as object));
      return [
        `declare const ${own}: InstanceType<typeof ${it}>;`,
        ...members
          .filter(([member]) => member !== 'constructor')
          .map(([member, property]) => {
            const what = `${own}.${member}`;
            return `export const ${own}_${member} = ${'value' in property ? call(what) : what};`;
          }),
      ];
    }),
  );
  const imports = ["import * as node from 'letterpress';", "import * as browser from 'letterpress/browser';"];
  return [...imports, ...lines].join('\n');
}

let said: readonly string[];
beforeAll(() => {
  const modules = join(place, 'node_modules');
  const own = join(modules, 'letterpress');
  mkdirSync(join(modules, '@types'), { recursive: true });
  for (const name of ['zod', 'd3-array', 'undici-types', '@types/node'])
    symlinkSync(resolve('node_modules', name), join(modules, name));
  expect(tsc('-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', join(own, 'dist'))).toBe('');
  writeFileSync(join(own, 'package.json'), readFileSync('package.json'));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  const examples = readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .flatMap((page) => [...examplesOf(page)]);
  expect(examples.length).toBeGreaterThan(60);
  const programs = examples.map(({ heading, text }, i): [string, string] => [
    `example-${i}-${heading.replace(/\W+/g, '-')}.ts`,
    programOf(heading, text),
  ]);
  said = compile([...programs, ['exports.ts', exportsOfEverything()]]).split('\n');
}, 300_000);

it('every documented example in TypeScript compiles, and so do the declarations themselves', () => {
  expect(said.filter((line) => /^\S/.test(line) && !line.includes('exports.ts'))).toEqual([]);
});

it('a library can export what any function, method or constant gives', () => {
  // Private members, which the prototype has too, are refused as such (TS2341, TS2445): they are nobody's to export.
  expect(said.filter((line) => /exports\.ts.*TS(2742|2883|40\d\d)/.test(line))).toEqual([]);
});
