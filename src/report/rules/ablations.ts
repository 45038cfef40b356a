import { compareGroups } from '../../statistics/compare-groups.js';
import type { AblationFacts, ReportFacts } from '../facts/types.js';
import { counted, nats, whole } from '../writing/numbers.js';
import { doubtOf, type Rule } from './rule.js';

/** Share of the whole model's NLL below which a model is said to copy what it sees. */
const ALMOST_NOTHING = 0.2;

type Say = (model: AblationFacts, intact: AblationFacts) => string | readonly string[];

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
        return model === undefined || intact === undefined ? [] : say(model, intact);
      });
    },
  };
}

/** `108.20, 4.10 above the whole model’s`, and whether that is more than one seed may change. */
function beside({ testNll }: AblationFacts, intact: AblationFacts): string {
  const comparison = compareOne(testNll, intact.testNll);
  const { difference, better } = comparison;
  const doubt = better === undefined ? ` (${doubtOf(comparison)})` : '';
  const side = difference < 0 ? 'below' : 'above';
  return `${nats(testNll)}, ${nats(Math.abs(difference))} ${side} the whole model’s${doubt}`;
}

function compareOne(first: number, second: number) {
  return compareGroups({ name: 'first', values: [first] }, { name: 'second', values: [second] });
}

/** Nothing of a model that has no more than that anyway. */
function fewer(left: string): Say {
  return (model, intact) =>
    model.parameters === intact.parameters && model.testNll === intact.testNll
      ? []
      : `With ${left} and ${whole(model.parameters)} parameters, test NLL is ${beside(model, intact)}.`;
}

/** How far a model has learned to copy what it sees, and what that is worth when texts are sampled. */
function leaking(what: string, sees: string, when: string): Say {
  return ({ testNll, testNllAsSampled, epochs }, intact) => {
    const [nll, sampled] = [nats(testNll), nats(testNllAsSampled)];
    const copies =
      testNll < ALMOST_NOTHING * intact.testNll
        ? `and copies it: test NLL is only ${nll}, against ${nats(intact.testNll)} of the whole model. ${when}`
        : `but in ${counted(epochs, 'epoch')} the model has not fully learned to copy it: test NLL is ${nll}.`;
    const worse = compareOne(testNllAsSampled, intact.testNll).better === 'second';
    return (
      `${what}, ${sees}, ${copies} Predicted from preceding characters alone, as when texts are sampled, test texts ` +
      `have an NLL of ${sampled}${worse ? ', so its samples are worse than those of the whole model' : ''}.`
    );
  };
}

/** Parts of a model, each judged by what goes wrong without it. */
export const ABLATION_RULES: readonly Rule[] = [
  rule('ablation-positions', 'a model without positions', {
    'no-positions': (model, intact) =>
      `Without positions, test NLL is ${beside(model, intact)}; what it knows of order, it has from the causal mask.`,
  }),
  rule('ablation-leaks', 'a model without the causal mask or the shift', {
    'no-mask': leaking(
      'Without the causal mask',
      'every position sees the character that it is to predict',
      'In a text that is being written, that character is not there yet.',
    ),
    'no-shift': leaking(
      'Without the shift',
      'every position is asked for the character that it reads',
      'Of the next one it knows nothing: samples repeat what is there, in long runs of one character, or of cls, ' +
        'which leaves the text empty.',
    ),
  }),
  rule('ablation-embeddings', 'a model whose character embedding keeps its random values', {
    'fixed-embeddings': (model, intact) =>
      `With fixed random embeddings, test NLL is ${beside(model, intact)}: random vectors tell characters apart, and ` +
      'which of them are alike has to be learned by the layers above.',
  }),
  rule('ablation-size', 'a model with one head or one block', {
    'one-head': fewer('one head'),
    'one-block': fewer('one block'),
  }),
];

export function hasAblations({ ablations }: Pick<ReportFacts, 'ablations'>): boolean {
  return ablations.length > 1;
}
