import { join } from 'node:path';
import { fitKneserNey } from '../baselines/kneser-ney.js';
import type { Backend } from '../backend/types.js';
import { checkPath } from '../parse-options.js';
import { LetterpressError } from '../errors.js';
import { readRun, type Run } from '../runs/reader.js';
import type { LanguageModel } from '../model/language-model.js';
import type { TextModel } from '../model/text-model.js';
import { asRunError, modelOfRun } from '../model/load-model.js';
import { ensembleOf } from './mix-models.js';
import { isMixture } from '../runs/artifact-folder.js';
import { readTrainingTexts, readMixtureFile, weightsFingerprint } from './mixture-folder.js';
import { MixtureModel } from './mixture-model.js';
import type { MixtureFile } from './mixture-schema.js';
import { TransformerMember } from './members.js';

/**
 * A mixture that `letterpress mix` wrote. Fits its n-gram model again, which takes about a second for ten thousand
 * headlines.
 *
 * @throws LetterpressError BAD_RUN when the folder or one of its runs is missing, damaged or has changed
 * @example loadMixture('runs/mixture', chooseBackend().backend).evaluate(texts).nll;
 */
export function loadMixture(folder: string, backend: Backend): MixtureModel {
  checkPath(folder, 'the folder of a mixture');
  const file = readMixtureFile(folder);
  const models = file.runs.map((run) => loadMember(folder, run, backend));
  const { tokenizer, maxCharacters } = models[0]!;
  const shape = { vocabulary: tokenizer.vocabularySize, contextLength: maxCharacters + 1 };
  const { ngram } = file;
  const ngramTexts = ngram && readTrainingTexts(folder, ngram.fingerprint, tokenizer);
  const kneserNey = ngramTexts && fitKneserNey(ngramTexts, { ...shape, order: ngram.order });
  const members = models.map((model, i) => new TransformerMember(model, file.runs[i]!.path));
  const { kind, buckets } = file.mixing;
  const mixing = { kind, weights: buckets.map(({ weights }) => weights) };
  return asRunError(
    () => new MixtureModel(ensembleOf(members, kneserNey, shape), mixing, tokenizer),
    `${folder}: mixture.json`,
  );
}

function loadMember(folder: string, run: MixtureFile['runs'][number], backend: Backend): LanguageModel {
  const path = join(folder, run.path);
  const model = modelOfRun(path, backend);
  if (weightsFingerprint(path) === run.weights) return model;
  throw new LetterpressError(
    'BAD_RUN',
    `the weights of ${path} have changed since ${folder} was mixed from them`,
    'Mix again: letterpress mix (force).',
  );
}

/**
 * The model in a folder: a mixture, or the best model of a run.
 *
 * @throws LetterpressError BAD_RUN when it is neither, or damaged
 */
export function loadTextModel(folder: string, backend: Backend): TextModel {
  checkPath(folder, 'the folder of a run or mixture');
  return isMixture(folder) ? loadMixture(folder, backend) : modelOfRun(folder, backend);
}

/** The first run of a mixture: it says which texts were trained on, and how they are read. */
export function readFirstRun(folder: string): Run {
  return readRun(join(folder, readMixtureFile(folder).runs[0]!.path));
}
