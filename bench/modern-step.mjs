// Seconds of a training step (forward, backward, clipping, AdamW) of plain pre-norm models (the first version of the
// `modern` recipe) at three widths, beside a PyTorch model of the same shape on the same texts. See bench/README.md.
import { parseArgs } from 'node:util';
import { MODELS, MODERN_SHAPES, modernName } from './lib/models.mjs';
import { fail, oneOf } from './lib/output.mjs';
import { measureSideBySide, printSideBySide, SIDE_BY_SIDE_OPTIONS } from './lib/side-by-side.mjs';

const { values } = parseArgs({
  options: {
    widths: { type: 'string', default: Object.keys(MODERN_SHAPES).join(',') },
    'no-pytorch': { type: 'boolean', default: false },
    ...SIDE_BY_SIDE_OPTIONS,
  },
});
const widths = values.widths.split(',').map((width) => oneOf('--widths', width, Object.keys(MODERN_SHAPES)));

const modelOf = (width) => ({
  name: modernName(width),
  plan: MODELS[modernName(width)],
  pytorch: values['no-pytorch'] ? undefined : { script: 'modern_step', job: { shape: MODERN_SHAPES[width] } },
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
