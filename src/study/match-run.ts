import { isDeepStrictEqual } from 'node:util';
import type { ComputePrecision } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import type { RunConfig } from '../runs/schema.js';
import { completeSettings } from '../train/run-settings.js';
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

/** The parts of config.json that must agree, in the order in which they are compared. */
function partsOf({ plan, seed, precision, fingerprint, tokenizer }: ExpectedRun): [string, unknown][] {
  return [
    ['corpus.fingerprint', fingerprint],
    ['recipe', { name: plan.recipe.name, version: plan.recipe.version }],
    ['model', plan.model],
    ['training', plan.training],
    ['tokenizer', tokenizer],
    ['seed', seed],
    ['backend.precision', precision],
  ];
}

/**
 * Checks that a run in place is the one that a study would make. When it was made, where, with how many threads and by
 * which instruction set does not matter.
 *
 * @throws LetterpressError BAD_OPTION that names the first field that differs, what was expected and what is there
 */
export function checkRunMatches(folder: string, config: RunConfig, expected: ExpectedRun): void {
  const found = { ...config, ...completeSettings(config) };
  for (const [path, value] of partsOf(expected)) {
    const difference = firstDifference(value, fieldOf(found, path), path);
    if (difference === undefined) continue;
    const [field, wanted, there] = difference;
    throw new LetterpressError(
      'BAD_OPTION',
      `${folder} holds another run than this study would make: expected ${field} ${show(wanted)}, found ${show(there)}`,
      `${adviceFor(field)} Or choose another folder, or move that run away to have it trained again.`,
    );
  }
}

function fieldOf(config: RunConfig, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => memberOf(value, key), config);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** The first field of `expected` that `found` has otherwise; fields that only `found` has do not matter. */
function firstDifference(
  expected: unknown,
  found: unknown,
  path: string,
): [field: string, expected: unknown, found: unknown] | undefined {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected))
    return isDeepStrictEqual(expected, found) ? undefined : [path, expected, found];
  for (const [key, value] of Object.entries(expected)) {
    const difference = firstDifference(value, memberOf(found, key), `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 20)}…${text.slice(-1)}` : text;
}

function adviceFor(field: string): string {
  if (field === 'corpus.fingerprint') return 'It was trained on other texts: give the same ones (data, clean, limit).';
  if (field === 'training.epochs') return 'Give the epochs of that run (epochs).';
  if (field === 'backend.precision') return 'Give the precision of that run (precision).';
  if (field.startsWith('tokenizer')) return 'Give the alphabet of that run (alphabet).';
  return 'Give the options that it was trained with (recipe).';
}
