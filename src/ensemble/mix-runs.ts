import { relative, resolve, sep } from 'node:path';
import type { Backend } from '../backend/types.js';
import type { Splits } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { readRun, type Run } from '../runs/reader.js';
import { SCHEMA_VERSION } from '../runs/schema.js';
import type { LanguageModel } from '../model/language-model.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import { finish, relay } from '../generators.js';
import { loadModel } from '../model/load-model.js';
import { checkFingerprint } from '../runs/run-texts.js';
import { letterpressVersion } from '../version.js';
import type { ConfidenceBucket } from './gate.js';
import { ConfidenceGate } from './gate.js';
import { mixModelsSteps, scoreParts } from './mix-models.js';
import type { MixedModels, MixOptions, MixProgress, MixtureScores } from './mix-models.js';
import { checkMixtureFolder, countedTexts, isMixture } from './mixture-folder.js';
import { textsFingerprint, weightsFingerprint, writeMixture } from './mixture-folder.js';
import type { MixtureFile } from './mixture-schema.js';

/** Which runs to mix, and where to write the mixture. */
export interface MixRunsRequest extends Pick<MixOptions, 'ngram' | 'order' | 'mixing'> {
  /** Run directories. */
  readonly runs: readonly string[];
  /** The texts of the runs, all splits, as they were trained on. */
  readonly splits: Splits;
  readonly backend: Backend;
  /** Folder of the mixture: missing, empty, or with a mixture that may be replaced. */
  readonly folder: string;
  /** Whether a mixture there is replaced. */
  readonly force?: boolean;
}

/**
 * Mixes runs, and writes the mixture with its figures: learns on the validation texts, then reads the test texts once.
 *
 * @returns what was written into `mixture.json`
 * @throws LetterpressError EXISTS for a folder with something else in it; BAD_OPTION for runs that cannot be mixed; BAD_INPUT for texts
 *   that are not those of the runs; BAD_RUN for damaged runs
 *
 * @example mixRuns({ runs: ['runs/small', 'runs/large'], splits, backend, folder: 'runs/both' }).test?.nll;
 */
export function mixRuns(request: MixRunsRequest): MixtureFile {
  return finish(mixRunsSteps(request));
}

/** {@link mixRuns} in portions: yields how far it is. */
export function* mixRunsSteps(request: MixRunsRequest): Generator<MixProgress, MixtureFile> {
  const { splits, backend, folder, force = false } = request;
  checkMixtureFolder(folder, force);
  const runs = readMembers(request.runs);
  for (const { config } of runs) checkFingerprint(config, splits);
  const weights = runs.map((run) => weightsFingerprint(run.folder));
  checkDifferent(runs, weights);
  const models = runs.map((run) => loadModel(run, backend));
  const mixed = yield* mixModelsSteps({ ...request, models, labels: request.runs });
  const { mixture, counted } = mixed;
  const { tokenizer, maxCharacters } = mixture;
  const test = encodeSplit(splits.test, tokenizer, { maxCharacters }).encoded;
  const scores =
    test.length === 0
      ? undefined
      : yield* relay(scoreParts(mixture, test), (done) => ({
          step: 'reading the test texts',
          done,
          total: test.length,
          unit: 'texts',
        }));
  const texts = counted && countedTexts(counted, tokenizer);
  const file = describe(mixed, scores, runs, models, weights, folder, texts);
  writeMixture(folder, file, texts);
  return file;
}

/**
 * The runs to mix.
 *
 * @throws LetterpressError BAD_OPTION unless all were trained on the same texts with one alphabet; BAD_RUN for what is no run
 */
export function readMembers(folders: readonly string[]): Run[] {
  const mixture = folders.find(isMixture);
  if (mixture !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      `${mixture} is a mixture already, and mixtures cannot be mixed`,
      'Name its runs instead, and all others that you want to have in it.',
    );
  const runs = folders.map((folder) => readRun(folder));
  for (const run of runs) {
    const [first] = runs;
    if (run.config.corpus.fingerprint === first!.config.corpus.fingerprint) continue;
    throw new LetterpressError(
      'BAD_OPTION',
      `${run.folder} was trained on other texts than ${first!.folder} (${textsOf(run)}; ${textsOf(first!)})`,
      'Mix runs that have the same training, validation and test texts.',
    );
  }
  return runs;
}

function textsOf({ config: { corpus } }: Run): string {
  const { train, val, test } = corpus.sizes;
  return `${train} / ${val} / ${test} of ${corpus.name}`;
}

function checkDifferent(runs: readonly Run[], weights: readonly string[]): void {
  weights.forEach((own, i) => {
    const same = weights.indexOf(own);
    if (same === i) return;
    throw new LetterpressError(
      'BAD_OPTION',
      `${runs[i]!.folder} has the weights of ${runs[same]!.folder}: mixing a model with itself changes nothing`,
      'Name each run once.',
    );
  });
}

/** Figures as the file has them: without a test NLL where there are no test texts. */
function figures(
  { validation }: MixedModels,
  scores: MixtureScores | undefined,
  member: number,
): { valNll: number; testNll?: number } {
  const valNll = validation.memberNll[member]!;
  return scores === undefined ? { valNll } : { valNll, testNll: scores.members[member]!.nll };
}

function describe(
  mixed: MixedModels,
  scores: MixtureScores | undefined,
  runs: readonly Run[],
  models: readonly LanguageModel[],
  weights: readonly string[],
  folder: string,
  texts: readonly string[] | undefined,
): MixtureFile {
  const { learned, validation, mixture } = mixed;
  const { gate } = mixture.ensemble;
  const now = new Date().toISOString();
  const { corpus } = runs[0]!.config;
  const buckets: readonly (ConfidenceBucket | undefined)[] =
    gate instanceof ConfidenceGate ? gate.describe() : [undefined];
  return {
    schemaVersion: SCHEMA_VERSION,
    letterpress: letterpressVersion(),
    createdAt: now,
    corpus: { name: corpus.name, fingerprint: corpus.fingerprint },
    runs: runs.map((run, m) => ({
      path: relative(resolve(folder), resolve(run.folder)).split(sep).join('/'),
      weights: weights[m]!,
      parameters: models[m]!.transformer.parameters.count,
      ...figures(mixed, scores, m),
    })),
    ...(texts === undefined || !(gate instanceof ConfidenceGate)
      ? {}
      : {
          ngram: {
            order: gate.order,
            texts: texts.length,
            fingerprint: textsFingerprint(texts),
            ...figures(mixed, scores, runs.length),
          },
        }),
    mixing: {
      kind: learned.kind,
      strength: learned.strength,
      buckets: buckets.map((bucket, b) => ({
        ...bucket,
        places: validation.places[b]!,
        weights: [...learned.mixing.weights[b]!],
      })),
      meanWeights: [...validation.meanWeights],
    },
    validation: {
      texts: validation.texts,
      evenNll: validation.evenNll,
      nll: validation.nll,
      crossValidatedNll: learned.crossValidatedNll,
      folds: learned.folds,
      tried: learned.tried.map((tried) => ({ ...tried })),
    },
    ...(scores === undefined
      ? {}
      : {
          test: {
            readAt: now,
            texts: scores.mixture.texts,
            evenNll: scores.even.nll,
            nll: scores.mixture.nll,
            top1: scores.mixture.top1,
          },
        }),
  };
}
