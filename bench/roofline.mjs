// The arithmetic and the memory traffic of the models, counted and not measured: the tables of docs/performance.md. See
// bench/README.md.
import { parseArgs } from 'node:util';
import { forwardArithmetic } from '../dist/nn/flops.js';
import { OPERATION_WORK } from '../dist/profile/operation-work.js';
import { TrainingUnderTest } from '../dist/profile/measure-training.js';
import { countParameters, planTraining } from '../dist/index.js';
import { MODELS } from './lib/models.mjs';
import { fail, formatCount, formatNumber, oneOf, positiveIntegers } from './lib/output.mjs';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: Object.keys(MODELS).join(',') },
    characters: { type: 'string', default: '42' },
    operations: { type: 'string', default: '5m,modern-256x6' },
    json: { type: 'boolean', default: false },
  },
});
const known = (option) => values[option].split(',').map((name) => oneOf(`--${option}`, name, Object.keys(MODELS)));
const models = known('models');
const detailed = known('operations');
const [characters] = positiveIntegers('--characters', values.characters);
if (characters > 149) fail('--characters expects at most 149, the characters of a context length');

/** Rows of a text: each predicts a character, or the pad that ends it. */
const TEXTS = [
  { title: '`--padding all`', padding: 'all', rows: 149 },
  {
    title: `\`--padding first\`, texts of ${characters} characters`,
    padding: 'first',
    rows: Math.min(characters + 1, 149),
  },
];
const TEXTS_A_BATCH = 32;

/** Floating-point operations for a character on the way forward, by part. */
function charactersWork(name, { padding, rows }) {
  const { model } = planTraining({ ...MODELS[name], padding }, 29);
  const work = forwardArithmetic(model, [rows]);
  return Object.fromEntries(Object.entries(work).map(([part, flops]) => [part, flops / rows]));
}

/** What each operation of a training step needs: a training on a backend that does nothing but is asked for everything. */
function stepWork(name, { padding }) {
  const nothing = Object.fromEntries(Object.keys(OPERATION_WORK).map((operation) => [operation, () => 0]));
  const plan = planTraining({ ...MODELS[name], padding, batch: TEXTS_A_BATCH }, 29);
  const training = new TrainingUnderTest(plan, [new Uint16Array(characters)], 1);
  const measuring = training.operations({ info: {}, ...nothing }, { steps: 1, seconds: 0 });
  let step = measuring.next();
  while (!step.done) step = measuring.next();
  return step.value.totals.map(({ operation, shape, calls, flops, bytes }) => ({
    operation,
    shape,
    calls,
    flops,
    bytes,
  }));
}

const report = {
  charactersPerText: characters,
  forwardPerCharacter: TEXTS.map((texts) => ({
    ...texts,
    models: models.map((name) => ({
      name,
      parameters: countParameters(planTraining(MODELS[name], 29).model),
      ...charactersWork(name, texts),
    })),
  })),
  steps: TEXTS.map((texts) => ({
    ...texts,
    models: detailed.map((name) => ({ name, operations: stepWork(name, texts) })),
  })),
};
if (values.json) console.log(JSON.stringify(report, null, 2));
else print();

function print() {
  for (const { title, rows, models: found } of report.forwardPerCharacter) {
    console.log(
      `Forward, kFLOP a character, ${title} (${rows} predictions a text); a training step needs three times as much:\n`,
    );
    const parts = ['keysQueriesValues', 'attention', 'projection', 'mlp', 'logits', 'total'];
    markdown(
      [
        'model',
        'parameters',
        'keys, queries, values',
        'attention',
        'projection',
        'MLP',
        'logits',
        'total',
        'of it MLP',
      ],
      found.map((model) => [
        model.name,
        formatCount(model.parameters),
        ...parts.map((part) => formatNumber(model[part] / 1e3, 1)),
        `${formatNumber((100 * model.mlp) / model.total, 0)} %`,
      ]),
    );
  }
  for (const { title, models: found } of report.steps) {
    for (const { name, operations } of found) {
      console.log(`#### ${name}, a training step of ${TEXTS_A_BATCH} texts, ${title}\n`);
      const byFlops = (a, b) => b.flops - a.flops || b.bytes - a.bytes;
      markdown(
        ['operation', 'calls', 'GFLOP', 'MB', 'FLOP a byte'],
        operations
          .toSorted(byFlops)
          .map(({ operation, shape, calls, flops, bytes }) => [
            `${operation} ${shape}`.trim(),
            String(calls),
            flops > 0 ? formatNumber(flops / 1e9, flops < 1e10 ? 3 : 1) : '',
            formatNumber(bytes / 1e6, 1),
            flops > 0 ? formatNumber(flops / bytes, 0) : '',
          ]),
      );
    }
  }
}

/** A table in Markdown, numbers to the right. */
function markdown(titles, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log(line(titles));
  console.log(line(titles.map((_, i) => (i === 0 ? '---' : '---:'))));
  for (const row of rows) console.log(line(row));
  console.log('');
}
