import { setImmediate } from 'node:timers/promises';
import { cleanTexts } from '../../corpus/cleaning/index.js';
import { decodeUtf8, readUtf8 } from '../../corpus/sources/read-file.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { ProgressBar } from '../terminal/progress.js';
import { batches } from '../texts.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('<file>', 'UTF-8 text file, one text a line, or - for standard input')
    .description(
      'Clean texts as the notebook cleans headlines: only words of letters, in lower case, without stop words, ' +
        'nouns in the singular. Writes one line for every line of the input to standard output.',
    )
    .option('--json', 'one JSON array of strings')
    .action(async (file, options) => {
      const lines = splitAtLineFeeds(await readInput(file, context));
      // Cleaned lines on the same terminal are progress enough.
      const bar = context.stdoutIsTerminal ? undefined : new ProgressBar(context);
      const all: string[] = [];
      let done = 0;
      for (const batch of batches(lines)) {
        const cleaned = cleanTexts(batch, 'headlines');
        if (options.json) all.push(...cleaned);
        else await context.write(cleaned.map((line) => `${line}\n`).join(''));
        done += batch.length;
        bar?.show({ label: 'cleaning', unit: 'lines', total: lines.length, done });
        await setImmediate();
      }
      bar?.hide();
      if (options.json) context.printJson(all);
    });
  addExamples(command, [
    ['letterpress data clean news.txt > clean.txt', 'a file'],
    ["echo 'Two churches were closed' | letterpress data clean -", 'prints: two church closed'],
  ]);
};

/**
 * Lines end at \n only, so that line numbers of input and output agree whatever else is in the texts; a \r is white
 * space to the cleaning. The end of the last line begins no new one.
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
