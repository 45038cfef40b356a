import type { Command } from 'commander';
import { BACKEND_CHOICES, chooseBackend, type BackendChoice, type ChosenBackend } from '../backend/registry.js';
import { COMPUTE_PRECISIONS, type ComputePrecision } from '../backend/types.js';
import type { CliContext } from './context.js';
import { choice, integer } from './options.js';

/** Which arithmetic to use. */
export interface BackendOptions {
  readonly backend?: BackendChoice;
  readonly threads?: number;
  /** Where the command has {@link addPrecisionOption}. */
  readonly precision?: ComputePrecision;
}

/** Adds `--backend` and `--threads`. */
export function addBackendOptions(command: Command): Command {
  return command
    .option(
      '--backend <which>',
      'auto, native or portable (default: LETTERPRESS_BACKEND, or auto)',
      choice('--backend', BACKEND_CHOICES),
    )
    .option(
      '--threads <n>',
      'threads of the native backend (default: LETTERPRESS_THREADS, or all cores)',
      integer('--threads', { min: 1, max: 256 }),
    );
}

/** Adds `--precision`, for commands that train. */
export function addPrecisionOption(command: Command): Command {
  return command.option(
    '--precision <which>',
    'f32, or bf16: large matrix products on bfloat16, made for AMX (default: f32)',
    choice('--precision', COMPUTE_PRECISIONS),
  );
}

/** Chooses the backend, and says once when the fast one is missing. */
export function openBackend(options: BackendOptions, context: CliContext): ChosenBackend {
  const chosen = chooseBackend({
    choice: options.backend,
    threads: options.threads,
    precision: options.precision,
  });
  if (chosen.missing) {
    const { yellow } = context.errorStyle;
    context.notice(
      `${yellow('note:')} running on the portable backend, which is many times slower: the native one is not available (${chosen.missing.why})\n  ${chosen.missing.remedy}\n`,
    );
  }
  return chosen;
}
