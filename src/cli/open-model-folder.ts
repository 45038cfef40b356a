import type { Backend } from '../backend/types.js';
import { LanguageModel } from '../model/language-model.js';
import { modelOfRun } from '../model/load-model.js';
import type { TextModel } from '../model/text-model.js';
import { isAutoregressive } from '../nn/config.js';
import { isMixture } from '../runs/artifact-folder.js';
import { readRun, type Run } from '../runs/reader.js';
import type { CliContext } from './context.js';

/** A model in a folder, and the run that says which texts it was trained on: the first of a mixture's. */
interface OpenedModel {
  readonly run: Run;
  readonly load: (backend: Backend) => TextModel;
}

/**
 * Opens a run, or a mixture, whose code is loaded only then.
 *
 * @throws LetterpressError BAD_RUN when the folder is neither, or damaged
 */
export async function openModelFolder(folder: string): Promise<OpenedModel> {
  if (!isMixture(folder)) {
    const run = readRun(folder);
    return { run, load: (backend) => modelOfRun(run, backend) };
  }
  const { loadMixture, readFirstRun } = await import('../ensemble/load-mixture.js');
  return { run: readFirstRun(folder), load: (backend) => loadMixture(folder, backend) };
}

/** Says so where a model's NLL is no likelihood. */
export function noteLeak(model: TextModel, { notice }: Pick<CliContext, 'notice'>): void {
  if (!(model instanceof LanguageModel) || isAutoregressive(model.transformer.config)) return;
  const lacks = model.transformer.config.causal ? 'shift' : 'causal mask';
  notice(`note: a model without the ${lacks} sees what it predicts: its NLL is no likelihood\n`);
}
