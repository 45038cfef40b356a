import { isDeepStrictEqual } from 'node:util';
import { escapeLine } from '../../escapes.js';
import { epochNumber } from '../../format.js';
import { curvesFigure } from '../../figures/curves.js';
import type { Block, BlockOf, Text } from '../../render/document.js';
import { MIN_WORD_CHARACTERS, type SampleQuality } from '../../texts/texts-schema.js';
import { knownShare, meanQuality } from '../facts/figures.js';
import type { GroupFacts, GroupQuality } from '../facts/types.js';
import { SAMPLE_RULES } from '../rules/models.js';
import { discuss, withRealTexts } from '../rules/rule.js';
import { discussion, figure, headed, left, listed, right, section, table } from '../writing/blocks.js';
import { decimal, inWords, percent, three, whole } from '../writing/numbers.js';
import type { ReportRun } from '../input/report-input.js';
import { questionTitle, shownRun, type ReportContext } from './context.js';

/** Texts of each model, epoch or temperature that are shown: all others are files of the runs. */
export const SHOWN = 6;
/** Texts of each epoch or temperature, of which there are many. */
const SHOWN_ALONG = 3;

export function samples(context: ReportContext): Block[] {
  const { models, facts } = context;
  const measured = facts.groups
    .filter(({ role }) => role !== 'second-recipe')
    .flatMap(({ name, samples: figures }) => (figures === undefined ? [] : { name, quality: figures }));
  const { testTexts: real, unigramTexts: unigram } = withRealTexts(facts) ?? {};
  return headed(section('samples', questionTitle(context, '2.3', 'final samples')), [
    ...finalSamples(context, models),
    ...discussion(discuss(SAMPLE_RULES.slice(0, 1), facts)),
    ...qualityTable([
      ...measured,
      ...(measured.length > 0 && unigram !== undefined
        ? [{ name: 'character unigram', quality: meanQuality([unigram])! }]
        : []),
      ...(measured.length > 0 && real !== undefined
        ? [{ name: 'real test texts', quality: { ...meanQuality([real])!, copiedTest: undefined } }]
        : []),
    ]),
  ]);
}

export function samplesOfBest(context: ReportContext): Block[] {
  const { best, facts } = context;
  if (best === undefined) return [];
  return headed(section('samples-along', questionTitle(context, '2.4', 'samples during training')), [
    ...samplesAlong(context, best),
    ...discussion(discuss(SAMPLE_RULES.slice(1), facts)),
  ]);
}

/** The first final samples of some groups side by side; nothing where there are none. */
export function finalSamples(context: ReportContext, groups: readonly GroupFacts[]): Block[] {
  const columns = groups.flatMap((group) => {
    const run = shownRun(context, group);
    const texts = run?.finalSamples ?? [];
    return texts.length === 0 ? [] : [{ title: group.name, texts: shownTexts(texts, qualityOf(run)) }];
  });
  const seeds = groups.some(({ runs }) => runs.length > 1)
    ? ' Of several seeds, the one with the lowest validation NLL is shown.'
    : '';
  const caption = withLegend(
    `The first ${inWords(SHOWN)} final samples, at temperature 1 with the weights of the best epoch, uncurated and ` +
      `unedited; all are in samples/final.txt of a run.${seeds}`,
    columns,
  );
  return columns.length === 0 ? [] : [{ kind: 'samples', caption, columns }];
}

/** Texts as in the files of the run, each on one line, with what is known of their words and spans. */
export function shownTexts(
  texts: readonly string[],
  { marked = [] }: Pick<SampleQuality, 'marked'> = {},
  count = SHOWN,
): Text[] {
  return texts.slice(0, count).map((text, i) => {
    const pieces = marked[i] ?? [];
    if (pieces.map((piece) => piece.text).join('') !== text) return escapeLine(text);
    return pieces.map(({ text: piece, ...is }) =>
      is.invented || is.copied ? { sample: escapeLine(piece), ...is } : escapeLine(piece),
    );
  });
}

/** How marks are to be read; nothing where no text has any. */
function withLegend(caption: string, columns: BlockOf<'samples'>['columns']): Text {
  if (columns.every(({ texts }) => texts.every((text) => typeof text === 'string'))) return caption;
  return [
    `${caption} `,
    { sample: 'Invented words', invented: true, copied: false },
    ` (of at least ${inWords(MIN_WORD_CHARACTERS)} characters, in no training text) are in italics; the longest span ` +
      'that one training text has is ',
    { sample: 'underlined', invented: false, copied: true },
    ' where it has at least 12 characters.',
  ];
}

/** Measures of a run's own texts: of one epoch's, or of the final ones. */
function qualityOf(run: ReportRun | undefined, epoch?: number): SampleQuality | undefined {
  const of = epoch === undefined ? 'final' : 'epoch';
  return run?.sampleQualities?.entries.find((entry) => entry.of === of && entry.epoch === epoch)?.quality;
}

/**
 * The first samples of some epochs of a group's training, a column each: the first, the half, and between them one by
 * ratio, since most happens early. Those of the last are the final samples, which stand elsewhere.
 */
export function samplesAlong(context: ReportContext, group: GroupFacts): Block[] {
  const run = shownRun(context, group);
  const saved = [...(run?.samples.keys() ?? [])].sort((a, b) => a - b);
  const last = saved.at(-1);
  if (run === undefined || last === undefined) return [];
  const isShownElsewhere = saved.length > 1 && areShownTexts(run.samples.get(last)!, run);
  const end = epochNumber(last);
  const epochs = chooseEpochs(isShownElsewhere ? saved.slice(0, -1) : saved, [
    0,
    Math.round(Math.sqrt(end)) - 1,
    Math.round(end / 2) - 1,
    ...(isShownElsewhere ? [] : [Infinity]),
  ]);
  return [
    {
      kind: 'samples',
      caption:
        `The first ${inWords(SHOWN_ALONG)} samples of ${run.name} after ` +
        `${epochs.length === 1 ? 'epoch' : 'epochs'} ` +
        `${listed(epochs.map((epoch) => String(epochNumber(epoch))))}, at temperature 1. ` +
        (isShownElsewhere ? `Those after epoch ${end}, the best, are the final samples. ` : '') +
        'Texts are sampled after the first epoch and after every epoch with a new lowest validation NLL.',
      columns: epochs.map((epoch) => ({
        title: `epoch ${epochNumber(epoch)}`,
        texts: shownTexts(run.samples.get(epoch)!, qualityOf(run, epoch), SHOWN_ALONG),
      })),
    },
  ];
}

/** Whether texts begin as the final samples of a run, as far as these are shown. */
function areShownTexts(texts: readonly string[], { finalSamples }: Pick<ReportRun, 'finalSamples'>): boolean {
  return finalSamples !== undefined && isDeepStrictEqual(texts.slice(0, SHOWN), finalSamples.slice(0, SHOWN));
}

/**
 * Of the epochs that samples were saved for, those nearest to the wanted ones (of two equally near, the earlier), each
 * once and in order. `Infinity` wants the last.
 *
 * @example chooseEpochs([0, 1, 2, 7, 9], [0, 5, Infinity]); // [0, 7, 9]
 */
export function chooseEpochs(saved: readonly number[], wanted: readonly number[]): number[] {
  const sorted = [...saved].sort((a, b) => a - b);
  const [first] = sorted;
  if (first === undefined) return [];
  const chosen = wanted.map((epoch) =>
    epoch === Infinity
      ? sorted.at(-1)!
      : sorted.reduce((near, each) => (Math.abs(each - epoch) < Math.abs(near - epoch) ? each : near), first),
  );
  return [...new Set(chosen)].sort((a, b) => a - b);
}

/** Known words of the samples of some groups over their epochs, for the appendix. */
export function samplesFigure(context: ReportContext, groups: readonly GroupFacts[]): Block[] {
  const shown = groups.flatMap((group, i) => {
    const { samplesAlong = [] } = group.runs.find(({ name }) => name === shownRun(context, group)?.name) ?? {};
    const along = samplesAlong.filter(({ quality }) => Number.isFinite(knownShare(quality)));
    return along.length < 2 ? [] : [{ group, along, style: { colourIndex: i, dashed: i > 0 } }];
  });
  if (shown.length === 0) return [];
  return [
    figure(
      'samples-known-words',
      curvesFigure({
        title: 'Known words in samples during training',
        yTitle: 'known words (share)',
        series: shown.map(({ group: { name }, along, style }) => ({
          label: name,
          epochs: along.map(({ epoch }) => epochNumber(epoch)),
          values: along.map(({ quality }) => knownShare(quality)),
          ...style,
        })),
        references: shown.flatMap(({ group: { name, testTexts } }) =>
          testTexts === undefined ? [] : [{ label: `real texts (${name})`, value: knownShare(testTexts) }],
        ),
        height: 200,
      }),
      'Share of words of samples, and of real test texts, that occur in the training texts of each model, after each ' +
        'epoch that texts were sampled after.',
      `Curves of the share of known words against epochs: ${listed(
        shown.map(({ group: { name }, along }) => {
          const [first, last] = [along[0]!, along.at(-1)!].map(({ quality }) => percent(knownShare(quality)));
          return `from ${first!} to ${last!} for ${name}`;
        }),
      )}.`,
    ),
  ];
}

interface QualityRow {
  readonly name: string;
  readonly quality: GroupQuality;
}

function qualityTable(rows: readonly QualityRow[]): Block[] {
  if (rows.length === 0) return [];
  const counts = new Set(rows.map(({ quality }) => quality.texts));
  return [
    table(
      [
        `The final samples in numbers${textsEach(counts)}. The measures are explained `,
        { link: '#method', text: 'in the appendix' },
        counts.size === 1 ? '.' : '; they are comparable only at equal numbers of texts.',
      ],
      rows,
      [
        left('', ({ name }) => name),
        counts.size > 1 && right('texts', ({ quality }) => whole(quality.texts)),
        right('characters per text', ({ quality }) => decimal(quality.meanCharacters, 1)),
        right('known words', ({ quality }) => percent(quality.knownWords)),
        right('copies (training / val. / test)', ({ quality }) => copies(quality)),
        right(
          'longest span (mean, max.)',
          ({ quality: { longestCopy } }) => `${decimal(longestCopy.mean, 1)}, ${whole(longestCopy.max)}`,
        ),
        right('distance to nearest', ({ quality }) => percent(quality.nearest)),
        right('distinct word pairs', ({ quality }) => percent(quality.distinctPairs)),
        right('n-gram NLL (nats per character)', ({ quality }) => three(quality.ngramNllPerCharacter)),
      ],
    ),
  ];
}

/** How many texts there are, where there are equally many everywhere. */
export function textsEach(counts: ReadonlySet<number>): string {
  return counts.size === 1 ? `, ${[...counts].map(whole).join('')} texts each` : '';
}

/** Shares of copies, each of a text that is not among those before it, such as `12.5 / 0 / 0 %`. */
export function copies({
  copied,
  copiedVal,
  copiedTest,
}: Pick<GroupQuality, 'copied' | 'copiedVal' | 'copiedTest'>): string {
  const known = [copied, copiedVal, copiedTest].flatMap((share) => (share === undefined ? [] : percent(share)));
  return known.map((share, i) => (i < known.length - 1 ? share.replace(/\s*%$/u, '') : share)).join(' / ');
}

/** What the columns of the table of samples are. */
export const SAMPLE_MEASURES =
  'Each model is compared with its own training texts, real texts with all of them. Known words are the words of at ' +
  `least ${inWords(MIN_WORD_CHARACTERS)} characters that occur in the training texts, as a share (shorter ones are ` +
  'known by chance); copies are verbatim training texts, and validation or test texts that are no training texts; ' +
  'the longest span is the longest substring shared with one training text; the distance is the edit distance to ' +
  'the nearest training text, over the length of the longer of the two; distinct pairs are the share of different ' +
  'ones among all pairs of neighbouring words; the n-gram NLL is that under the Kneser–Ney model.';
