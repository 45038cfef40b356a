import { deviation, mean } from 'd3-array';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import {
  chooseBackend,
  cleanTexts,
  countParameters,
  defaultTokenizer,
  gazette,
  loadCorpus,
  parseRecipe,
  planTraining,
  trainModel,
} from '../dist/index.js';
import { readOptions } from './lib/options.mjs';
import { fail } from './lib/output.mjs';

const values = readOptions('Variants of a training, each with several seeds, on the same texts.', {
  variants: { type: 'string', help: 'JSON: { NAME: options of planTraining }; the first is the baseline' },
  data: { type: 'string', help: 'texts as of letterpress train, cleaned as headlines; else the built-in corpus' },
  limit: { type: 'string', help: 'the first so many training texts' },
  seeds: { type: 'string', default: '1', help: 'seeds of each variant' },
  out: { type: 'string', default: 'ablation.jsonl', help: 'results, a line for each training; it is continued' },
  threads: { type: 'string', help: 'threads; all cores by default' },
  backend: { type: 'string', default: 'auto', help: 'auto, native, wasm or portable' },
  only: { type: 'string', multiple: true, help: 'this variant; may be repeated' },
  part: { type: 'string', default: '1/1', help: 'i/n: every n-th training from the i-th, to run n at once' },
  test: { type: 'boolean', default: false, help: 'the test texts too: once, when everything is decided' },
  verbose: { type: 'boolean', default: false, help: 'each epoch on standard error' },
  table: { type: 'boolean', default: false, help: 'the table of what there is, without training' },
});

const readResults = () =>
  existsSync(values.out)
    ? readFileSync(values.out, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

try {
  if (values.variants === undefined) throw new Error('--variants expects a JSON file of trainings');
  const variants = JSON.parse(readFileSync(values.variants, 'utf8'));
  const names = values.only ?? Object.keys(variants);
  const unknown = names.find((name) => !(name in variants));
  if (unknown !== undefined)
    throw new Error(`--only expects one of ${Object.keys(variants).join('; ')}, got '${unknown}'`);
  if (!values.table) await trainAll(variants, names);
  printTable(Object.keys(variants));
} catch (error) {
  fail(error.message);
}

async function trainAll(variants, names) {
  const [part, parts] = values.part.split('/').map(Number);
  const corpus = await corpusOf();
  const { backend } = chooseBackend({
    choice: values.backend,
    threads: values.threads === undefined ? undefined : Number(values.threads),
  });
  const jobs = Array.from({ length: Number(values.seeds) }, (_, seed) => names.map((name) => ({ name, seed }))).flat();
  for (const [i, { name, seed }] of jobs.entries()) {
    if (i % parts !== part - 1) continue;
    if (readResults().some((result) => result.name === name && result.seed === seed)) continue;
    const result = await trainOne(name, seed, variants[name], corpus, backend);
    appendFileSync(values.out, `${JSON.stringify(result)}\n`);
    const { valNll, bestEpoch, seconds, testNll } = result;
    const test = testNll === undefined ? '' : `, test ${testNll.toFixed(3)}`;
    const validation = `validation NLL ${valNll.toFixed(3)} (epoch ${bestEpoch})`;
    console.error(`${name}, seed ${seed}: ${validation}${test}, ${seconds.toFixed(0)} s`);
  }
}

async function corpusOf() {
  if (values.data === undefined) return gazette();
  const corpus = await loadCorpus({ path: values.data });
  const { train, val, test } = corpus.splits;
  const limit = values.limit === undefined ? train.length : Number(values.limit);
  const clean = (texts) => cleanTexts(texts, 'headlines');
  return { ...corpus, splits: { train: clean(train.slice(0, limit)), val: clean(val), test: clean(test) } };
}

async function trainOne(name, seed, variant, corpus, backend) {
  const recipe =
    typeof variant.recipe === 'string' && variant.recipe.endsWith('.json')
      ? parseRecipe(JSON.parse(readFileSync(variant.recipe, 'utf8')), variant.recipe)
      : variant.recipe;
  const options = { ...variant, recipe };
  const tokenizer = defaultTokenizer();
  const started = performance.now();
  const epochs = [];
  const { model } = await trainModel({
    ...options,
    corpus,
    backend,
    tokenizer,
    seed,
    onEvent: (event) => {
      if (event.kind !== 'epoch') return;
      const { trainNll, valNll } = event.report;
      epochs.push({ trainNll, valNll, seconds: (performance.now() - started) / 1000 });
      if (values.verbose) {
        const { seconds } = epochs.at(-1);
        const validation = `validation NLL ${valNll.toFixed(3)}`;
        console.error(`${name}, seed ${seed}: epoch ${epochs.length - 1}, ${validation}, ${seconds.toFixed(0)} s`);
      }
    },
  });
  const nlls = epochs.map(({ valNll }) => (Number.isFinite(valNll) ? valNll : Infinity));
  const valNll = Math.min(...nlls);
  const seconds = (performance.now() - started) / 1000;
  const { name: isa, threads } = backend.info;
  const parameters = countParameters(planTraining(options, tokenizer.vocabularySize).model);
  const testNll = values.test ? model.evaluate(corpus.splits.test).nll : undefined;
  return {
    name,
    seed,
    variant,
    parameters,
    valNll,
    bestEpoch: nlls.indexOf(valNll),
    testNll,
    seconds,
    threads,
    backend: isa,
    finished: new Date().toISOString(),
    epochs,
  };
}

/** Mean and standard deviation over seeds, and the mean difference from the first variant, seed by seed. */
function printTable(order) {
  const results = readResults();
  const of = (name) => results.filter((result) => result.name === name);
  const baseline = new Map(of(order[0]).map((result) => [result.seed, result.valNll]));
  const rows = order
    .filter((name) => of(name).length > 0)
    .map((name) => {
      const members = of(name);
      const pairs = members
        .filter(({ seed }) => baseline.has(seed))
        .map(({ seed, valNll }) => valNll - baseline.get(seed));
      const tests = members.map(({ testNll }) => testNll).filter((nll) => nll !== undefined);
      return [
        name,
        String(members.length),
        members[0].parameters.toLocaleString('en-US'),
        spread(members.map(({ valNll }) => valNll)),
        pairs.length === 0 ? '' : signed(pairs),
        tests.length === 0 ? '' : spread(tests),
        mean(members.map(({ bestEpoch }) => bestEpoch)).toFixed(0),
        mean(members.map(({ seconds }) => seconds)).toFixed(0),
      ];
    });
  const head = ['variant', 'seeds', 'parameters', 'validation NLL', 'difference', 'test NLL', 'best epoch', 'seconds'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows])
    console.log(
      `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`,
    );
}

function spread(xs) {
  return xs.length < 2 ? mean(xs).toFixed(2) : `${mean(xs).toFixed(2)} ± ${deviation(xs).toFixed(2)}`;
}

function signed(xs) {
  const text = spread(xs);
  return mean(xs) > 0 ? `+${text}` : text;
}
