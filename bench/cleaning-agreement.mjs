// Compares Letterpress's cleaning with the reference's, line by line.
//
//   npm run build
//   node bench/cleaning-agreement.mjs RAW.txt CLEANED.txt
//
// CLEANED.txt is what the reference pipeline makes of RAW.txt; lines end at \n only in both. Prints the
// number of lines, how many are identical, the share, the seconds that cleaning took (module and data
// loading included) and the first differences. Exits with 1 when fewer than 99.95 % are identical.
import { readFileSync } from 'node:fs';

const [rawPath, cleanedPath] = process.argv.slice(2);
if (rawPath === undefined || cleanedPath === undefined) {
  console.error('usage: node bench/cleaning-agreement.mjs RAW.txt CLEANED.txt');
  process.exit(2);
}
const lines = (path) => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
const raw = lines(rawPath);
const expected = lines(cleanedPath);
if (raw.length !== expected.length) {
  console.error(`expected as many cleaned lines as raw ones, got ${expected.length} for ${raw.length}`);
  process.exit(2);
}

const start = process.hrtime.bigint();
const { cleanTexts } = await import('../dist/corpus/cleaning/index.js');
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
