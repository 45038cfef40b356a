import { availableParallelism } from 'node:os';
import type { Backend } from '../backend/types.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { LetterpressError } from '../errors.js';
import { checkWholeNumber } from '../random.js';
import { newArtifact } from '../runs/artifact-folder.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { RunConfig } from '../runs/schema.js';
import { inAlphabet, type DistillationSet } from './distillation/distillation-set.js';
import { readDistillationSet } from './distillation/distillation-set-folder.js';
import { runConfigOf, type RunPlan } from './run-record.js';

/**
 * config.json of a new run on this machine.
 *
 * @throws LetterpressError BAD_OPTION for a seed that is no whole number of at least 0
 */
export function describeRun(plan: RunPlan, texts: RunTexts, backend: Pick<Backend, 'info'>, seed: number): RunConfig {
  checkWholeNumber('seed', seed);
  const { splits, distillationSet: path } = texts;
  return runConfigOf(plan, texts, backend, {
    ...newArtifact(),
    seed,
    node: process.version,
    platform: `${process.platform}-${process.arch}, ${availableParallelism()} cores`,
    fingerprint: fingerprint({ splits }),
    distillationSet: path === undefined ? undefined : { path, fingerprint: readDistillationSet(path).file.fingerprint },
  });
}

/**
 * The distillation set that config.json describes.
 *
 * @throws LetterpressError BAD_INPUT when it is missing, or another one, or has characters that the texts lack
 */
export function distillationSetOf(
  { distillationSet: described }: RunConfig,
  texts: RunTexts,
): DistillationSet | undefined {
  if (described === undefined) return undefined;
  const path = texts.distillationSet ?? described.path;
  const { file, distillationSet } = readDistillationSet(path);
  if (file.fingerprint === described.fingerprint) return inAlphabet(distillationSet, texts.tokenizer.characters);
  throw new LetterpressError(
    'BAD_INPUT',
    `the distillation set at ${path} is not the one that the run began with`,
    'Restore it, or begin a new run.',
  );
}
