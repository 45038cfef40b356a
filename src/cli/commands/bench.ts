import type { BenchOptions } from '../actions/bench.js';
import { addBackendOptions, addPrecisionOption } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { addDataOptions, addLongTextOptions } from '../data-options.js';
import { integer } from '../options.js';
import { addBatchOptions, addModelOptions } from '../plan-options.js';

/** `letterpress bench`. */
export const registerBench: RegisterCommand = (program, context) => {
  const command = program
    .command('bench')
    .summary('how fast a model trains here, and where the time goes')
    .description(
      'Train an untrained model for some steps on real texts and print its speed: steps, tokens and\n' +
        'arithmetic a second, what that is of the fastest that this processor can do, memory, and a table\n' +
        'of where the time of a step goes. Nothing is saved. Whatever else runs here makes it slower.',
    );
  addBatchOptions(addModelOptions(addLongTextOptions(addDataOptions(command))));
  addPrecisionOption(addBackendOptions(command))
    .option(
      '--steps <n>',
      'optimiser steps to measure (default: about 10 seconds, at least 5 steps)',
      integer('--steps', { min: 1, max: 10_000 }),
    )
    .option('--json', 'write one JSON document')
    .action(async (options: BenchOptions) => {
      const { bench } = await import('../actions/bench.js');
      await bench(options, context);
    });
  addExamples(command, [
    ['letterpress bench', 'the default model, on the built-in corpus'],
    ['letterpress bench --preset 5m --padding first --data news/', 'a preset, on headlines of your own'],
    ['letterpress bench --recipe modern --d-model 128 --heads 4 --layers 4 --threads 1', 'another shape, one core'],
    ['letterpress bench --preset 10m --precision bf16 --steps 5 --json', 'a few steps in bfloat16, for a program'],
  ]);
};
