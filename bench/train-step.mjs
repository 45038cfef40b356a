// Seconds of a training step (forward, backward, AdamW) of the notebook's sizes on real texts, beside the PyTorch
// reference in the same run where it is given. See bench/README.md.
import { parseArgs } from 'node:util';
import { PRESETS } from '../dist/index.js';
import { fail, oneOf } from './lib/output.mjs';
import { measureSideBySide, printSideBySide, SIDE_BY_SIDE_OPTIONS } from './lib/side-by-side.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: Object.keys(PRESETS).join(',') },
    padding: { type: 'string', default: 'all' },
    pytorch: { type: 'string' },
    ...SIDE_BY_SIDE_OPTIONS,
  },
});
const padding = oneOf('--padding', values.padding, ['all', 'first']);
const sizes = values.sizes.split(',').map((size) => oneOf('--sizes', size, Object.keys(PRESETS)));

/** One of the notebook's sizes, and the same in PyTorch. */
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
