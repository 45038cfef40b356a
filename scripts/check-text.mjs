// Checks what no compiler sees: lines of code over 120 columns, and links in documents that lead nowhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MAX_COLUMNS = 120;
const CODE = /\.(ts|mjs|js|cc|h|py)$/;
const LINK = /!?\[[^\]]*\]\(([^)\s]+)\)/g;

/** The anchors that GitHub gives the headings of a document. */
function anchorsOf(document) {
  const headings = document.matchAll(/^#+ (.+)$/gm);
  const slugs = [...headings].map(([, title]) =>
    // prettier-ignore
    title.toLowerCase().replace(/[`*_]/g, '').replace(/[^\p{L}\p{N} -]/gu, '').trim().replaceAll(' ', '-'),
  );
  return new Set(slugs);
}

const withoutCode = (document) => document.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => existsSync(file));
const faults = [];
for (const file of files) {
  if (CODE.test(file)) {
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.forEach((line, i) => {
      const columns = [...line].length;
      if (columns > MAX_COLUMNS && !/https?:\/\/\S{60}/.test(line)) faults.push(`${file}:${i + 1}: ${columns} columns`);
    });
  }
  if (!file.endsWith('.md')) continue;
  const document = readFileSync(file, 'utf8');
  for (const [, target] of withoutCode(document).matchAll(LINK)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path, anchor] = target.split('#');
    const place = path === '' ? file : join(dirname(file), path);
    if (!existsSync(place)) faults.push(`${file}: the link ${target} leads to no file`);
    else if (anchor !== undefined && !anchorsOf(readFileSync(place, 'utf8')).has(anchor))
      faults.push(`${file}: the link ${target} leads to no heading`);
  }
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`${faults.length} faults: break lines at ${MAX_COLUMNS} columns, and fix links.`);
  process.exitCode = 1;
}
