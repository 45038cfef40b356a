import { chooseBackend } from '../../backend/registry.js';
import type { BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { train } from './train.js';

/** The options of `letterpress demo`. */
export interface DemoOptions extends BackendOptions {
  readonly out?: string;
  readonly seed?: number;
  readonly json?: true;
}

/** What fits a minute or so on two cores: the default recipe and shape, with fewer epochs of more, smaller steps. */
const NATIVE = { epochs: 6, batch: 32 };

/** What fits a few minutes without the native backend: a smaller model of fewer texts. */
const PORTABLE = { epochs: 6, dModel: 32, heads: 4, layers: 2, limit: 2000, batch: 16 };

/** The main job: trains a small model on the built-in corpus, with settings that suit the machine. */
export async function demo(options: DemoOptions, context: CliContext): Promise<void> {
  const { backend } = chooseBackend({ choice: options.backend, threads: options.threads });
  await train({ ...options, ...(backend.info.name === 'native' ? NATIVE : PORTABLE) }, context);
}
