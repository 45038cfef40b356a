import { SINGLE_RUN_MARGIN, type GroupComparison } from '../../statistics/compare-groups.js';
import type { BaselineComparison, GroupFacts, MixtureFacts, ReportFacts, RunRole, SizeFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { inWords, nats, percent, range, three, top1 } from '../writing/numbers.js';
import { MIN_WORD_CHARACTERS, type SampleQuality } from '../../texts/texts-schema.js';
import { bestOf, comparedInWords, comparisonsOf, meanOf, modelsOf, rises, unfinishedWords, type Rule } from './rule.js';
import { compareWords, withTemperatures } from './texts.js';

const BASELINE_ROLES: readonly RunRole[] = ['size', 'given', 'few-texts'];

export const SUMMARY_RULES: readonly Rule[] = [
  {
    id: 'finding-best',
    when: 'a model has a finite validation NLL; it is called the best only if it is significantly better than the next',
    say: (facts) => {
      const { best } = facts;
      const group = bestOf(facts);
      if (best === undefined || group === undefined) return undefined;
      const share = meanOf(group, 'testAccuracy');
      const accuracy = Number.isFinite(share) ? `, an accuracy of ${percent(share)}` : '';
      const figures = Number.isFinite(meanOf(group, 'testNll'))
        ? ` ${group.name} has a test NLL of ${nats(meanOf(group, 'testNll'))} nats per text ` +
          `(${three(meanOf(group, 'bitsPerCharacter'))} bits per character)${accuracy} and a top-1 of ` +
          `${top1(meanOf(group, 'testTop1'))}.`
        : '';
      if (best.againstNext === undefined || best.againstNext.basis === 'nothing')
        return (
          `The lowest validation NLL of ${group.name} is ${nats(meanOf(group, 'bestValNll'))} nats per ` +
          `text.${figures}`
        );
      return `${bestAgainstNext(best.againstNext)}${figures}`;
    },
  },
  {
    id: 'finding-baseline',
    when: 'the texts have baselines; better and worse are significant differences from the strongest one',
    say: (facts) =>
      againstStrongest(facts.groups.filter(({ role, comparable }) => comparable && BASELINE_ROLES.includes(role))),
  },
  {
    id: 'finding-exact',
    when: 'the exact distribution of the texts is known, and so is the best model’s distance from it',
    say: (facts) => {
      const group = bestOf(facts);
      if (group === undefined || !Number.isFinite(meanOf(group, 'excess'))) return undefined;
      return (
        'The exact distribution of these texts is known, and no model has a lower expected NLL. On the test ' +
        `texts, ${group.name} is ${nats(meanOf(group, 'excess'))} nats per text above it.`
      );
    },
  },
  {
    id: 'finding-mixture',
    when: 'the test NLLs of the mixture with the lowest cross-validated NLL and of one of its members are known',
    say: (facts) => {
      const [best] = comparableMixtures(facts).sort((a, b) => a.crossValidatedNll - b.crossValidatedNll);
      return best && againstMembers(best);
    },
  },
  {
    id: 'finding-failed',
    when: 'all runs of a model failed or diverged',
    say: (facts) => failuresOf(modelsOf(facts)),
  },
  {
    id: 'finding-size',
    when: 'two sizes or more have known test NLLs; models that may need a longer training are named',
    say: (facts) => {
      const sentence = stepsInWords(facts.sizes);
      return sentence && `${sentence}${unfinishedWords(facts, facts.sizes.groups)}`;
    },
  },
  {
    id: 'finding-few-texts',
    when: 'the test NLLs of the model on few texts and on all texts are known; other differences are named',
    say: (facts) => comparisonsOf(facts, 'few-texts').flatMap((comparison) => comparedInWords(comparison, 'texts')),
  },
  {
    id: 'finding-samples',
    when: 'the final samples of the best model and as many test texts were measured',
    say: (facts) => {
      const best = bestOf(facts);
      const own = best?.runs.find(({ name }) => name === facts.best?.run)?.finalSamples;
      if (best?.testTexts === undefined || own === undefined || own.knownWords.words === 0) return undefined;
      const words = compareWords(own, best.testTexts);
      const verdict = {
        fewer: ': it invents unseen words more often than real texts contain them',
        more: ': it keeps to known words more than real texts do',
        undecided: ', no significant difference',
      }[words];
      const unigram =
        best.unigramTexts === undefined
          ? ''
          : `; texts of the character unigram: ${percent(best.unigramTexts.knownWords.share)}`;
      return (
        `Of the words of at least ${inWords(MIN_WORD_CHARACTERS)} characters that ${facts.best!.run} writes, ` +
        `${percent(own.knownWords.share)} occur in its training texts (real test texts: ` +
        `${percent(best.testTexts.knownWords.share)}${unigram})${verdict}. ${copiesInWords(own)}.`
      );
    },
  },
  {
    id: 'finding-temperature',
    when:
      'the entropy per character rises from each temperature to the next higher one; known words follow if they are ' +
      'significantly fewer at the highest temperature than at the lowest',
    say: withTemperatures(({ entries, uniformEntropy }) => {
      if (!rises(entries.map(({ entropyPerCharacter }) => entropyPerCharacter))) return undefined;
      const [low, high] = [entries[0]!, entries.at(-1)!];
      const uniform = Number.isFinite(uniformEntropy) ? ` (uniform distribution: ${three(uniformEntropy)})` : '';
      const fewer =
        compareWords(high.quality, low.quality) === 'fewer'
          ? ` The highest temperature gives fewer known words than the lowest: ` +
            `${percent(high.quality.knownWords.share)}, against ${percent(low.quality.knownWords.share)} at ` +
            `${low.temperature}.`
          : '';
      return (
        'A higher temperature flattens the distribution: mean entropy rises from ' +
        `${three(low.entropyPerCharacter)} nats per character at ${low.temperature} to ` +
        `${three(high.entropyPerCharacter)} at ${high.temperature}${uniform}.${fewer}`
      );
    }),
  },
];

/** The best model against the next: called the best only if the difference is significant. */
function bestAgainstNext({ first, second, basis, better, interval, difference }: GroupComparison): string {
  if (better !== 'first')
    return (
      `${first.name} has the lowest validation NLL, ${nats(first.mean)} nats per text, but there is no ` +
      'significant difference ' +
      `from the next model, ${second.name} (${nats(second.mean)}).`
    );
  const evidence =
    basis === 'margin'
      ? ' With one seed each, seed-to-seed variation is unknown, but the difference exceeds ' +
        `${percent(SINGLE_RUN_MARGIN, 0)}.`
      : ` The difference is ${nats(-difference)} (95 % interval ${range(-interval.high, -interval.low, 2)}).`;
  return (
    `The best model is ${first.name}: its lowest validation NLL is ${nats(first.mean)} nats per text, against ` +
    `${nats(second.mean)} for the next, ${second.name}.${evidence}`
  );
}

/** Groups compared with the strongest baseline of their own training texts, one sentence for each such baseline. */
export function againstStrongest(groups: readonly GroupFacts[]): string[] {
  const sets = new Map<string, string[]>();
  for (const group of groups) {
    const found = group.againstBaselines.find(({ id }) => id === group.baselines?.strongest?.id);
    if (found === undefined || found.verdict === 'unknown') continue;
    const baseline = `${found.label} (${nats(found.baselineNll)} nats per text)`;
    sets.set(baseline, [...(sets.get(baseline) ?? []), `${group.name} ${verdictOf(found)}`]);
  }
  return [...sets].map(
    ([baseline, each]) => `Test NLL compared with the strongest baseline, ${baseline}: ${listed(each)}.`,
  );
}

function verdictOf({ verdict, difference, share }: BaselineComparison): string {
  const size = nats(Math.abs(difference));
  return verdict === 'undecided'
    ? `shows no significant difference (${size} ${difference < 0 ? 'below' : 'above'})`
    : `is ${verdict} by ${size} (${percent(Math.abs(share))})`;
}

export function comparableMixtures({ mixtures }: ReportFacts): MixtureFacts[] {
  return mixtures.filter(({ comparable }) => comparable);
}

function againstMembers({ name, members, testNll }: MixtureFacts): string | undefined {
  const [best] = members
    .flatMap(({ label, testNll: nll }) => (Number.isFinite(nll) ? { label, nll: nll! } : []))
    .sort((a, b) => a.nll - b.nll);
  if (testNll === undefined || !Number.isFinite(testNll) || best === undefined) return undefined;
  const difference = testNll - best.nll;
  const share = percent(Math.abs(difference) / Math.abs(best.nll));
  return (
    `The mixture ${name} has a test NLL of ${nats(testNll)} nats per text, ${nats(Math.abs(difference))} ` +
    `(${share}) ${difference < 0 ? 'below' : 'above'} its best member, ${best.label} (${nats(best.nll)}).`
  );
}

export function failuresOf(groups: readonly GroupFacts[]): string[] {
  return (['failed', 'diverged'] as const).flatMap((kind) => {
    const found = groups.filter(({ diagnosis }) => diagnosis === kind);
    const [only] = found;
    if (only === undefined) return [];
    if (found.length === 1) return `${only.name}: ${only.runs[0]!.diagnosis.sentences.join(' ')}`;
    const names = listed(found.map(({ name }) => name));
    return kind === 'failed'
      ? `${names} failed: none does clearly better than a context-free model.`
      : `${names} diverged.`;
  });
}

function stepsInWords({ better, worse, undecided }: SizeFacts): string | undefined {
  const steps = better + worse + undecided;
  if (steps === 0) return undefined;
  const many = steps > 1;
  if (better === steps)
    return many ? 'Every step up in size improves the test NLL.' : 'The larger model has the better test NLL.';
  if (worse === steps)
    return many ? 'Every step up in size worsens the test NLL.' : 'The larger model has the worse test NLL.';
  if (undecided === steps) return 'No step up in size makes a significant difference to the test NLL.';
  const parts = [
    ...(better > 0 ? [`${better} ${better === 1 ? 'improves' : 'improve'} the test NLL`] : []),
    ...(worse > 0 ? [`${worse} ${worse === 1 ? 'worsens' : 'worsen'} it`] : []),
    ...(undecided > 0 ? [`${undecided} ${undecided === 1 ? 'makes' : 'make'} no significant difference`] : []),
  ];
  const lead = worse > 0 ? 'Larger is not always better' : 'Larger is not shown to be better throughout';
  return `${lead}: of the ${steps} steps up in size, ${listed(parts)}.`;
}

function copiesInWords({ copied, copiedVal = 0, copiedTest = 0 }: SampleQuality): string {
  const heldOut = Object.entries({ validation: copiedVal, test: copiedTest }).flatMap(([of, share]) =>
    share === 0 ? [] : [`${percent(share)} (${of})`],
  );
  const training =
    copied === 0
      ? 'None of its samples is a verbatim copy of a training text'
      : `${percent(copied)} of its samples are verbatim copies of training texts`;
  return heldOut.length === 0
    ? training
    : `${training}; copies of held-out texts that are not in training: ${listed(heldOut)}`;
}
