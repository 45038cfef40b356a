// Makes bundle/, what Node.js runs of an installed Letterpress: our modules and the parts of npm packages that they
// use, in files that are loaded when they are needed; the fonts of PDFs; and the licences of all of that. So a user
// installs few packages, and starts in a third of the time that 300 small files take.
//
//   node scripts/build-bundle.mjs
//
// The tests take the fonts from it, and bundle the sources likewise.
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import decompress from 'woff2-encoder/decompress';

const root = fileURLToPath(new URL('../', import.meta.url));
const bundle = join(root, 'bundle');

/**
 * What is built together shares files. The library and the commands do not: with 20 commands there are files for every
 * set of modules that some of them share, and to import the library would read 70 of them in place of 4.
 */
const LIBRARY = { index: 'src/index.ts', browser: 'src/browser.ts' };
const COMMANDS = { cli: 'src/cli/main.ts', 'training-worker': 'src/train/worker/training-worker.ts' };

const FONTS = {
  regular: '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  bold: '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
  italic: '@expo-google-fonts/arimo/400Regular_Italic/Arimo_400Regular_Italic.ttf',
  mono: '@fontsource/dejavu-mono/files/dejavu-mono-latin-400-normal.woff2',
};

/** Packages of CommonJS take Node's own modules by `require`, which modules lack. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/** fontkit brings a decompressor of 1.4 MB, for WOFF2; Node.js has one. */
const nodeBrotli = {
  name: 'brotli of Node.js',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^brotli\/decompress/ }, ({ path }) => ({ path, namespace: 'node-brotli' }));
    onLoad({ filter: /^/, namespace: 'node-brotli' }, () => ({
      contents: "module.exports = (data) => require('node:zlib').brotliDecompressSync(data);",
    }));
  },
};

/** Writes bundle/fonts, if it is not there: plain TrueType, for pdfkit would decompress WOFF2 for each character. */
export async function makeFonts() {
  const folder = join(bundle, 'fonts');
  mkdirSync(folder, { recursive: true });
  for (const [name, source] of Object.entries(FONTS)) {
    const path = join(folder, `${name}.ttf`);
    if (existsSync(path)) continue;
    const file = readFileSync(join(root, 'node_modules', source));
    writeFileSync(path, source.endsWith('.woff2') ? await decompress(file) : file);
  }
}

/** The folders of the npm packages that files belong to. */
function packagesOf(files) {
  const names = files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

/** Name, version and licence texts of a package. */
function licenceOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}

/** The licences of the npm packages that files belong to. */
export function licencesOf(files) {
  const licences = packagesOf(files)
    .map(licenceOf)
    .join(`\n\n${'-'.repeat(80)}\n\n`);
  return `The files of this folder contain parts of these packages.\n\n${licences}\n`;
}

/** Bundles entries for Node.js. */
export function bundleEntries(entryPoints, options = {}) {
  return build({
    absWorkingDir: root,
    entryPoints,
    outdir: bundle,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.12',
    charset: 'utf8',
    // A file is read and compiled before a line of it runs. Names stay, and lines short, for what a crash shows.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    legalComments: 'none',
    banner: { js: REQUIRE },
    plugins: [nodeBrotli],
    metafile: true,
    logLevel: 'warning',
    ...options,
  });
}

/**
 * Bundles the library. Modules go into one file when the same entries and late parts need them, so the library's own
 * would lie in some twenty, half a millisecond or more each. Its late parts therefore import it: they come after it
 * anyway, and then all need what it needs.
 */
async function bundleLibrary() {
  const { metafile } = await bundleEntries(LIBRARY, { write: false });
  const late = Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const own = late.filter((path) => path.startsWith('src/') && !Object.values(LIBRARY).includes(path));
  const paths = new Set(own.map((path) => join(root, path)));
  const importLibrary = {
    name: 'late parts import the library',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!paths.has(path)) return undefined;
        const library = JSON.stringify(join(root, LIBRARY.index));
        return { contents: `${readFileSync(path, 'utf8')}\nimport ${library};`, loader: 'ts' };
      });
    },
  };
  return bundleEntries(LIBRARY, {
    plugins: [nodeBrotli, importLibrary],
    // The library has no side effects, so nothing remains of the import but how the modules are grouped.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
}

async function makeBundle() {
  const built = (await Promise.all([bundleLibrary(), bundleEntries(COMMANDS)])).map(({ metafile }) => metafile);
  await makeFonts();
  const sources = built.flatMap(({ inputs }) => Object.keys(inputs));
  const fonts = Object.values(FONTS).map((font) => `node_modules/${font}`);
  writeFileSync(join(bundle, 'LICENSES.txt'), licencesOf([...sources, ...fonts]));
  const written = new Set(built.flatMap(({ outputs }) => Object.keys(outputs).map((path) => basename(path))));
  for (const file of readdirSync(bundle)) if (file.endsWith('.js') && !written.has(file)) rmSync(join(bundle, file));
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await makeBundle();
