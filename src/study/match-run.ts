import type { ComputePrecision } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { firstDifference } from '../runs/compare-configs.js';
import type { RunConfig } from '../runs/schema.js';
import { completeConfig } from '../train/run-settings.js';
import type { RunPlan } from '../train/training-run.js';

/** What decides the bits of a run, but for the processor. */
export interface ExpectedRun {
  readonly plan: RunPlan;
  readonly seed: number;
  readonly precision: ComputePrecision;
  /** Of the texts: `fingerprint`. */
  readonly fingerprint: string;
  readonly tokenizer: object;
}

/**
 * Checks that a run in place is the one that a study would make. When it was made, where, with how many threads and by
 * which instruction set does not matter.
 *
 * @throws LetterpressError BAD_OPTION that names the first field that differs, what was expected and what is there
 */
export function checkRunMatches(folder: string, config: RunConfig, run: ExpectedRun): void {
  const { plan, seed, precision, fingerprint, tokenizer } = run;
  const { recipe, model, training } = plan;
  const expected = {
    corpus: { fingerprint },
    recipe: { name: recipe.name, version: recipe.version },
    model,
    training,
    tokenizer,
    seed,
    backend: { precision },
  };
  const difference = firstDifference(expected, completeConfig(config));
  if (difference === undefined) return;
  const { path } = difference;
  const [wanted, found] = [difference.expected, difference.found].map(show);
  throw new LetterpressError(
    'BAD_OPTION',
    `${folder} holds another run than this study would make: expected ${path} ${wanted}, found ${found}`,
    `${adviceFor(path)} Or choose another folder, or move that run away to have it trained again.`,
  );
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 20)}…${text.slice(-1)}` : text;
}

function adviceFor(path: string): string {
  if (path === 'corpus.fingerprint') return 'It was trained on other texts: give the same ones (data, clean, limit).';
  if (path === 'training.epochs') return 'Give the epochs of that run (epochs).';
  if (path === 'backend.precision') return 'Give the precision of that run (precision).';
  if (path.startsWith('tokenizer')) return 'Give the alphabet of that run (alphabet).';
  return 'Give the options that it was trained with (recipe).';
}
