import { relative, resolve, sep } from 'node:path';
import type { Backend } from '../backend/types.js';
import type { Splits } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { checkNames, checkPath } from '../parse-options.js';
import type { FolderLock } from '../runs/folder-lock.js';
import { readRun, type Run } from '../runs/reader.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import { finish, relay } from '../generators.js';
import { modelOfRun } from '../model/load-model.js';
import { checkFingerprint } from '../runs/check-fingerprint.js';
import { ConfidenceGate, type ConfidenceBucket } from './gate.js';
import {
  mixModelsSteps,
  scoreParts,
  type MixedModels,
  type MixOptions,
  type MixProgress,
  type MixtureScores,
} from './mix-models.js';
import { isMixture, newArtifact } from '../runs/artifact-folder.js';
import { lockMixtureFolder, textsFingerprint, weightsFingerprint, writeMixture } from './mixture-folder.js';
import type { MixtureFile } from './mixture-schema.js';

export interface MixRunsRequest extends Pick<MixOptions, 'ngram' | 'order' | 'mixing'> {
  readonly runs: readonly string[];
  /** The texts of the runs, all splits, as they were trained on. */
  readonly splits: Splits;
  readonly backend: Backend;
  /** Of the mixture: missing, empty, or with a mixture that may be replaced. */
  readonly folder: string;
  readonly force?: boolean;
}

const MIX_RUNS_OPTIONS = {
  ...{ runs: true, splits: true, backend: true, folder: true, force: true },
  ...{ ngram: true, order: true, mixing: true },
} as const;

/**
 * Mixes runs, and writes the mixture with its NLLs: learns on the validation texts, then reads the test texts once.
 *
 * @returns what was written into `mixture.json`
 * @throws LetterpressError EXISTS for a folder with something else in it; BAD_OPTION for runs that cannot be mixed;
 *   BAD_INPUT for texts that are not those of the runs; BAD_RUN for damaged runs
 *
 * @example mixRuns({ runs: ['runs/small', 'runs/large'], splits, backend, folder: 'runs/both' }).test?.nll;
 */
export function mixRuns(request: MixRunsRequest): MixtureFile {
  return finish(mixRunsSteps(request));
}

/** {@link mixRuns}, yielding how far it is. */
export function* mixRunsSteps(request: MixRunsRequest): Generator<MixProgress, MixtureFile> {
  checkNames(request, MIX_RUNS_OPTIONS, 'mixRuns');
  checkPath(request.folder, 'a folder for the mixture (folder)');
  const lock = lockMixtureFolder(request.folder, request.force ?? false);
  try {
    return yield* mixLocked(request, lock);
  } finally {
    lock.release();
  }
}

function* mixLocked(request: MixRunsRequest, lock: FolderLock): Generator<MixProgress, MixtureFile> {
  const { splits, backend, folder, ngram, order, mixing } = request;
  const runs = readMembers(request.runs);
  for (const { config } of runs) checkFingerprint(config, splits, 'Give the texts of the runs (data).');
  const models = runs.map((run) => modelOfRun(run, backend));
  const weights = runs.map((run) => weightsFingerprint(run.folder));
  checkDifferent(runs, weights);
  const mixed = yield* mixModelsSteps({ models, labels: request.runs, splits, ngram, order, mixing });
  const { mixture, ngramTexts } = mixed;
  const { tokenizer, maxCharacters } = mixture;
  const test = encodeSplit(splits.test, tokenizer, { maxCharacters }).encoded;
  const reading = { step: 'reading the test texts', unit: 'texts', total: test.length };
  const scores =
    test.length === 0 ? undefined : yield* relay(scoreParts(mixture, test), (done) => ({ ...reading, done }));
  const texts = ngramTexts?.map((text) => tokenizer.decode(text));
  const parameters = models.map(({ transformer }) => transformer.parameters.count);
  const members = runs.map((run, m) => ({ run, weights: weights[m]!, parameters: parameters[m]! }));
  const file = describe(mixed, scores, members, folder, texts);
  lock.check();
  writeMixture(folder, file, texts);
  return file;
}

/** @throws LetterpressError BAD_OPTION unless all were trained on the same texts; BAD_RUN for what is not a run */
export function readMembers(folders: readonly string[]): Run[] {
  const mixture = folders.find(isMixture);
  if (mixture !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected runs to mix, got a mixture: ${mixture}`,
      'Name its runs instead, and all others that you want to mix.',
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

function describe(
  mixed: MixedModels,
  scores: MixtureScores | undefined,
  members: readonly { readonly run: Run; readonly weights: string; readonly parameters: number }[],
  folder: string,
  texts: readonly string[] | undefined,
): MixtureFile {
  const { learned, validation, mixture } = mixed;
  const { gate } = mixture.ensemble;
  const artifact = newArtifact();
  const { corpus } = members[0]!.run.config;
  const buckets: readonly (ConfidenceBucket | undefined)[] =
    gate instanceof ConfidenceGate ? gate.describe() : [undefined];
  const nllsOf = (m: number) => ({ valNll: validation.memberNll[m]!, testNll: scores?.members[m]!.nll });
  return {
    ...artifact,
    corpus: { name: corpus.name, fingerprint: corpus.fingerprint },
    runs: members.map(({ run, ...member }, m) => ({
      path: relative(resolve(folder), resolve(run.folder)).split(sep).join('/'),
      ...member,
      ...nllsOf(m),
    })),
    ngram:
      gate instanceof ConfidenceGate && texts !== undefined
        ? {
            order: gate.order,
            texts: texts.length,
            fingerprint: textsFingerprint(texts),
            ...nllsOf(members.length),
          }
        : undefined,
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
      equalWeightsNll: validation.equalWeightsNll,
      nll: validation.nll,
      crossValidatedNll: learned.crossValidatedNll,
      folds: learned.folds,
      tried: learned.tried.map((tried) => ({ ...tried })),
    },
    test: scores && { readAt: artifact.createdAt, equalWeightsNll: scores.equalWeights.nll, ...scores.mixture },
  };
}
