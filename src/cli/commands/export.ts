import { readdirSync } from 'node:fs';
import { LetterpressError } from '../../errors.js';
import { EXPORT_FORMATS, exportModel } from '../../model/export/export-model.js';
import { isMixture } from '../../runs/artifact-folder.js';
import { addExamples, type DefineCommand } from '../command.js';
import { choice } from '../options/parsers.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('<run>', 'run directory')
    .description(
      "Write a run's best model for other programs: as one ONNX file; as a folder for transformers.js and the " +
        'Hugging Face Hub; or as weights with self-contained code for PyTorch.',
    )
    .requiredOption('--to <format>', 'onnx, transformers or pytorch', choice(EXPORT_FORMATS))
    .option('--out <path>', 'the .onnx file, or the folder (default: in exports/, named after run and format)')
    .option('--force', 'replace an earlier export')
    .option('--json', 'one JSON document')
    .action((folder, { to, out, force, json }) => {
      if (isMixture(folder)) {
        throw new LetterpressError(
          'BAD_OPTION',
          `expected a run, got a mixture: ${folder}`,
          'Other programs have no mixtures: export one of its runs, or distil it into one model (letterpress distill).',
        );
      }
      const path = exportModel(folder, { to, out, force });
      if (json) {
        context.printJson({ run: folder, to, path });
        return;
      }
      const files = to === 'onnx' ? '' : `  ${readdirSync(path).join('\n  ')}\n`;
      context.print(`${path}\n${files}`);
    });
  addExamples(command, [
    ['letterpress export runs/news --to onnx', 'exports/news.onnx'],
    ['letterpress export runs/news --to transformers --out news', 'a folder that transformers.js loads'],
    ['letterpress export runs/news --to pytorch --out news', 'model.safetensors and modeling.py'],
  ]);
};
