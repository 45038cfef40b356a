// Documents that follow from the sources: writes those that are named, or all; with --check says which are stale and
// exits with 1.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { schemaTables } from './schema-tables.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Imports a source file, without a build of the project before. */
async function importSource(file) {
  // Inside node_modules, so that the packages that the source imports are found.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.generate-docs-'));
  try {
    const outfile = join(folder, 'bundle.mjs');
    await build({
      entryPoints: [join(ROOT, file)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
function fill(file, name, text) {
  const document = readFileSync(join(ROOT, file), 'utf8');
  const [before, rest] = document.split(`<!-- ${name} -->\n`);
  const [, after] = rest?.split(`<!-- /${name} -->`) ?? [];
  if (after === undefined) throw new Error(`${file} needs the comments <!-- ${name} --> and <!-- /${name} -->`);
  return `${before}<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->${after}`;
}

function roomsTable() {
  const rooms = JSON.parse(readFileSync(join(ROOT, 'scripts/rooms.json'), 'utf8'));
  const rows = Object.entries(rooms).map(
    ([room, { holds, imports }]) => `| \`${room}\` | ${holds} | ${imports.join(', ') || '–'} |`,
  );
  return ['| room | holds | imports |', '| - | - | - |', ...rows].join('\n');
}

function rulesTables(topics) {
  return topics
    .map(({ title, rules }) => {
      const rows = rules.map(({ id, when }) => `| \`${id}\` | ${when} |`);
      return [`### ${title}`, '', '| rule | condition |', '| - | - |', ...rows].join('\n');
    })
    .join('\n\n');
}

/** Each makes the whole text of its file. */
const DOCUMENTS = [
  { file: 'ARCHITECTURE.md', make: (file) => fill(file, 'rooms', roomsTable()) },
  {
    file: 'docs/results-json.md',
    make: async (file) => {
      const { reportResultsSchema } = await importSource('src/report/facts/schema.ts');
      return fill(file, 'fields', schemaTables(reportResultsSchema, 'The whole'));
    },
  },
  {
    file: 'docs/report.md',
    make: async (file) => {
      const { RULE_TOPICS } = await importSource('src/report/rules/all-rules.ts');
      return fill(file, 'rules', rulesTables(RULE_TOPICS));
    },
  },
];

const wanted = process.argv.slice(2).filter((argument) => argument !== '--check');
const check = process.argv.includes('--check');
for (const { file, make } of DOCUMENTS) {
  if (wanted.length > 0 && !wanted.includes(file)) continue;
  const path = join(ROOT, file);
  const text = await format(await make(file), { ...(await resolveConfig(path)), filepath: path });
  if (text === readFileSync(path, 'utf8')) continue;
  if (check) {
    console.error(`${file} is stale: run node scripts/generate-docs.mjs and commit it`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    console.log(`wrote ${file}`);
  }
}
