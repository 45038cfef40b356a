// Compares Letterpress's cleaning with the reference's, line by line. CLEANED.txt is what the reference pipeline makes
// of RAW.txt; lines end at \n only in both. Prints the number of lines, how many are identical, the share, the seconds
// of cleaning (loading its data included) and the first differences. Exits with 1 when fewer than 99.95 % are
// identical.
import { readFileSync } from 'node:fs';
import { cleanTexts } from '../dist/index.js';

const [rawPath, cleanedPath] = process.argv.slice(2);
if (rawPath === undefined || cleanedPath === undefined) {
  const help = rawPath === '--help';
  console[help ? 'log' : 'error']('usage: node bench/cleaning-agreement.mjs RAW.txt CLEANED.txt');
  process.exit(help ? 0 : 2);
}
const lines = (path) => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
const raw = lines(rawPath);
const expected = lines(cleanedPath);
if (raw.length !== expected.length) {
  console.error(`expected as many cleaned lines as raw ones, got ${expected.length} for ${raw.length}`);
  process.exit(2);
}

const start = process.hrtime.bigint();
const got = cleanTexts(raw, 'headlines');
const seconds = Number(process.hrtime.bigint() - start) / 1e9;

const different = raw.map((_, index) => index).filter((index) => got[index] !== expected[index]);
const identical = raw.length - different.length;
const share = identical / raw.length;
console.log(`lines      ${raw.length}`);
console.log(`identical  ${identical}`);
console.log(`share      ${(100 * share).toFixed(3)} %`);
console.log(`seconds    ${seconds.toFixed(2)}`);
for (const index of different.slice(0, 20)) {
  console.log(`\nline ${index + 1}`);
  console.log(`  raw       ${JSON.stringify(raw[index])}`);
  console.log(`  expected  ${JSON.stringify(expected[index])}`);
  console.log(`  got       ${JSON.stringify(got[index])}`);
}
process.exitCode = share < 0.9995 ? 1 : 0;
