/** `tune.json`, the options of a search, and `trials.jsonl`, its results so far. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { readArtifact } from '../runs/artifact-folder.js';
import { firstDifference } from '../runs/compare-configs.js';
import { appendJsonLine, parseJsonLines } from '../runs/atomic.js';
import { toJson } from '../json.js';
import { readText, writeJson } from '../runs/run-file.js';
import { artifactFields, parseFile, runConfigSchema } from '../runs/schema.js';
import { planRungs } from './halving.js';
import { drawSettings } from './search-space.js';
import { bestOfEpochs, trialResultSchema, type TrialResult } from './trial.js';
import { tuneOptionsSchema } from './tune-options.js';

export const TUNE_FILES = {
  tune: 'tune.json',
  trials: 'trials.jsonl',
  best: 'best.json',
  figures: 'figures',
} as const;

/** Schema of `tune.json`; docs/tune.md says the same in words. */
export const tuneSchema = z.object({
  ...artifactFields,
  options: tuneOptionsSchema,
  backend: runConfigSchema.shape.backend,
  /** Where the search was resumed on others: those before, each with the trials done when it was left. */
  earlierBackends: z.array(runConfigSchema.shape.backend.extend({ trials: z.int().min(0) })).optional(),
  /** The texts, as in config.json of a run. */
  corpus: runConfigSchema.shape.corpus,
  /** Owned by the tokenizer. */
  tokenizer: z.record(z.string(), z.unknown()),
});

export type Tune = z.infer<typeof tuneSchema>;

export function isTune(folder: string): boolean {
  return existsSync(join(folder, TUNE_FILES.tune));
}

/** @throws LetterpressError BAD_RUN when `tune.json` is missing, damaged or of another version */
export function readTuneFile(folder: string): Tune {
  const kind = { name: 'search', command: 'tune', fix: FROM_COPY };
  return readArtifact(folder, TUNE_FILES.tune, tuneSchema, kind);
}

export function writeTuneFile(folder: string, tune: Tune): void {
  writeJson(folder, TUNE_FILES.tune, tune);
}

/**
 * The results so far; none where there is no file. A last line that a crash cut off is left out: its trial is run
 * again.
 *
 * @throws LetterpressError BAD_RUN for any other line that cannot be read, is there twice or is of another search
 */
export function readTrials(folder: string): TrialResult[] {
  const path = join(folder, TUNE_FILES.trials);
  if (!existsSync(path)) return [];
  const refuse = (line: number, problem: string): never => {
    throw new LetterpressError('BAD_RUN', `line ${line} of ${path} ${problem}`, REMOVE_LINE);
  };
  const values = parseJsonLines(readText(path, FROM_COPY), (line) => refuse(line, 'is not JSON'));
  const trials = values.map((value, i) => parseFile(trialResultSchema, value, `${path}, line ${i + 1}`, REMOVE_LINE));
  const { options } = readTuneFile(folder);
  const rungs = planRungs(options);
  const lines = new Map<string, number>();
  for (const [i, result] of trials.entries()) {
    const { trial, rung, epochs, set, valNll, bestEpoch, valNlls, trainNlls, ended } = result;
    const place = `trial ${trial} of rung ${rung}`;
    const before = lines.get(place);
    if (before !== undefined) refuse(i + 1, `is ${place} again, after line ${before}`);
    lines.set(place, i + 1);
    const planned = rungs[rung];
    if (planned === undefined || trial >= options.trials)
      return refuse(i + 1, `is ${place}: the search has ${options.trials} trials in ${rungs.length} rungs, from 0 on`);
    const drawn = drawSettings(options.space, options.seed, trial);
    const trained = ended === 'epochs' ? planned.epochs : Math.min(valNlls.length, planned.epochs);
    const lengths = { 'valNlls.length': valNlls.length, 'trainNlls.length': trainNlls.length };
    const difference = firstDifference(
      {
        epochs: planned.epochs,
        set: drawn,
        ...{ 'valNlls.length': trained, 'trainNlls.length': trained },
        ...bestOfEpochs(valNlls, ended),
      },
      { epochs, set, ...lengths, valNll, bestEpoch },
    );
    if (difference === undefined) continue;
    const { path: field, expected, found } = difference;
    refuse(i + 1, `is not ${place} of this search: expected ${field} ${String(expected)}, got ${String(found)}`);
  }
  return trials;
}

const FROM_COPY = 'Restore it from a copy.';
const REMOVE_LINE = 'Remove the line: its trial is run again.';

export function appendTrial(folder: string, result: TrialResult): void {
  appendJsonLine(join(folder, TUNE_FILES.trials), toJson(result));
}
