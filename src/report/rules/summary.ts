import type { DiagnosisKind } from '../../diagnosis/types.js';
import { SINGLE_RUN_MARGIN, type GroupComparison } from '../../statistics/compare-groups.js';
import type { BaselineComparison, BaselineFacts, GroupFacts, MixtureFacts, ReportFacts } from '../facts/types.js';
import { listed } from '../writing/blocks.js';
import { MIN_WORD_CHARACTERS } from '../../texts/texts-schema.js';
import { inWords, nats, percent, range, three, UNKNOWN } from '../writing/numbers.js';
import { knownShare } from '../facts/figures.js';
import {
  bestOf,
  change,
  comparableModels,
  comparedInWords,
  comparisonsOf,
  doubtOf,
  groupsDiagnosed,
  meanOf,
  oneSeed,
  rises,
  seesTargets,
  unfinishedWords,
  type Rule,
} from './rule.js';
import { compareWords, withTemperatures } from './texts.js';

const best: Rule = {
  id: 'finding-best',
  when:
    'a model has a finite validation NLL; it is called the best only if it is significantly better than the next; or ' +
    'all have diverged',
  say: (facts) => {
    const group = bestOf(facts);
    if (facts.best === undefined || group === undefined) {
      const diverged = groupsDiagnosed(comparableModels(facts), 'diverged');
      return diverged.length === 0 ? undefined : `There is no best model: ${listed(diverged)} diverged.`;
    }
    const { againstNext } = facts.best;
    return againstNext === undefined || againstNext.basis === 'nothing'
      ? `The lowest validation NLL of ${group.name} is ${nats(meanOf(group, 'bestValNll'))} nats per text.`
      : bestAgainstNext(againstNext);
  },
};

const baseline: Rule = {
  id: 'finding-baseline',
  when:
    'the best model has a test NLL; it is compared with the strongest baseline, the character unigram, and ' +
    'the exact distribution of the texts, where these are known',
  say: (facts) => {
    const group = bestOf(facts);
    if (group === undefined || !Number.isFinite(meanOf(group, 'testNll')) || seesTargets(facts, group))
      return undefined;
    const bits = three(meanOf(group, 'bitsPerCharacter'));
    const own = `The test NLL of ${group.name} is ${nats(meanOf(group, 'testNll'))} nats per text`;
    const others = chosenBaselines(group).flatMap((each) => {
      const found = group.againstBaselines.find(({ id }) => id === each.id);
      return found === undefined || found.verdict === 'unknown' ? [] : verdictOf(found);
    });
    const excess = meanOf(group, 'excess');
    const sentences = [
      `${own}${bits === UNKNOWN ? '' : ` (${bits} bits per character)`}` +
        `${others.length === 0 ? '' : `: ${listed(others)}`}.`,
      ...accuracies(group),
      ...(Number.isFinite(excess)
        ? [
            'The exact distribution of these texts is known, and no model has a lower expected NLL: on the test ' +
              `texts, ${group.name} is ${nats(excess)} nats per text above it.`,
          ]
        : []),
    ];
    return sentences.join(' ');
  },
};

const size: Rule = {
  id: 'finding-size',
  when:
    'two sizes or more have known test NLLs; models that may need a longer training are named, and those that failed ' +
    'or diverged',
  say: (facts) => {
    const steps = comparisonsOf(facts, 'next-size').filter(({ testNll }) => testNll.basis !== 'nothing');
    const each = steps.map(({ first, second, testNll }) => `${change(testNll)} from ${first} to ${second}`);
    if (each.length === 0) return undefined;
    const bad = (['failed', 'diverged'] as const).flatMap((kind) => {
      const names = groupsDiagnosed(comparableModels(facts), kind);
      return names.length === 0 ? [] : `${listed(names)} ${kind}`;
    });
    return (
      `The test NLL in nats per text changes by ${listed(each)}.${unfinishedWords(facts, facts.sizes)}` +
      (bad.length === 0 ? '' : ` ${listed(bad)}, which says little about what such a size can learn.`)
    );
  },
};

const fewTexts: Rule = {
  id: 'finding-few-texts',
  when: 'the test NLLs of the model on few texts and on all texts are known; other differences are named',
  say: (facts) =>
    comparisonsOf(facts, 'few-texts').flatMap((comparison) => comparedInWords(facts, comparison, 'texts')),
};

const temperature: Rule = {
  id: 'finding-temperature',
  when:
    'the entropy per character rises from each temperature to the next higher one; known words follow if they are ' +
    'significantly fewer at the highest temperature than at the lowest, and at none more than at the one before',
  say: withTemperatures(({ entries, uniformEntropy }) => {
    if (!rises(entries.map(({ entropyPerCharacter }) => entropyPerCharacter))) return undefined;
    const [low, high] = [entries[0]!, entries.at(-1)!];
    const uniform = Number.isFinite(uniformEntropy) ? ` (uniform distribution: ${three(uniformEntropy)})` : '';
    const fewer =
      compareWords(high.quality, low.quality) === 'fewer' &&
      entries.every(({ quality }, i) => i === 0 || compareWords(quality, entries[i - 1]!.quality) !== 'more')
        ? ` The price is words: of those of at least ${inWords(MIN_WORD_CHARACTERS)} characters, ` +
          `${percent(knownShare(high.quality))} occur in the training texts at ${high.temperature}, ` +
          `${percent(knownShare(low.quality))} at ${low.temperature}.`
        : '';
    return (
      'A higher temperature flattens the distribution: mean entropy rises from ' +
      `${three(low.entropyPerCharacter)} nats per character at ${low.temperature} to ` +
      `${three(high.entropyPerCharacter)} at ${high.temperature}${uniform}.${fewer}`
    );
  }),
};

/** The sentences of page one. */
export const ANSWERS: readonly { readonly topic: string; readonly rule: Rule }[] = [
  { topic: 'The model', rule: best },
  { topic: 'Compared with simpler models', rule: baseline },
  { topic: 'Size', rule: size },
  { topic: 'Few texts', rule: fewTexts },
  { topic: 'Temperature', rule: temperature },
];

export const MIXTURE_RULES: readonly Rule[] = [
  {
    id: 'mixture',
    when: 'the test NLLs of the mixture with the lowest cross-validated NLL and of one of its members are known',
    say: (facts) => {
      const [lowest] = comparableMixtures(facts).sort((a, b) => a.crossValidatedNll - b.crossValidatedNll);
      return lowest && againstMembers(lowest);
    },
  },
];

/** The best model against the next: called the best only if the difference is significant. */
function bestAgainstNext(comparison: GroupComparison): string {
  const { first, second, basis, better, interval, difference } = comparison;
  if (difference === 0)
    return (
      `${first.name} and ${second.name} have the same lowest validation NLL, ${nats(first.mean)} nats per text` +
      `${first.count === 1 && second.count === 1 ? '' : ' on average'}.`
    );
  if (better !== 'first')
    return (
      `${first.name} has the lowest validation NLL, ${nats(first.mean)} nats per text, but ` +
      (basis === 'margin'
        ? `the next model, ${second.name} (${nats(second.mean)}), is less than ${percent(SINGLE_RUN_MARGIN, 0)} ` +
          'above it, which other seeds may reverse.'
        : `there is no significant difference from the next model, ${second.name} (${nats(second.mean)}).`)
    );
  const evidence =
    basis === 'margin'
      ? ` With ${oneSeed(comparison)}, seed-to-seed variation is unknown, but the difference exceeds ` +
        `${percent(SINGLE_RUN_MARGIN, 0)}.`
      : ` The difference is ${nats(-difference)} (95 % interval ${range(-interval.high, -interval.low, 2)}).`;
  return (
    `The best model is ${first.name}: its lowest validation NLL is ${nats(first.mean)} nats per text, against ` +
    `${nats(second.mean)} for the next, ${second.name}.${evidence}`
  );
}

/** A group compared with a baseline of its own training texts. */
export function verdictOf({ verdict, difference, share, label, baselineNll, interval }: BaselineComparison): string {
  const side = difference < 0 ? 'below' : 'above';
  const size = nats(Math.abs(difference));
  const doubt = doubtOf({ basis: Number.isNaN(interval.level) ? 'margin' : 'one-spread' });
  if (verdict === 'undecided') return `${size} ${side} ${namedBaseline(label)} (${nats(baselineNll)}; ${doubt})`;
  // Nothing is a share of an NLL of nothing.
  const part = Number.isFinite(share) ? ` (${percent(Math.abs(share))})` : '';
  return `${size}${part} ${side} ${namedBaseline(label)} (${nats(baselineNll)})`;
}

/** With its article, unless it is a name: `the character unigram`, `Kneser–Ney, order 7`. */
function namedBaseline(label: string): string {
  return /gram/.test(label) ? `the ${label}` : label;
}

/** The strongest baseline, and chance: a model that knows how frequent characters are, and nothing else. */
function chosenBaselines({ baselines }: GroupFacts): BaselineFacts[] {
  const all = baselines?.baselines ?? [];
  return all.filter(({ id }) => id === baselines?.strongest?.id || id === 'unigram').reverse();
}

/** Characters predicted right, beside those of the baselines. */
function accuracies(group: GroupFacts): string[] {
  const own = meanOf(group, 'testAccuracy');
  if (!Number.isFinite(own)) return [];
  const others = chosenBaselines(group).flatMap((each) =>
    Number.isFinite(each.testAccuracy) ? `${percent(each.testAccuracy)} (${each.label})` : [],
  );
  const against = others.length === 0 ? '' : `, against ${listed(others)}`;
  return [`Its accuracy is ${percent(own)} of the characters${against}.`];
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

/** Groups all of whose runs failed or diverged; how each did stands with its curve. */
export function failuresOf(groups: readonly GroupFacts[]): string[] {
  const named = (kind: DiagnosisKind) => groups.filter(({ diagnosis }) => diagnosis === kind);
  const [failed, diverged] = [named('failed'), named('diverged')];
  const names = (found: readonly GroupFacts[]) => listed(found.map(({ name }) => name));
  const learned = failed.flatMap(({ runs }) => runs).some(({ diagnosis }) => diagnosis.flags.includes(LEARNED));
  const subject = failed.length === 1 ? 'it does not do' : 'none does';
  return [
    ...(failed.length === 0
      ? []
      : [
          `${names(failed)} failed: by validation NLL, ${subject} clearly better than a context-free model` +
            (learned ? '.' : ', and training NLL stays high too, so this is not overfitting.'),
        ]),
    ...(diverged.length === 0 ? [] : [`${names(diverged)} diverged.`]),
  ];
}

const LEARNED = 'learned-training-texts';
