/**
 * The rooms of ARCHITECTURE.md as rules: imports go one way,
 *   cli -> study, report, mixture -> train, sample, analysis -> nn, runs, corpus, tokenizer -> tensor -> backend/types
 * Checked by `npm run lint`. A rule about a folder that does not exist yet simply never matches.
 */

/** Files in any of these folders of src (or files directly in src, by name). */
const inside = (...folders) => `^src/(${folders.join('|')})/`;

// `require('node:module')` without a require, which the linter forbids everywhere.
const builtins = module.constructor.builtinModules;

const MIDDLE = ['study', 'report', 'bench', 'mixture', 'train', 'sample', 'analysis'];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one idea, or that a type belongs in a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads to a file or to an installed package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'only-declared-packages',
      comment: 'Code that is published may use only packages of "dependencies".',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-cli',
      comment: 'Only src/cli prints or exits; everything else is a library.',
      severity: 'error',
      from: { pathNot: '^(src/cli|test)/' },
      to: { path: inside('cli') },
    },
    {
      name: 'nothing-below-imports-the-middle',
      comment: 'nn, runs, corpus, tokenizer, tensor and backend serve training and reports, and do not know them.',
      severity: 'error',
      from: { path: inside('nn', 'runs', 'corpus', 'tokenizer', 'tensor', 'backend') },
      to: { path: inside(...MIDDLE, 'cli') },
    },
    {
      name: 'texts-and-runs-know-no-model',
      comment: 'Corpus, tokenizer and run files can be used without any model or tensor.',
      severity: 'error',
      from: { path: inside('corpus', 'tokenizer', 'runs') },
      to: { path: inside('nn', 'tensor', 'backend') },
    },
    {
      name: 'models-know-no-mixture',
      comment: 'A mixture is made of trained models and yardsticks, which do not know that they are mixed.',
      severity: 'error',
      from: { path: inside('train', 'sample', 'analysis', 'bench', 'report') },
      to: { path: inside('mixture') },
    },
    {
      name: 'tensor-imports-downwards',
      severity: 'error',
      from: { path: inside('tensor') },
      to: { path: inside('nn', 'runs', 'corpus', 'tokenizer') },
    },
    {
      name: 'backend-imports-nothing-above',
      severity: 'error',
      from: { path: inside('backend') },
      to: { path: inside('tensor', 'nn', 'runs', 'corpus', 'tokenizer') },
    },
    {
      name: 'tensor-knows-only-the-contract',
      comment: 'Tensors speak to any backend through backend/types.',
      severity: 'error',
      from: { path: inside('tensor') },
      to: { path: inside('backend'), pathNot: '^src/backend/types\\.ts$' },
    },
    {
      name: 'only-registry-imports-portable',
      comment: 'Which backend runs is decided in one place; in a browser there is nothing to decide yet.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(browser\\.ts$|backend/(registry\\.ts$|portable[/.]))' },
      to: { path: '^src/backend/portable[/.]' },
    },
    {
      name: 'only-registry-imports-native',
      comment: 'Which backend runs is decided in one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/backend/(registry\\.ts$|native[/.])' },
      to: { path: '^src/backend/native[/.]' },
    },
    {
      name: 'analysis-sees-no-model',
      comment: 'Plain numbers and strings in and out, directly and through whatever it imports.',
      severity: 'error',
      from: { path: inside('analysis') },
      to: { path: inside('nn', 'tensor', 'backend'), reachable: true },
    },
    {
      name: 'browser-needs-no-node',
      comment: 'Nothing that src/browser.ts loads, however indirectly, may need a built-in module of Node.',
      severity: 'error',
      from: { path: '^src/browser\\.ts$' },
      to: { path: `^(node:)?(${builtins.join('|')})$`, reachable: true },
    },
    {
      name: 'source-imports-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples)/' },
    },
  ],
  options: {
    // Without this, `import type` would not be seen, and layers could be crossed by types.
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
