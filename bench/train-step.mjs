import { PRESETS } from '../dist/index.js';
import { oneOf, readOptions, someOf } from './lib/options.mjs';
import { fail } from './lib/output.mjs';
import { measureSideBySide, printSideBySide, SIDE_BY_SIDE_OPTIONS } from './lib/side-by-side.mjs';

const values = readOptions("Seconds of a training step of the notebook's models on real texts, with PyTorch's.", {
  sizes: { type: 'string', default: Object.keys(PRESETS).join(','), help: 'models' },
  padding: {
    type: 'string',
    default: 'all',
    help: "all 150 positions, as in the notebook, or up to the text's first pad",
  },
  pytorch: { type: 'string', help: 'folder of notebook_model.py; without it, Letterpress alone' },
  ...SIDE_BY_SIDE_OPTIONS,
});
const padding = oneOf('--padding', values.padding, ['all', 'first']);
const sizes = someOf('--sizes', values.sizes, Object.keys(PRESETS));

const modelOf = (size) => ({
  name: size,
  plan: { preset: size, padding },
  pytorch: values.pytorch && {
    script: 'notebook_step',
    job: { reference: values.pytorch, shape: PRESETS[size] },
  },
});

try {
  const report = await measureSideBySide(values, sizes.map(modelOf));
  if (values.json) console.log(JSON.stringify({ padding, ...report }, null, 2));
  else {
    printSideBySide(report, [
      `batches of 32 texts; Letterpress --padding ${padding}` +
        (values.pytorch ? '; PyTorch: all 150 tokens of each text, float32' : ''),
    ]);
  }
} catch (error) {
  fail(error.message);
}
