import type { AblationFacts, ReportFacts } from '../facts/types.js';
import { nats } from '../writing/numbers.js';
import type { Rule } from './rule.js';

/** Share of the whole model's NLL below which a model is said to see what it predicts. */
const ALMOST_NOTHING = 0.2;

type Say = (model: AblationFacts, intact: AblationFacts) => string | undefined;

function rule(id: string, when: string, said: Readonly<Record<string, Say>>): Rule {
  return {
    id,
    when: `${when}, and the whole model beside it, have a test NLL`,
    say: ({ ablations }) => {
      const find = (name: string) =>
        ablations.find(({ ablation, testNll }) => ablation === name && Number.isFinite(testNll));
      const intact = find('intact');
      return Object.entries(said).flatMap(([name, say]) => {
        const model = find(name);
        return model === undefined || intact === undefined ? [] : (say(model, intact) ?? []);
      });
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
  rule('ablation-positions', 'a model without positions', {
    'no-positions': (model, intact) =>
      `Without positions test NLL is ${beside(model, intact)}; what it knows of order, it has from the causal mask.`,
  }),
  rule(
    'ablation-leaks',
    'a model without the causal mask or the shift, whose test NLL is a fifth of that at most and higher as it samples',
    {
      'no-mask': leaking(
        'Without the causal mask',
        'every position sees the character that it is to predict, and copies it. In a text that is being written, ' +
          'that character is not there yet, so the samples are rubbish.',
      ),
      'no-shift': leaking(
        'Without the shift',
        'every position is asked for the character that it reads, and copies it. It knows nothing of the next one: ' +
          'texts stay empty, since cls is no character, or repeat a character over and over.',
      ),
    },
  ),
  rule('ablation-embeddings', 'a model whose character embedding keeps its random values', {
    'fixed-embeddings': (model, intact) =>
      `With fixed random embeddings it is ${beside(model, intact)}: random vectors tell characters apart, and only ` +
      'which of them are alike has to be learned elsewhere.',
  }),
  rule('ablation-size', 'a model with one head or one block', {
    'one-head': (model, intact) => `With one head it is ${beside(model, intact)}.`,
    'one-block': (model, intact) => `With one block it is ${beside(model, intact)}.`,
  }),
];

export function hasAblations({ ablations }: Pick<ReportFacts, 'ablations'>): boolean {
  return ablations.length > 1;
}
