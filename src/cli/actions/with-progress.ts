import type { CliContext } from '../context.js';
import { createProgress, type ProgressOptions } from '../terminal/progress.js';
import { breathe } from './prepare-texts.js';

/**
 * Runs work that says how much of it is done, with a progress bar; the terminal, Ctrl-C and closed pipes have their turn between
 * its steps.
 *
 * @param steps yields how many units are done, and returns the result
 *
 * @example await withProgress(model.scoring(texts), { total: texts.length, unit: 'texts', label: 'scoring' }, context)
 */
export async function withProgress<T>(
  steps: Generator<number, T>,
  options: ProgressOptions,
  context: CliContext,
): Promise<T> {
  const progress = createProgress(context, options);
  let step = steps.next();
  while (step.done !== true) {
    progress.update(step.value);
    await breathe();
    step = steps.next();
  }
  progress.stop();
  return step.value;
}
