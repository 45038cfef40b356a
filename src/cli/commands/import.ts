import { basename } from 'node:path';
import { importModel } from '../../model/import-weights.js';
import { MAX_CONTEXT_LENGTH } from '../../nn/config.js';
import { formatCount } from '../../format.js';
import { addExamples, type DefineCommand } from '../command.js';
import { claimFolder, shellWord } from '../folders.js';
import { cleaningMode } from '../options/data.js';
import { checkForce } from '../options/given.js';
import { choice, integer, positiveInteger, somePath } from '../options/parsers.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('<file>', ".safetensors file with the notebook's names, as F32, F16 or BF16")
    .description(
      'Make a run of weights that were trained elsewhere, for sample, score, evaluate and export. Names and shapes ' +
        'give the configuration; what they leave open must be said, unless the file is an export of Letterpress.',
    )
    .option('--heads <n>', 'attention heads, where they do not follow from the shapes', positiveInteger)
    .option(
      '--context-length <n>',
      'tokens of a text, cls included, for rotary positions',
      integer({ min: 2, max: MAX_CONTEXT_LENGTH }),
    )
    .option('--characters <text>', 'alphabet in the order of its tokens, without pad and cls (default: a-z and space)')
    .option(
      '--padding <which>',
      'all or first (default: all for post-norm models, else first)',
      choice(['all', 'first']),
    )
    .option(
      '--clean <how>',
      'headlines or none, for texts it reads (default: headlines for a-z and space)',
      cleaningMode,
    )
    .option('--out <folder>', 'run directory (default: a new one under runs/)', somePath)
    .option('--force', 'replace an existing run')
    .option('--json', 'one JSON document')
    .action((file, { clean: cleaning, out, json, ...options }) => {
      checkForce({ force: options.force, out });
      const folder = out ?? claimFolder('runs', basename(file, '.safetensors'), context);
      const { model, padding, parameters } = importModel(file, { ...options, cleaning, out: folder });
      if (json) {
        context.printJson({ run: folder, parameters, padding, model });
        return;
      }
      const { norm, positions, heads, layers, dModel, mlpRatio, contextLength } = model;
      context.print(
        `${formatCount(parameters)} parameters: dModel ${dModel}, heads ${heads}, layers ${layers}, ` +
          `mlpRatio ${mlpRatio}, context length ${contextLength}; ${norm}-norm, ${positions} positions, ` +
          `padding ${padding}\nrun  ${folder}\nNext: letterpress sample ${shellWord(folder)} -n 20\n`,
      );
    });
  addExamples(command, [
    ['letterpress import notebook.safetensors --out runs/notebook', "a model of the notebook's kind"],
    ['letterpress import small.safetensors --heads 4 --context-length 150', 'one whose shapes leave these open'],
  ]);
};
