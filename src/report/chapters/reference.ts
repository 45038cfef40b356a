import { REFERENCE_RULES } from '../rules/reference.js';
import { discuss } from '../rules/rule.js';
import type { Block } from '../../render/document.js';
import type { GroupFacts, ReferenceComparison } from '../facts/types.js';
import { REFERENCE_CHARACTERS_PER_TEXT, REFERENCE_NOTES } from '../reference.js';
import { bullets, left, right, section, table } from '../writing/blocks.js';
import { bestWithEpoch, pearsonText, withSpread } from '../writing/figure-text.js';
import { decimal, nats, three, top1, UNKNOWN } from '../writing/numbers.js';
import type { ReportContext } from './context.js';

/** The source's figures beside the measured ones, and what differs. */
export function referenceSection({ facts, models }: ReportContext): Block[] {
  const known = models.flatMap((group) =>
    group.reference === undefined ? [] : [{ group, reference: group.reference }],
  );
  if (known.length === 0) return [];
  const characters = facts.baselines?.charactersPerText.test ?? facts.data.report?.splits.test.lengths.mean;
  const notes = [
    ...REFERENCE_NOTES,
    ...(characters === undefined
      ? []
      : [
          `The test texts here have ${decimal(characters, 1)} predicted characters on average, their ends included: figures per text are lower for that alone.`.replace(
            'lower',
            characters < REFERENCE_PREDICTED ? 'lower' : 'higher',
          ),
        ]),
    ...known.flatMap(({ group, reference }) => reference.size.notes.map((each) => `${group.name}: ${each}`)),
  ];
  return [
    section('reference', 'Beside the source'),
    table(
      'The source’s figures and those measured here. Its top-1 is given without the mistake in its totals.',
      [
        left('model'),
        left(''),
        right('test NLL (nats per text)'),
        right('bits per character'),
        right('test top-1'),
        right('Pearson’s r'),
        right('best validation NLL (epoch)'),
        right('epochs run'),
      ],
      known.flatMap(({ group, reference }) => rows(group, reference)),
    ),
    bullets(...discuss(REFERENCE_RULES, facts), ...notes),
  ];
}

/** Predicted characters of a text of the source, its end included. */
const REFERENCE_PREDICTED = REFERENCE_CHARACTERS_PER_TEXT + 1;

function rows(group: GroupFacts, { size }: ReferenceComparison): string[][] {
  const epochs = group.runs.map((run) => run.figures.epochsRun ?? UNKNOWN).join(', ');
  return [
    [
      group.name,
      'source',
      nats(size.testNll),
      `about ${decimal(size.testNll / REFERENCE_PREDICTED / Math.LN2, 1)}`,
      top1(size.correctedTop1),
      three(size.pearson),
      `${nats(size.bestValNll)} (${size.bestEpoch})`,
      `${size.epochsRunAtLeast ? 'at least ' : ''}${size.epochsRun}`,
    ],
    [
      '',
      'here',
      withSpread(group.figures.testNll, 2),
      withSpread(group.figures.bitsPerCharacter, 2),
      withSpread(group.figures.testTop1, 4),
      pearsonText(group),
      bestWithEpoch(group),
      epochs,
    ],
  ];
}
