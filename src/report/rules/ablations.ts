import type { AblationFacts, ReportFacts } from '../facts/types.js';
import { nats } from '../writing/numbers.js';
import type { Rule } from './rule.js';

/** Share of the whole model's NLL below which a model is said to see what it predicts. */
const ALMOST_NOTHING = 0.2;

function rule(
  id: string,
  when: string,
  say: (model: AblationFacts, intact: AblationFacts) => string | undefined,
): Rule {
  return {
    id,
    when: `${when}, and the whole model beside it, have a test NLL`,
    say: ({ ablations }) => {
      const [model, intact] = [id, 'intact'].map((name) => ablations.find(({ ablation }) => ablation === name));
      if (model === undefined || intact === undefined) return undefined;
      return Number.isFinite(model.testNll) && Number.isFinite(intact.testNll) ? say(model, intact) : undefined;
    },
  };
}

/** `108.20, 4.10 above the whole model’s`. */
function beside({ testNll }: AblationFacts, intact: AblationFacts): string {
  const difference = testNll - intact.testNll;
  return `${nats(testNll)}, ${nats(Math.abs(difference))} ${difference < 0 ? 'below' : 'above'} the whole model’s`;
}

/** Nothing where the model has not learned to see what it predicts: then its NLL shows nothing. */
function leaking(what: string, why: string) {
  return ({ testNll, testNllAsSampled }: AblationFacts, intact: AblationFacts): string | undefined => {
    if (testNll >= ALMOST_NOTHING * intact.testNll || testNllAsSampled <= intact.testNll) return undefined;
    return (
      `${what} test NLL is only ${nats(testNll)}, against ${nats(intact.testNll)}: ${why} Predicted from what stands ` +
      `before it alone, as when texts are sampled, each test text has an NLL of ${nats(testNllAsSampled)}.`
    );
  };
}

/** Parts of a model, each judged by what goes wrong without it. */
export const ABLATION_RULES: readonly Rule[] = [
  rule(
    'no-positions',
    'a model without positions',
    (model, intact) =>
      `Without positions test NLL is ${beside(model, intact)}; what it knows of order, it has from the causal mask.`,
  ),
  rule(
    'no-mask',
    'a model without the causal mask, whose test NLL is a fifth of that at most and higher as it samples',
    leaking(
      'Without the causal mask',
      'every position sees the character that it is to predict, and copies it. In a text that is being written, that ' +
        'character is not there yet, so the samples are rubbish.',
    ),
  ),
  rule(
    'no-shift',
    'a model without the shift, whose test NLL is a fifth of that at most and higher as it samples',
    leaking(
      'Without the shift',
      'every position is asked for the character that it reads, and copies it. It knows nothing of the next one: ' +
        'texts stay empty, since cls is no character, or repeat a character over and over.',
    ),
  ),
  rule(
    'fixed-embeddings',
    'a model whose character embedding keeps its random values',
    (model, intact) =>
      `With fixed random embeddings it is ${beside(model, intact)}: random vectors tell characters apart, and only ` +
      'which of them are alike has to be learned elsewhere.',
  ),
  rule('one-head', 'a model with one head', (model, intact) => `With one head it is ${beside(model, intact)}.`),
  rule('one-block', 'a model with one block', (model, intact) => `With one block it is ${beside(model, intact)}.`),
];

export function hasAblations({ ablations }: Pick<ReportFacts, 'ablations'>): boolean {
  return ablations.length > 1;
}
