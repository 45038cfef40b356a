import { cleanTexts, defaultTokenizer, encodeSplit, fitBaselines, gazette, loadCorpus } from '../dist/index.js';
import { formatNumber, formatPercent } from './lib/internals.mjs';
import { readOptions } from './lib/options.mjs';
import { endProgress, fail, progress, seconds, table } from './lib/output.mjs';

const values = readOptions('The scores of the baselines, and the seconds that fitting them takes.', {
  data: { type: 'string', help: 'texts as of letterpress train, cleaned as headlines; else the built-in corpus' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});

/** Characters of a text, and the context length: the notebook's. */
const MAX_CHARACTERS = 149;

/** The splits as a model reads them. */
async function readSplits() {
  const corpus = values.data === undefined ? gazette() : await loadCorpus({ path: values.data });
  const clean = corpus.alreadyClean ? 'none' : 'headlines';
  const tokenizer = defaultTokenizer();
  const encoded = Object.entries(corpus.splits).map(([split, texts]) => [
    split,
    encodeSplit(cleanTexts(texts, clean), tokenizer, { maxCharacters: MAX_CHARACTERS }).encoded,
  ]);
  const read = encoded.map(([split, texts]) => [split, texts.map((text) => tokenizer.decode(text))]);
  return {
    name: corpus.name,
    vocabulary: tokenizer.vocabularySize,
    contextLength: MAX_CHARACTERS + 1,
    splits: Object.fromEntries(encoded),
    texts: Object.fromEntries(read),
    entropy: corpus.exact?.entropy,
  };
}

try {
  const { name, ...request } = await readSplits();
  const start = performance.now();
  const fitBaselinesOf = fitBaselines(request);
  const times = [];
  let last = start;
  let step = fitBaselinesOf.next();
  for (; !step.done; step = fitBaselinesOf.next()) {
    progress(`${step.value.done} of ${step.value.total}: ${step.value.step}`);
    times.push({ step: step.value.step, seconds: (performance.now() - last) / 1000 });
    last = performance.now();
  }
  endProgress();
  const { baselines, kneserNey } = step.value;
  const { discounts } = kneserNey;
  const found = {
    corpus: name,
    seconds: (performance.now() - start) / 1000,
    times,
    discounts,
    ...baselines,
  };
  if (values.json) console.log(JSON.stringify(found, null, 2));
  else print(found);
} catch (error) {
  fail(error.message);
}

function print(found) {
  const { train, val, test } = found.texts;
  const characters = found.charactersPerText.test;
  const predicted = `${formatNumber(characters, 2)} predicted characters a test text, ends included`;
  console.log(`${found.corpus}: ${train} / ${val} / ${test} texts; ${predicted}`);
  console.log(`fitted and scored in ${seconds(found.seconds)}\n`);
  const share = (value) => value && formatPercent(value);
  const columns = [
    ['baseline', ({ label }) => label],
    ['val NLL', ({ valNll }) => formatNumber(valNll, 2)],
    ['test NLL', ({ testNll }) => formatNumber(testNll, 2)],
    ['bits/character', ({ testNll }) => formatNumber(testNll / characters / Math.LN2, 3)],
    ['perplexity', ({ testNll }) => formatNumber(Math.exp(testNll / characters), 2)],
    ['test top-1', ({ testTop1 }) => share(testTop1)],
  ];
  console.log(table(columns, found.baselines));
  const orders = [
    ['order', ({ order }) => String(order)],
    ['val NLL', ({ valNll }) => formatNumber(valNll, 2)],
    ['discounts', ({ order }) => found.discounts[order - 1]?.values.map((d) => d.toFixed(3)).join(', ')],
    ['', ({ order }) => found.discounts[order - 1]?.method],
  ];
  console.log(table(orders, found.kneserNeyByOrder));
  const steps = [
    ['step', ({ step }) => step],
    ['time', (time) => seconds(time.seconds)],
  ];
  console.log(table(steps, found.times).trimEnd());
}
