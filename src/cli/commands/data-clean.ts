import { cleanTextsSteps } from '../../corpus/cleaning/index.js';
import { batches } from '../../corpus/pieces.js';
import { openTexts } from '../../corpus/sources/read-file.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addFileOptions, addSplitOption } from '../options/data.js';
import { addLinesOption, checkLines, linesOrNulls } from '../options/lines.js';
import { withProgress } from '../terminal/progress.js';
import { fileOptions, isWholeFile, readAll } from '../texts/prepare.js';

const TEXTS_A_WRITE = 4096;
const CHARACTERS_A_WRITE = 1 << 20;

export const define: DefineCommand = (command, context) => {
  addFileOptions(
    addSplitOption(
      addLinesOption(
        command
          .argument('<file>', 'file, folder or hf:OWNER/NAME as for train --data, or - for standard input')
          .description(
            'Clean texts as the notebook cleans headlines: only words of letters, in lower case, without stop words, ' +
              'nouns in the singular. Writes one line for every text to standard output (of a text file: for every ' +
              'line, blank ones too); of several columns, all texts of the first, then all of the second.',
          )
          .option('--json', 'one JSON array of strings'),
      ),
    ),
  ).action(async (file, options) => {
    checkLines(options);
    const reading = { ...options, keepBlankLines: true };
    const portions = (await isWholeFile(file, options))
      ? (await openTexts(file, { ...fileOptions(options, context), keepBlankLines: true })).portions
      : [[await readAll(file, reading, context)]];
    const later: string[][] = [];
    const all: string[] = [];
    const clean = async (texts: readonly string[]): Promise<void> => {
      for (const batch of batches(texts, TEXTS_A_WRITE, CHARACTERS_A_WRITE)) {
        const cleaned = await withProgress(cleanTextsSteps(batch, 'headlines'), () => undefined, context);
        if (options.json) for (const text of cleaned) all.push(text);
        else await context.write(linesOrNulls(cleaned, options.null));
      }
    };
    for await (const [first = [], ...others] of portions) {
      await clean(first);
      others.forEach((texts, c) => {
        for (const text of texts) (later[c] ??= []).push(text);
      });
    }
    for (const texts of later) await clean(texts);
    if (options.json) context.printJson(all);
  });
  addExamples(command, [
    ['letterpress data clean news.txt > clean.txt', 'a file'],
    ['letterpress data clean articles.csv --column title', 'a column of a table'],
    ["echo 'Two churches were closed' | letterpress data clean -", 'prints: two church closed'],
  ]);
};
