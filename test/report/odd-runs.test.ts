/** Runs that are rarely reported together: every sentence has to hold of them too. */
import { expect, it } from 'vitest';
import { buildDocument } from '../../src/report/build-document.js';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import { modelOf } from '../../src/report/facts/run-groups.js';
import type { ReportInput, ReportRun } from '../../src/report/input/report-input.js';
import { kindUnder, linesOf, textsOfDocument } from './chapters/text-of.js';
import { fixtureRun } from './fixtures/fixture-runs.js';
import { fixtureComparison, fixtureStudy, largerIsBetter } from './fixtures/fixture-studies.js';
import { Said } from './rules/said.js';

const textOf = (input: ReportInput) => textsOfDocument(buildDocument(input, computeFacts(input)));

/** A run whose real test texts have that share of known words. */
function knowing(run: ReportRun, share: number): ReportRun {
  const entries = run.sampleQualities!.entries.map((entry) =>
    entry.of === 'test'
      ? { ...entry, quality: { ...entry.quality, knownWords: { ...entry.quality.knownWords, share } } }
      : entry,
  );
  return { ...run, sampleQualities: { ...run.sampleQualities!, entries } };
}

it('several seeds that have not ended have a spread, and no figures of test texts', () => {
  const runs = [0, 1].map((seed) => fixtureRun({ seed, ended: false }));
  const text = textOf({
    ...fixtureComparison(runs),
    runs: runs.map((run) => ({ role: 'given', group: '87k', run })),
  });
  expect(text).toContain('How training went. Values over several seeds are mean ± standard deviation.');
  expect(text).not.toContain('One seed each');
  expect(text).toContain('of 87,289 parameters, without figures on the 1,084 test texts');
});

it('models of other texts are not said to be measured on those of the report, nor to be trained on them', () => {
  const text = textOf(
    fixtureComparison([
      fixtureRun({ name: 'a' }),
      fixtureRun({ name: 'b' }),
      fixtureRun({ name: 'c', corpus: 'news' }),
    ]),
  );
  expect(text).toContain('3 trainings on “headlines”, 8,664 texts, and on other texts');
  expect(text).toContain('of which two were measured on 1,084 test texts');
});

it('real texts are those of the report, compared with the most training texts', () => {
  const text = textOf(
    fixtureComparison([
      knowing(fixtureRun({ name: 'a', corpus: 'news' }), 0.1357),
      knowing(fixtureRun({ name: 'b', limit: 1000 }), 0.2468),
      knowing(fixtureRun({ name: 'c' }), 0.9876),
    ]),
  );
  expect(text).toContain('of those in real test texts 98.8 %');
  expect(text).not.toMatch(/13\.6 %|24\.7 %/);
});

it('two models of the same NLL are called neither the best nor the next', () => {
  const said = new Said(fixtureComparison([fixtureRun({ name: 'a' }), fixtureRun({ name: 'b', precision: 'bf16' })]));
  expect(said.sentences.get('finding-best')).toEqual([
    'a and b have the same lowest validation NLL, 96.09 nats per text.',
  ]);
});

it('texts of one word each have no share of different pairs of words', () => {
  const study = fixtureStudy({ best: '87k', sizes: ['87k'] });
  const runs = study.runs.map(({ run, ...job }) => {
    const { entries } = run.sampleQualities!;
    const distinct = { words: 0.5, pairs: 0, triples: 0 };
    const without = entries.map((entry) => ({ ...entry, quality: { ...entry.quality, distinct } }));
    const temperatures = run.temperatures && {
      ...run.temperatures,
      entries: run.temperatures.entries.map((entry, i) =>
        i > 0 ? entry : { ...entry, quality: { ...entry.quality, distinct } },
      ),
    };
    return { ...job, run: { ...run, sampleQualities: { entries: without }, temperatures } };
  });
  const input = { ...study, runs };
  const document = buildDocument(input, computeFacts(input));
  for (const place of ['samples', 'temperature']) {
    const tables = kindUnder(document, place, 'table').filter(({ columns }) =>
      columns.some(({ header }) => header === 'distinct word pairs'),
    );
    const cells = tables.flatMap(({ columns, rows }) =>
      rows.map((row) => row[columns.findIndex(({ header }) => header === 'distinct word pairs')]),
    );
    expect(cells).toContain('–');
    expect(cells).not.toContain('0 %');
  }
  expect(new Said(input).ids).not.toContain('temperature-variety');
});

it('samples without long words are not said to be as real texts are', () => {
  const [a, b] = [fixtureRun({ name: 'a' }), fixtureRun({ name: 'b', testExcess: 9, precision: 'bf16' })];
  const none = { words: 0, share: 0, standardError: NaN };
  const entries = a.sampleQualities!.entries.map((entry) =>
    entry.of === 'final' ? { ...entry, quality: { ...entry.quality, knownWords: none } } : entry,
  );
  const said = new Said(fixtureComparison([{ ...a, sampleQualities: { entries } }, b]));
  expect(said.sentences.get('samples')!.join(' ')).not.toContain('In this, a does not differ');
});

it('the only test text is spoken of in the singular', () => {
  const run = fixtureRun();
  const { splits, ...report } = run.corpusReport!;
  const inTrain = { inTrain: 1, inTrainShare: 1 };
  const sizes = { ...run.config.corpus.sizes, test: 1 };
  const known = {
    ...run,
    config: { ...run.config, corpus: { ...run.config.corpus, sizes } },
    corpusReport: { ...report, splits: { ...splits, test: { ...splits.test, ...inTrain } } },
  };
  const text = textOf(fixtureComparison([known]));
  expect(text).toContain('measured on 1 test text, which is also in the training set');
  expect(text).toContain(
    'The only test text is also in the training set; a model that memorised it predicts it better',
  );
});

it('a rise from an epoch to the next is a share of what it rises from', () => {
  const valNll = [400, 440, 100, 90];
  const curve = (epoch: number) => ({
    trainNll: valNll[epoch]! - 1,
    valNll: valNll[epoch]!,
    valTop1: 0.8 + epoch / 99,
  });
  const said = new Said(fixtureComparison([fixtureRun({ epochs: 4, curve })]));
  expect(said.sentences.get('stability')).toEqual([
    'Training is unsteady: from an epoch to the next, validation NLL rises by as much as 10.0 % (87k-seed0).',
  ]);
});

it('a study with a model of all padding names both kinds of padding', () => {
  const input = largerIsBetter();
  const lines = linesOf(buildDocument(input, computeFacts(input)));
  expect(lines[lines.indexOf('padding') + 1]).toBe('first and all');
});

it.each(['causal', 'shift'])('a model without %s has no examples of predictions, which would be none', (part) => {
  const leaking = (name: string): ReportRun => {
    const run = fixtureRun({ name });
    return { ...run, config: { ...run.config, model: { ...modelOf(run.config)!, [part]: false } } };
  };
  const alone = textOf(fixtureComparison([leaking('a')]));
  expect(alone).toContain('this model was trained');
  expect(alone).toContain('Cosine similarity of the characters’ embeddings');
  expect(alone).not.toMatch(/Attention weights on|is sampled at temperature 1|Highlighted is|as a reads it/);
  const honest = fixtureRun({ name: 'b', without: ['inspection'] });
  expect(textOf(fixtureComparison([leaking('a'), honest]))).toContain('sizes are those of b');
});
