/**
 * Every sentence of a report, in one place: whoever changes words looks at the difference of these snapshots and
 * updates them with `npx vitest run test/report/text.test.ts -u`. All other tests are about numbers, models, and which
 * rule says something.
 */
import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../src/report/build-document.js';
import { computeFacts } from '../../src/report/facts/compute-facts.js';
import type { ReportInput, ReportRun } from '../../src/report/input/report-input.js';
import { textsOfDocument } from './chapters/text-of.js';
import { falling, fixtureRun, overfitting } from './fixtures/fixture-runs.js';
import { fixtureComparison, fixtureStudy, mixed, SCENARIOS, secondRecipeSeeds } from './fixtures/fixture-studies.js';
import { ALL_RULES, Said, saidOf } from './rules/said.js';

const textOf = (input: ReportInput) => textsOfDocument(buildDocument(input, computeFacts(input)));

/** Runs for what no fixture study gives a rule to say. */
const OTHERS: readonly ReportInput[] = [
  ...[1, 2].map((faster) =>
    fixtureStudy({
      best: 'none',
      sizes: ['87k', '557k'],
      size: (preset) => {
        const larger = preset === '557k' ? 1 : 0;
        return { epochs: 120, curve: falling(256, 91, { pace: faster === larger + 1 ? 3 : 6, gap: 1 + 4 * larger }) };
      },
    }),
  ),
  fixtureComparison([
    withResults(fixtureRun({ temperatures: true }), { exact: { entropy: 90, grammarNll: 91, excess: 6.59 } }),
    fixtureRun({
      name: 'short',
      epochs: 7,
      curve: (epoch) => ({ ...falling(256, 96)(epoch), valTop1: epoch === 3 ? 0.9 : 0.8 }),
    }),
  ]),
  fixtureStudy({
    best: '87k',
    sizes: ['87k', '557k'],
    size: (preset) => ({ curve: preset === '87k' ? falling(256, 91) : overfitting(256, 99, 8) }),
    fewTexts: { precision: 'bf16', curve: falling(256, 96), epochs: 60 },
  }),
];

function withResults(run: ReportRun, results: Partial<NonNullable<ReportRun['results']>>): ReportRun {
  return { ...run, results: { ...run.results!, ...results } };
}

const wholeStudy = (): ReportInput => ({ ...secondRecipeSeeds(), mixtures: mixed().mixtures! });

describe('the text', () => {
  it('of a study with all that a study can have', async () => {
    await expect(textOf(wholeStudy())).toMatchFileSnapshot('__snapshots__/study.txt');
  });

  it('of a comparison of two runs of other kinds', async () => {
    const runs = [fixtureRun({ name: 'first' }), fixtureRun({ name: 'second', plan: { recipe: 'modern' } })];
    const known = new Set(textOf(wholeStudy()).split('\n\n'));
    const parts = textOf(fixtureComparison(runs))
      .split('\n\n')
      .map((part) => (known.has(part) && !part.startsWith('#') ? '(as in study.txt)' : part));
    await expect(parts.join('\n\n')).toMatchFileSnapshot('__snapshots__/comparison.txt');
  });

  it('of what each rule says, of which studies, and in as many ways as it has', async () => {
    const studies = Object.keys(SCENARIOS);
    const all = [...studies.map(saidOf), ...OTHERS.map((input) => new Said(input))];
    const text = ALL_RULES.map(({ id, when }) => {
      const forms = new Map<string, string>(); // by the words without names and numbers
      for (const sentence of all.flatMap((said) => said.sentences.get(id) ?? [])) {
        const form = sentence.replace(/[^ ]*\d[^ ]*( and |, )?|modern |notebook /g, '');
        if (!forms.has(form)) forms.set(form, sentence);
      }
      const speaks = studies.filter((name) => saidOf(name).sentences.has(id));
      const head = [`${id}: ${when}`, `Says something of: ${speaks.join(', ') || 'none of these studies'}.`];
      return [...head, ...[...forms.values()].map((sentence) => `- ${sentence}`)].join('\n');
    }).join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot('__snapshots__/rules.txt');
  });
});
