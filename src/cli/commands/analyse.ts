import { join } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { modelOfRun } from '../../model/load-model.js';
import { analyseRunSteps } from '../../run-analysis/analyse-run.js';
import { ANALYSIS_FILES } from '../../runs/analysis-files.js';
import { FolderLock } from '../../runs/folder-lock.js';
import { RUN_FILES } from '../../runs/layout.js';
import { readRun } from '../../runs/reader.js';
import { shellWord } from '../folders.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { addMovedOptions } from '../options/data.js';
import { list, number } from '../options/parsers.js';
import { withProgress } from '../terminal/progress.js';
import { textsOfRun } from '../texts/of-run.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    addMovedOptions(
      command
        .argument('<run>', 'run directory')
        .description(
          "Write a run's analysis files again: baselines on the same texts, text statistics, sample quality, and the " +
            "model's embeddings and attention. Training writes them at its end; this is for older runs, and for " +
            'samples at several temperatures.',
        )
        .option('--temperatures <list>', 'temperatures to sample at as well, such as 0.5,1', list(number({ above: 0 })))
        .option('--json', 'one JSON document'),
    ),
  ).action(async (folder, options) => {
    const run = readRun(folder);
    if (run.config.imported !== undefined)
      throw new LetterpressError(
        'BAD_OPTION',
        `${folder} was imported: it has no training to analyse`,
        `Measure it on texts: letterpress evaluate ${shellWord(folder)} --data FILE`,
      );
    if (run.results === undefined) {
      throw new LetterpressError(
        'BAD_OPTION',
        `${folder} is not finished; analysis runs at the end of training`,
        `Resume it: letterpress train --resume ${shellWord(folder)}`,
      );
    }
    const { backend } = openBackend(options, context);
    const texts = await textsOfRun(run, context, options);
    const { temperatures } = options;
    const lock = FolderLock.acquire(folder);
    context.onFinish(() => lock.release());
    const written = await withProgress(
      analyseRunSteps(folder, texts, modelOfRun(run, backend), undefined, { temperatures }),
      ({ part, done, total }) => ({ label: `analysis: ${part}`, unit: 'steps', done, total }),
      context,
    );
    const files = ANALYSIS_FILES.filter((name) => written[name] !== undefined).map((name) => RUN_FILES[name]);
    if (options.json) context.printJson({ run: folder, files });
    else context.print(files.map((file) => `${join(folder, file)}\n`).join(''));
  });
  addExamples(command, [
    ['letterpress analyse runs/gazette-modern-48x3', 'the analysis files, again'],
    ['letterpress analyse runs/news --temperatures 0.01,0.1,0.5,0.8,1', 'samples by temperature as well'],
  ]);
};
