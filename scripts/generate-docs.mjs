// Documents that follow from the sources: writes those that are named, or all; with --check says which are stale and
// exits with 1.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { apiPage } from './api-page.mjs';
import { schemaTables } from './schema-tables.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Imports a source file, without a build of the project before. */
async function importSource(file) {
  // Directly below the root, as src/ is: packages and files of the package are found.
  const folder = mkdtempSync(join(ROOT, '.generate-docs-'));
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

async function commandsPage() {
  const { runCli } = await importSource('src/cli/run.ts');
  const { COMMAND_NAMES } = await importSource('src/cli/program.ts');
  const helpOf = async (words) => {
    const [stdout, stderr] = [new PassThrough({ highWaterMark: 1 << 20 }), new PassThrough()];
    await runCli([...words.split(' ').slice(1), '--help'], { stdout, stderr });
    return `## ${words}\n\n\`\`\`text\n${String(stdout.read()).trimEnd()}\n\`\`\``;
  };
  const names = COMMAND_NAMES.flatMap((name) => (name === 'data' ? [name, 'data stats', 'data clean'] : name));
  const help = await Promise.all(['letterpress', ...names.map((name) => `letterpress ${name}`)].map(helpOf));
  return `# Commands\n\nWhat \`--help\` prints.\n\n${help.join('\n\n')}\n`;
}

/** Lines of the sources that reports show: from each first line to the next that begins with the last one. */
const EXCERPTS = {
  embedding: [['src/backend/portable/embed.ts', '  for (let r = 0; r < rows; r++) {', '  }']],
  sampling: [
    ['src/model/generate.ts', '    const tokens = Int32Array.from(slots', '    this.position++;'],
    ['src/model/generate.ts', '    const characters = slots.map(', '    this.slots = '],
  ],
  temperature: [['src/softmax.ts', '  let max = -Infinity;', '  return weights;']],
  slicing: [
    ['src/nn/packed-batch.ts', '    for (let t = 0; t < count; t++) {', '    }'],
    ['src/train/trainer.ts', '      const logits = model.forward(', '      loss.backward();'],
  ],
};

function excerptOf([file, first, last]) {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
  const from = lines.findIndex((line) => line.startsWith(first));
  const to = lines.findIndex((line, i) => i >= from && line.startsWith(last));
  if (from < 0 || to < 0) throw new Error(`${file} has no lines from "${first}" to "${last}", which reports show`);
  const indent = /^ */.exec(lines[from])[0].length;
  return lines.slice(from, to + 1).map((line) => line.slice(indent));
}

function codeExcerpts() {
  const all = Object.entries(EXCERPTS).map(([name, parts]) => {
    const file = [...new Set(parts.map(([path]) => path))].join(', ');
    const lines = parts.flatMap((part, i) => (i === 0 ? excerptOf(part) : ['', ...excerptOf(part)]));
    return `${name}: { file: ${JSON.stringify(file)}, lines: ${JSON.stringify(lines)} },`;
  });
  return (
    '/** Lines of the sources that reports show. Made by scripts/generate-docs.mjs, which also checks them. */\n' +
    `export const CODE_EXCERPTS = {\n${all.join('\n')}\n} as const;\n`
  );
}

/** Each makes the whole text of its file. */
const DOCUMENTS = [
  { file: 'src/report/code-excerpts.ts', make: codeExcerpts },
  {
    file: 'docs/pytorch.md',
    make: (file) => fill(file, 'loader', `\`\`\`python\n${readFileSync(join(ROOT, 'data/modeling.py'), 'utf8')}\`\`\``),
  },
  { file: 'docs/commands.md', make: commandsPage },
  { file: 'docs/api.md', make: (file) => fill(file, 'exports', apiPage(ROOT)) },
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
