import { join } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { ANALYSIS_FILES } from '../../runs/analysis-files.js';
import { RUN_FILES } from '../../runs/layout.js';
import { readRun } from '../../runs/reader.js';
import { analyseRunSteps } from '../../run-analysis/analyse-run.js';
import { loadModel } from '../../model/load-model.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { ChangingBar } from '../terminal/changing-bar.js';
import { breathe } from './prepare-texts.js';
import { textsOfRun } from './train.js';

/** The options of `letterpress analyse`. */
export interface AnalyseOptions extends BackendOptions {
  readonly temperatures?: readonly number[];
  readonly json?: true;
}

/** Measures again what a run's reports are made from, and writes it into the run. */
export async function analyse(folder: string, options: AnalyseOptions, context: CliContext): Promise<void> {
  const run = readRun(folder);
  if (run.results === undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `${folder} has not ended, and is analysed when it does`,
      `Go on with it: letterpress train --resume ${folder}`,
    );
  }
  const { backend } = openBackend(options, context);
  const texts = await textsOfRun(run, context);
  const { temperatures } = options;
  const steps = analyseRunSteps(folder, texts, loadModel(run, backend), undefined, { temperatures });
  const bar = new ChangingBar(context);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    const { part, done, total } = step.value;
    bar.show(`analysis: ${part}`, total, 'steps', done);
    await breathe();
  }
  bar.hide();
  const written = step.value;
  const files = ANALYSIS_FILES.filter((name) => written[name] !== undefined).map((name) => RUN_FILES[name]);
  if (options.json) context.printJson({ run: folder, files });
  else context.print(files.map((file) => `${join(folder, file)}\n`).join(''));
}
