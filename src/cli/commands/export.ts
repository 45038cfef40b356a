import { readdirSync } from 'node:fs';
import { chooseBackend } from '../../backend/registry.js';
import { LetterpressError } from '../../errors.js';
import { formatNumber } from '../../format.js';
import { EXPORT_FORMATS, exportModel } from '../../model/export/export-model.js';
import { halfPrecisionCost } from '../../model/export/html-page.js';
import { isMixture } from '../../runs/artifact-folder.js';
import { addExamples, type DefineCommand } from '../command.js';
import { choice, somePath } from '../options/parsers.js';

export const define: DefineCommand = (command, context) => {
  command
    .argument('<run>', 'run directory')
    .description(
      "Write a run's best model for other programs: as one ONNX file; as a folder for transformers.js and the " +
        'Hugging Face Hub; as weights with self-contained code for PyTorch; or as one HTML file, in which anyone can ' +
        'try it without installing anything.',
    )
    .requiredOption('--to <format>', 'onnx, transformers, pytorch or html', choice(EXPORT_FORMATS))
    .option(
      '--out <path>',
      'the .onnx or .html file, or the folder (default: in exports/, named after run and format)',
      somePath,
    )
    .option('--precision <p>', 'f16 or f32: weights in the HTML file (default: f16)', choice(['f16', 'f32'] as const))
    .option('--force', 'replace an earlier export')
    .option('--json', 'one JSON document')
    .action((folder, { to, out, force, json, precision }) => {
      if (isMixture(folder)) {
        throw new LetterpressError(
          'BAD_OPTION',
          `expected a run, got a mixture: ${folder}`,
          'Other programs have no mixtures: export one of its runs, or distil it into one model (letterpress distill).',
        );
      }
      if (precision !== undefined && to !== 'html')
        throw new LetterpressError(
          'BAD_OPTION',
          `expected --precision with --to html only, got --to ${to}`,
          'Leave it out: these weights are always float32.',
        );
      const path = exportModel(folder, { to, out, force, precision });
      const nllCost =
        to === 'html' && precision !== 'f32'
          ? halfPrecisionCost(folder, chooseBackend({ choice: 'auto' }).backend)
          : undefined;
      if (json) {
        context.printJson({ run: folder, to, path, ...(nllCost === undefined ? {} : { nllCost }) });
        return;
      }
      if (nllCost !== undefined)
        context.notice(`float16 weights change the NLL by ${changeOf(nllCost)} nats per text.\n`);
      const files = to === 'onnx' || to === 'html' ? '' : `  ${readdirSync(path).join('\n  ')}\n`;
      context.print(`${path}\n${files}`);
    });
  addExamples(command, [
    ['letterpress export runs/news --to onnx', 'exports/news.onnx'],
    ['letterpress export runs/news --to transformers --out news', 'a folder that transformers.js loads'],
    ['letterpress export runs/news --to html', 'exports/news.html: a page to give away'],
    ['letterpress export runs/news --to pytorch --out news', 'model.safetensors and modeling.py'],
  ]);
};

function changeOf(nll: number): string {
  const size = formatNumber(nll, 4);
  return Number(size) === 0 ? 'less than 0.0001' : `${nll < 0 ? '' : '+'}${size}`;
}
