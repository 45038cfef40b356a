import { countParameters, planTraining } from '../dist/index.js';
import {
  finish,
  formatCount,
  formatNumber,
  forwardArithmetic,
  makeBackend,
  TrainingUnderTest,
} from './lib/internals.mjs';
import { MODELS } from './lib/models.mjs';
import { positiveIntegers, readOptions, someOf } from './lib/options.mjs';
import { fail } from './lib/output.mjs';

/** Those of the tables. */
const COUNTED = Object.keys(MODELS).filter((name) => !name.startsWith('modern-'));

const values = readOptions('The tables of docs/performance.md: arithmetic and memory traffic, counted, not measured.', {
  models: { type: 'string', default: COUNTED.join(','), help: 'models' },
  characters: { type: 'string', default: '42', help: 'length of the texts with padding up to the first pad' },
  operations: { type: 'string', default: '5m,plain-256x6', help: 'models whose operations are listed' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});
const models = someOf('--models', values.models, Object.keys(MODELS));
const detailed = someOf('--operations', values.operations, Object.keys(MODELS));
const [characters] = positiveIntegers('--characters', values.characters);
if (characters > 149) fail('--characters expects at most 149, the characters of a context length');

/** Rows of a text: each predicts a character or the first pad. */
const TEXTS = [
  { title: '`--padding all`', padding: 'all', rows: 149 },
  {
    title: `\`--padding first\`, texts of ${characters} characters`,
    padding: 'first',
    rows: Math.min(characters + 1, 149),
  },
];
const TEXTS_A_BATCH = 32;

/** Floating-point operations a character in the forward pass, by part. */
function charactersWork(name, { padding, rows }) {
  const { model } = planTraining({ ...MODELS[name], padding }, 29);
  const work = forwardArithmetic(model, [rows]);
  return Object.fromEntries(Object.entries(work).map(([part, flops]) => [part, flops / rows]));
}

/** Work of each operation of a training step, counted on a backend whose operations do nothing. */
function stepWork(name, { padding }) {
  const plan = planTraining({ ...MODELS[name], padding, batch: TEXTS_A_BATCH }, 29);
  const training = new TrainingUnderTest(plan, [new Uint16Array(characters)], { maxSteps: 1 });
  const idle = makeBackend({ info: { precision: 'f32' } }, () => () => 0);
  const { totals } = finish(training.operations(idle, { steps: 1, seconds: 0 }));
  return totals.map(({ operation, shape, calls, flops, bytes }) => ({
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
      `Forward, kFLOP per character, ${title} (${rows} predictions per text); ` +
        'a training step needs three times as much:\n',
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
        ['operation', 'calls', 'GFLOP', 'MB', 'FLOP per byte'],
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
