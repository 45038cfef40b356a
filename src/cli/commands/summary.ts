import { LetterpressError } from '../../errors.js';
import { asRunError } from '../../model/load-model.js';
import { parseModelConfig, type ModelConfig } from '../../nn/config.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { summarizeModel } from '../../nn/summary.js';
import { readRun } from '../../runs/reader.js';
import { planOf } from '../../train/plan.js';
import { addExamples, type DefineCommand } from '../command.js';
import { flagOf, givenOptions } from '../options/given.js';
import { addModelOptions, toPlanOptions } from '../options/model.js';
import { formatSummary } from '../views/summary.js';

export const define: DefineCommand = (command, context) => {
  addModelOptions(
    command
      .argument('[run]', 'run directory; without one, the options give a shape')
      .description('Print the layers of a model, their output shapes and parameters, without training it.')
      .option('--json', 'one JSON document'),
  ).action((folder, options) => {
    const shape = givenOptions(command)
      .map(flagOf)
      .find((flag) => flag !== '--json');
    if (folder !== undefined && shape !== undefined) {
      throw new LetterpressError(
        'BAD_OPTION',
        `a run was named, and a shape was given by ${shape}`,
        'Give one or the other.',
      );
    }
    const config =
      folder === undefined ? planOf(toPlanOptions(options), DEFAULT_VOCABULARY).model : modelConfigOf(folder);
    const model = summarizeModel(config);
    const { parameters, trainable, rows: layers } = model;
    if (options.json) context.printJson({ parameters, trainable, layers, config });
    else context.print(formatSummary(model, context.style));
  });
  addExamples(command, [
    ['letterpress summary --preset 5m', "the notebook's third size"],
    ['letterpress summary --recipe modern --d-model 128 --heads 4 --layers 4', 'a shape of your own'],
    ['letterpress summary runs/gazette-modern-48x3 --json', "a run's model, for a program"],
  ]);
};

function modelConfigOf(folder: string): ModelConfig {
  const { config } = readRun(folder);
  return asRunError(() => parseModelConfig(config.model));
}
