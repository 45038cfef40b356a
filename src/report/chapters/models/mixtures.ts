import { MIXTURE_RULES } from '../../rules/mixtures.js';
import { discuss } from '../../rules/rule.js';
import type { Block } from '../../../render/document.js';
import { bullets, left, paragraph, right, section, table } from '../../writing/blocks.js';
import { nats, top1 } from '../../writing/numbers.js';
import { prose } from '../../writing/prose.js';
import type { ReportContext } from '../context.js';

/** Mixtures of models: what they are made of, what they reach, and what a member reaches alone. */
export function mixtures({ facts }: ReportContext): Block[] {
  if (facts.mixtures.length === 0) return [];
  const sentences = discuss(MIXTURE_RULES, facts);
  const others = facts.mixtures.some(({ comparable }) => !comparable);
  return [
    section('mixtures', 'Models mixed'),
    paragraph(
      prose`A mixture makes one distribution over the next character of those of its members: a _linear_ one adds them up with weights, a _geometric_ one
        multiplies them, each to the power of its weight. With an n-gram model as a member, the weights depend on how often the last characters were seen in training. They are
        learned on the validation texts; so the NLL to choose a mixture by is the cross-validated one, where each of these texts is scored with weights that were learned on others.`,
    ),
    table(
      `Mixtures and what they are mixed of.${others ? ' Those marked * were measured on other texts, and do not compare.' : ''}`,
      [
        left('mixture'),
        left('of'),
        left('kind'),
        right('validation NLL (nats per text)'),
        right('cross-validated'),
        right('test NLL'),
        right('top-1'),
      ],
      facts.mixtures.map(({ name, members, kind, valNll, crossValidatedNll, testNll, testTop1, comparable }) => [
        comparable ? name : `${name} *`,
        members.map(({ label }) => label).join(', '),
        kind,
        nats(valNll),
        nats(crossValidatedNll),
        nats(testNll),
        top1(testTop1),
      ]),
    ),
    ...(sentences.length === 0 ? [] : [bullets(...sentences)]),
  ];
}
