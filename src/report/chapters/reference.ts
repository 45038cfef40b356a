/** The original notebook: its figures beside those measured here, and what it got wrong. */
import { epochNumber } from '../../format.js';
import type { Block, Text } from '../../render/document.js';
import { REFERENCE_CHARACTERS_PER_TEXT, REFERENCE_NOTES } from '../reference.js';
import { bullets, left, paragraph, right, section, table } from '../writing/blocks.js';
import { bestWithEpoch, pearsonText, withSpread } from '../writing/group-text.js';
import { decimal, nats, three, top1, UNKNOWN } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import type { ReportContext } from './context.js';

/** Predicted characters of a text of the original notebook, its end included. */
const ORIGINAL_PREDICTED = REFERENCE_CHARACTERS_PER_TEXT + 1;

/** Measured figures beside those of the original notebook, and what it got wrong. */
export function originalNotebook(context: ReportContext): Block[] {
  return [
    section('reference', 'The original notebook'),
    ...(context.facts.kind === 'study' ? comparedWithOriginal(context) : []),
    paragraph(
      'This study repeats that of a PyTorch notebook with a written report. Some of it was wrong and is done ' +
        'differently here:',
    ),
    bullets(...correctionsFor(context)),
  ];
}

function comparedWithOriginal({ facts, models }: ReportContext): Block[] {
  const known = models.flatMap((group) => (group.reference === undefined ? [] : [{ group, size: group.reference }]));
  if (known.length === 0) return [];
  const characters = facts.baselines?.charactersPerText.test;
  const notes = [
    ...REFERENCE_NOTES,
    ...(characters === undefined
      ? []
      : [
          `Test texts here have ${decimal(characters, 1)} predicted characters on average, ends included, ` +
            `which alone makes figures per text ${characters < ORIGINAL_PREDICTED ? 'lower' : 'higher'}.`,
        ]),
    ...known.flatMap(({ group, size }) => size.notes.map((each) => `${group.name}: ${each}`)),
  ];
  const rows = known.flatMap(({ group, size }) => [
    {
      name: group.name,
      where: 'original',
      testNll: nats(size.testNll),
      bits: `about ${decimal(size.testNll / ORIGINAL_PREDICTED / Math.LN2, 1)}`,
      testTop1: top1(size.correctedTop1),
      pearson: three(size.pearson),
      best: `${nats(size.bestValNll)} (${epochNumber(size.bestEpoch)})`,
      epochs: `${size.epochsRunAtLeast ? 'at least ' : ''}${size.epochsRun}`,
    },
    {
      name: '',
      where: 'here',
      testNll: withSpread(group.figures.testNll, 2),
      bits: withSpread(group.figures.bitsPerCharacter, 2),
      testTop1: withSpread(group.figures.testTop1, 4),
      pearson: pearsonText(group),
      best: bestWithEpoch(group),
      epochs: group.runs.map((run) => run.figures.epochsRun ?? UNKNOWN).join(', '),
    },
  ]);
  return [
    table('Figures of the original notebook and those measured here.', rows, [
      left('model', ({ name }) => name),
      left('', ({ where }) => where),
      right('test NLL (nats per text)', ({ testNll }) => testNll),
      right('bits per character', ({ bits }) => bits),
      right('test top-1', ({ testTop1 }) => testTop1),
      right('Pearson’s r', ({ pearson }) => pearson),
      right('best validation NLL (epoch)', ({ best }) => best),
      right('epochs run', ({ epochs }) => epochs),
    ]),
    bullets(...notes),
  ];
}

/** What the original got wrong, as far as this study has something to set against it. */
function correctionsFor({ facts, models }: ReportContext): Text[] {
  const hasLargest = models.some(({ reference }) => reference?.preset === LARGEST);
  const hasFewTexts = facts.groups.some(({ role }) => role === 'few-texts');
  const hasMeasuredSamples = models.some(({ samples }) => samples !== undefined);
  const corrections: readonly [applies: boolean, text: Text][] = [
    [
      hasLargest,
      prose`It called the failure of its largest model overfitting, without having logged a training NLL. Here
        training NLL and context-free baselines are measured, and a curve that stays at the level of such a baseline
        is called failed.`,
    ],
    [
      hasLargest,
      prose`It printed one test NLL for its largest model (166.6) and reported another (116.6). Here figures are read
        from the files of the runs.`,
    ],
    [hasFewTexts, 'It named the wrong size for the model trained on 1,000 texts.'],
    [
      true,
      prose`It showed another model’s samples as those of the best. Here samples are read from the files of the runs.`,
    ],
    [
      facts.temperatures !== undefined,
      prose`It called the distribution at temperature 1 almost uniform. It is the model’s own distribution, and its
        entropy is measured here.`,
    ],
    [
      true,
      prose`Its model accepted an argument ${code('causal')} but never passed it on to the blocks. Here every model
        has the causal mask, unless it is taken away on purpose, to show what it is for.`,
    ],
    [
      hasMeasuredSamples,
      prose`It judged samples by eye only. Here they are also measured, and compared with as many real texts.`,
    ],
  ];
  return corrections.filter(([applies]) => applies).map(([, text]) => text);
}

/** The original's fourth model. */
const LARGEST = '10m';
