import { SINGLE_RUN_MARGIN } from '../../../statistics/compare-groups.js';
import { DIAGNOSIS_THRESHOLDS } from '../../../diagnosis/thresholds.js';
import type { Block } from '../../../render/document.js';
import type { GroupFacts } from '../../facts/types.js';
import { bullets, left, listed, paragraph, section, table } from '../../writing/blocks.js';
import { duration, percent } from '../../writing/numbers.js';
import { code, prose } from '../../writing/prose.js';
import { shownRun, type ReportContext } from '../context.js';
import { trainingWords } from './training-words.js';

/** How some groups were trained, in words, with the names of those trained in the same way. */
export function waysOfTraining(context: ReportContext, groups: readonly GroupFacts[]): Map<string, string[]> {
  const ways = new Map<string, string[]>();
  for (const group of groups) {
    const config = shownRun(context, group)?.config;
    const words = config === undefined ? undefined : trainingWords(config);
    if (words !== undefined) ways.set(words, [...(ways.get(words) ?? []), group.name]);
  }
  return ways;
}

/** Trainings described at most: of more, reading their config.json is easier. */
const MAX_TRAININGS = 3;

/** How figures are measured and what is claimed when: rules, intervals, seeds. */
export function explainMethod(context: ReportContext): Block[] {
  const { facts, models } = context;
  const { origin } = facts;
  const seeds = listed(origin.seeds.map(String));
  return [
    section('method', 'Figures, rules and intervals'),
    bullets(
      prose`_Training._ ${trainings(context)} The weights of the epoch with the lowest validation NLL are kept, and test figures and samples are of those.`,
      prose`_NLL and top-1_ are computed per text over the whole context length, and averaged over texts. Training NLL is the mean over an epoch while the
        weights move, with dropout; so it may lie above validation NLL at first.`,
      prose`_Diagnosis._ A curve is called still improving, converged, overfitting, failed or diverged by fixed rules, in which differences count only beyond
        ${DIAGNOSIS_THRESHOLDS.clearNoise} times the noise of the curve itself, and ${percent(DIAGNOSIS_THRESHOLDS.clearShare)} of the NLL. A training has failed if its best NLL is not at least
        ${percent(DIAGNOSIS_THRESHOLDS.baselineMargin, 0)} below every baseline that ignores the characters before, and by ${percent(DIAGNOSIS_THRESHOLDS.oneCharacterShare, 0)} of what looking back at a single character gains. ${code('docs/diagnosis.md')} has all rules.`,
      prose`_Better or worse._ With several seeds, a model is called better if the 95 % interval of the difference of the means (Welch) leaves out 0. With one seed
        each, it is called better only if the figures differ by more than ${percent(SINGLE_RUN_MARGIN, 0)}, which seeds of one model rarely do. If many pairs are
        compared, some differ by luck.`,
      prose`_Correlation._ Intervals are those of a moving-block bootstrap over epochs. They are about this one curve, and do not say what another seed would give.`,
      prose`_Sentences._ What this report says of the numbers is made by rules that are listed in ${code('docs/report.md')}; where the numbers do not support a sentence, it is
        not there.`,
      prose`_Seeds._ ${origin.seeds.length === 1 ? `All randomness follows from seed ${seeds}` : `The seeds are ${seeds}, and all randomness of a run follows from its own`}: the same command gives the same bits, however
        many threads there are.`,
    ),
    section('origin', 'Where the figures come from'),
    table(
      `The runs of this report. All trainings together took ${duration(origin.seconds)}.`,
      [left('of these runs'), left('')],
      [
        ['begun', [...new Set([origin.begun, origin.lastBegun].map(minuteOf))].join(' to ')],
        ['Letterpress', listed(origin.letterpress)],
        ['Node.js', listed(origin.node)],
        ['platform', listed(origin.platforms)],
        ['backend', listed(origin.backends)],
        ['recipe', listed(origin.recipes)],
        ['padding', listed([...new Set(models.map(({ padding }) => padding))])],
        ['texts', `${facts.data.name} (fingerprint ${facts.data.fingerprint.slice(0, 16)})`],
      ],
    ),
    paragraph(
      'results.json beside this report has every figure in full precision, and the folder figures every picture as SVG and PDF.',
    ),
  ];
}

/** A time to the minute, e.g. `2026-01-02 03:00 UTC`. */
function minuteOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** How the models were trained; those trained in the same way once. */
function trainings(context: ReportContext): string {
  const { facts, models } = context;
  const ways = waysOfTraining(context, models);
  if (ways.size === 0 || ways.size > MAX_TRAININGS) return 'Each run’s config.json says how it was trained.';
  const which = facts.secondRecipe === undefined ? 'All models' : 'Models of the study’s own recipe';
  if (ways.size === 1) return `${which}: ${[...ways.keys()][0]!}.`;
  return [...ways].map(([words, names]) => `${listed(names)}: ${words}.`).join(' ');
}
