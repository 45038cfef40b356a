import { MODELS, PLAIN_SHAPES, plainName } from './lib/models.mjs';
import { readOptions, someOf } from './lib/options.mjs';
import { fail } from './lib/output.mjs';
import { measureSideBySide, printSideBySide, SIDE_BY_SIDE_OPTIONS } from './lib/side-by-side.mjs';

const values = readOptions("Seconds of a training step of plain pre-norm models on real texts, with PyTorch's.", {
  widths: { type: 'string', default: Object.keys(PLAIN_SHAPES).join(','), help: 'models, by dModel' },
  'no-pytorch': { type: 'boolean', default: false, help: 'Letterpress alone' },
  ...SIDE_BY_SIDE_OPTIONS,
});
const widths = someOf('--widths', values.widths, Object.keys(PLAIN_SHAPES));

const modelOf = (width) => ({
  name: plainName(width),
  plan: MODELS[plainName(width)],
  pytorch: values['no-pytorch'] ? undefined : { script: 'plain_step', job: { shape: PLAIN_SHAPES[width] } },
});

try {
  const report = await measureSideBySide(values, widths.map(modelOf));
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else {
    printSideBySide(report, [
      'batches of 64 texts of similar lengths; Letterpress packs them, PyTorch pads each batch to its longest text',
    ]);
  }
} catch (error) {
  fail(error.message);
}
