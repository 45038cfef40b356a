import { cleanTexts } from '../../corpus/cleaning/index.js';
import { decodeUtf8, readUtf8 } from '../../corpus/sources/read-file.js';
import type { CliContext } from '../context.js';
import { createProgress } from '../terminal/progress.js';
import { batches, breathe } from './prepare-texts.js';

/** The options of `letterpress data clean`. */
export interface DataCleanOptions {
  readonly json?: true;
}

/** Writes one cleaned line for every line of `file`, or with `--json` an array of them. */
export async function dataClean(file: string, options: DataCleanOptions, context: CliContext): Promise<void> {
  const lines = splitAtLineFeeds(await readInput(file, context));
  // Cleaned lines on the same terminal are progress enough.
  const progress = context.stdoutIsTerminal
    ? undefined
    : createProgress(context, { total: lines.length, unit: 'lines', label: 'cleaning' });
  const all: string[] = [];
  let done = 0;
  for (const batch of batches(lines)) {
    const cleaned = cleanTexts(batch, 'headlines');
    if (options.json === true) all.push(...cleaned);
    else await context.write(cleaned.map((line) => `${line}\n`).join(''));
    progress?.update((done += batch.length));
    await breathe();
  }
  progress?.stop();
  if (options.json === true) context.printJson(all);
}

/**
 * Lines end at \n only, so that line numbers of input and output agree whatever else is in the texts. A \r stays: it is
 * white space to the cleaning. The end of the last line begins no new one.
 */
function splitAtLineFeeds(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

async function readInput(file: string, { stdin }: CliContext): Promise<string> {
  if (file !== '-') return readUtf8(file);
  const chunks: Buffer[] = [];
  for await (const chunk of stdin as AsyncIterable<string | Uint8Array>) chunks.push(Buffer.from(chunk));
  return decodeUtf8(Buffer.concat(chunks), 'standard input');
}
