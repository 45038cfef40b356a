import { chooseBackend } from '../../backend/registry.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions } from '../options/backend.js';
import { integer, somePath } from '../options/parsers.js';
import { train } from './train.js';

/** For a minute or so on two cores: the default recipe and shape, with fewer epochs of more, smaller steps. */
const COMPILED = { epochs: 6, batch: 32 };

/** For a few minutes on the portable backend: a smaller model of fewer texts. */
const PORTABLE = { epochs: 6, dModel: 32, heads: 4, layers: 2, limit: 2000, batch: 16 };

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    command
      .description(
        'Train a small model on the built-in corpus with settings that suit this machine, and show its results and ' +
          "samples: 'letterpress train' with fewer epochs, and less of everything on the portable backend.",
      )
      .option('--out <folder>', 'run directory (default: a new one under runs/)', somePath)
      .option('--seed <n>', 'seed of weights, order and samples (default: 0)', integer({ min: 0 }))
      .option('--json', 'one JSON document a line for every epoch, and the results'),
  ).action(async (options) => {
    const { backend } = chooseBackend({ choice: options.backend, threads: options.threads });
    await train({ ...options, ...(backend.info.name === 'portable' ? PORTABLE : COMPILED) }, context);
  });
  addExamples(command, [
    ['letterpress demo', 'a first model'],
    ['letterpress demo --seed 1 --out runs/second', 'another one, in a folder of your choice'],
  ]);
};
