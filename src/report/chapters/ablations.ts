import { barsFigure } from '../../figures/bars.js';
import type { Block } from '../../render/document.js';
import { ABLATION_RULES, hasAblations } from '../rules/ablations.js';
import { discuss } from '../rules/rule.js';
import { bullets, figure, left, paragraph, right, table } from '../writing/blocks.js';
import { counted, nats, percent, whole } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import type { ReportContext, Subject } from './context.js';

/** Characters of a sample that a row has room for. */
const SHOWN = 28;

/** What each part of the model is for, measured: the same model without it. */
export function explainAblations(_: Subject, { facts }: ReportContext): Block[] {
  const { ablations } = facts;
  if (!hasAblations(facts)) return [];
  const said = discuss(ABLATION_RULES, facts);
  const epochs = Math.max(...ablations.map((each) => each.epochs));
  const shown = (sample: string) =>
    sample === '' ? '(empty)' : sample.length > SHOWN ? `${sample.slice(0, SHOWN)}…` : sample;
  const label = (name: string) => name.replace(/^[^,]*, /, '');
  const size = ablations[0]!.name.replace(/, .*/, '');
  return [
    paragraph(
      prose`Taking a part of the model away shows what it is for: ${size} is trained again without it, for at most
        ${counted(epochs, 'epoch')}, with one seed. A model that sees what it predicts has two NLLs: that of its
        predictions, and that of the distributions that its samples are drawn from; for all others they are the same.`,
    ),
    ...(said.length === 0 ? [] : [bullets(...said)]),
    table(
      'One part taken away: NLL on the test texts, of predictions and as the model samples, nats per text; known ' +
        'words among its samples at temperature 1, and one of them.',
      ablations,
      [
        left('model', ({ name }) => label(name)),
        right('parameters', ({ parameters }) => whole(parameters)),
        right('test NLL', ({ testNll }) => nats(testNll)),
        right('as it samples', ({ testNllAsSampled }) => nats(testNllAsSampled)),
        right('known words', ({ knownWords }) => percent(knownWords, 0)),
        left('a sample', ({ sample }) => shown(sample)),
      ],
      ({ ablation }) => ablation === 'intact',
    ),
    figure(
      'ablations-nll',
      barsFigure({
        title: 'Test NLL with one part taken away',
        xTitle: 'model',
        yTitle: 'NLL (nats per text)',
        categories: ablations.map(({ name }) => label(name)),
        series: [
          { label: 'of its predictions', values: ablations.map(({ testNll }) => testNll) },
          { label: 'as it samples', values: ablations.map(({ testNllAsSampled }) => testNllAsSampled) },
        ],
        height: 240,
      }),
      'Where the two bars differ, the model sees what it predicts, and the first bar says nothing about its samples.',
      `Bars of the test NLL of ${ablations.length} models, of predictions and as they sample.`,
    ),
  ];
}
