import { BACKEND_CHOICES, chooseBackend, type BackendRequest, type ChosenBackend } from '../../backend/registry.js';
import { PRECISION_CHOICES, type Backend } from '../../backend/types.js';
import { LetterpressError } from '../../errors.js';
import { counted } from '../../format.js';
import type { CliContext } from '../context.js';
import { optionGroup } from './group.js';
import { choice, integer } from './parsers.js';

/** Adds `--backend` and `--threads`. */
export const addBackendOptions = optionGroup((command) =>
  command
    .optionsGroup('Hardware:')
    .option(
      '--backend <which>',
      'auto, native, wasm or portable (default: LETTERPRESS_BACKEND, or auto)',
      choice(BACKEND_CHOICES),
    )
    .option(
      '--threads <n>',
      'threads of native and wasm (default: LETTERPRESS_THREADS, or all cores)',
      integer({ min: 1, max: 256 }),
    ),
);

/** Adds `--precision`, for commands that train. */
export const addPrecisionOption = optionGroup((command) =>
  command.option(
    '--precision <which>',
    'f32; bf16: large matrix products in bfloat16; or auto: bf16 where the processor multiplies it faster ' +
      '(default: LETTERPRESS_PRECISION, or auto)',
    choice(PRECISION_CHOICES),
  ),
);

export interface BackendOptions extends Omit<BackendRequest, 'choice'> {
  readonly backend?: BackendRequest['choice'];
}

/** @throws LetterpressError BAD_OPTION for threads of the portable backend, which has one */
export function checkThreads({ backend, threads }: BackendOptions): void {
  if (backend !== 'portable' || threads === undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    '--threads is of the native and the wasm backend, but --backend portable was given too',
    'Leave one of them out.',
  );
}

/** Chooses the backend, and says once when the fastest one is missing. */
export function openBackend(options: BackendOptions, context: CliContext): ChosenBackend {
  checkThreads(options);
  const { backend, threads, precision } = options;
  const chosen = chooseBackend({ choice: backend, threads, precision });
  const { name } = chosen.backend.info;
  const [best] = chosen.missing;
  if (best) {
    const slower = name === 'wasm' ? 'slower' : 'many times slower';
    const missing = chosen.missing.map((one) => `${one.name} is not available (${one.why})`).join(', ');
    context.notice(
      `${context.errorStyle.yellow('note:')} running on the ${name} backend, which is ${slower}: ${missing}\n` +
        `  ${best.remedy}\n`,
    );
  }
  return chosen;
}

/** The same for a new training, whose precision is `auto` by default. */
export function openTrainingBackend(options: BackendOptions, context: CliContext): ChosenBackend {
  return openBackend({ ...options, precision: options.precision ?? 'auto' }, context);
}

/** The backend that was chosen here, as a request for the same one in a worker. */
export function requestFor({ info }: Backend): BackendRequest {
  return { choice: info.name, threads: info.threads, precision: info.precision };
}

/** `native backend (avx512, 8 threads, f32)`. */
export function describeBackend({ info }: Pick<Backend, 'info'>): string {
  const { name, instructionSet, threads, precision } = info;
  return `${name} backend (${instructionSet}, ${counted(threads, 'thread')}, ${precision})`;
}
