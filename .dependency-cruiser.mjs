/**
 * Imports go one way, room by room. The rooms, what each holds and what each may import are stated once, in
 * scripts/rooms.json, from which the table in ARCHITECTURE.md is generated too. Checked by `npm run lint`.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

const { devDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const ROOMS = JSON.parse(readFileSync(new URL('scripts/rooms.json', import.meta.url), 'utf8'));

/** For each room: no import from a room that it does not list, and nothing of the public API. */
const roomRules = Object.entries(ROOMS).map(([room, { imports }]) => ({
  name: `room-${room}`,
  comment: `src/${room} may import ${imports.join(', ') || 'no other room'}: see scripts/rooms.json.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: `^src/(?!(${[room, ...imports].join('|')})/)([^/]+/|(index|browser|shared)\\.ts$)` },
}));

/** Files directly in src, but for the public API, are ground: they import each other at most. */
roomRules.push({
  name: 'ground',
  comment: 'What every room may use imports no room.',
  severity: 'error',
  from: { path: '^src/[^/]+\\.ts$', pathNot: '^src/(index|browser|shared)\\.ts$' },
  to: { path: '^src/[^/]+/' },
});

export default {
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
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pages-bundle-only-dependencies',
      comment: 'Node.js runs bundles, which contain development dependencies; what pages bundle must be installed.',
      severity: 'error',
      from: { path: '^src/browser\\.ts$' },
      to: { path: `^node_modules/(${Object.keys(devDependencies).join('|')})/`, reachable: true },
    },
    ...roomRules,
    {
      name: 'tensor-knows-only-the-contract',
      comment: 'Tensors speak to any backend through backend/types.',
      severity: 'error',
      from: { path: '^src/tensor/' },
      to: { path: '^src/backend/', pathNot: '^src/backend/types\\.ts$' },
    },
    {
      name: 'only-registry-imports-portable',
      comment: 'Which backend runs is decided in one place; the entries of the library export it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/((index|browser)\\.ts$|backend/(registry\\.ts$|portable[/.]))' },
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
      name: 'only-registry-imports-wasm',
      comment: 'Which backend runs is decided in one place; a page loads the module by itself.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(browser\\.ts$|backend/(registry\\.ts$|wasm[/.]))' },
      to: { path: '^src/backend/wasm[/.]' },
    },
    {
      name: 'browser-needs-no-node',
      comment: 'Nothing that src/browser.ts loads, however indirectly, may need a built-in module of Node.',
      severity: 'error',
      from: { path: '^src/browser\\.ts$' },
      to: { path: `^(node:)?(${builtinModules.join('|')})$`, reachable: true },
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
