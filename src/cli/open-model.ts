import type { Backend } from '../backend/types.js';
import { modelOfRun } from '../model/load-model.js';
import type { TextModel } from '../model/text-model.js';
import { isMixture } from '../runs/artifact-folder.js';
import { readRun, type Run } from '../runs/reader.js';

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
export async function openModel(folder: string): Promise<OpenedModel> {
  if (!isMixture(folder)) {
    const run = readRun(folder);
    return { run, load: (backend) => modelOfRun(run, backend) };
  }
  const { loadMixture, readFirstRun } = await import('../ensemble/load-mixture.js');
  return { run: readFirstRun(folder), load: (backend) => loadMixture(folder, backend) };
}
