// Makes data/wordnet-nouns.txt and data/wordnet-noun-exceptions.txt from WordNet 3.0's index.noun and noun.exc
// (Debian's package wordnet-base has them in /usr/share/wordnet).
//
//   node scripts/make-wordnet-data.mjs WORDNET_FOLDER
//
// Cleaning looks up words of letters only, and the rules of detachment add nothing but letters, so that
// lemmas and irregular forms with an underscore, a hyphen, a digit or an apostrophe are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node scripts/make-wordnet-data.mjs WORDNET_FOLDER');
  process.exit(2);
}

const rows = (name) =>
  readFileSync(join(folder, name), 'latin1')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' ')) // the licence at the head is indented
    .map((line) => line.trim().split(/\s+/));
const isWord = (text) => /^[a-z]+$/.test(text);

const lemmas = rows('index.noun').map(([lemma]) => lemma);
const nouns = lemmas.filter(isWord);

// A later line for the same form replaces an earlier one, as in NLTK.
const exceptions = new Map();
for (const [form, ...terms] of rows('noun.exc')) if (isWord(form)) exceptions.set(form, terms);
const known = new Set(lemmas);
for (const [form, terms] of exceptions) {
  // What is left out must not be the shortest lemma of its form, or the answer would change.
  const candidates = [form, ...terms].filter((term) => known.has(term));
  const shortest = candidates.reduce((a, b) => (b.length < a.length ? b : a), candidates[0] ?? form);
  if (!isWord(shortest)) throw new Error(`${form}: its lemma ${shortest} is not wholly alphabetic`);
  exceptions.set(form, terms.filter(isWord));
}

const write = (name, lines) =>
  writeFileSync(new URL(`../data/${name}`, import.meta.url), `${lines.sort().join('\n')}\n`);
write('wordnet-nouns.txt', nouns);
write(
  'wordnet-noun-exceptions.txt',
  [...exceptions].map(([form, terms]) => [form, ...terms].join(' ')),
);
