import { escapeLine } from '../../escapes.js';
import { epochNumber } from '../../format.js';
import { panelsFigure } from '../../figures/panels.js';
import type { Block } from '../../render/document.js';
import { MIN_WORD_CHARACTERS, type SampleQuality } from '../../texts/texts-schema.js';
import type { GroupFacts, QualityFigures, RunFacts } from '../facts/types.js';
import { figure, headed, left, listed, right, section, table } from '../writing/blocks.js';
import { decimal, inWords, percent, three, whole } from '../writing/numbers.js';
import { idOf, shownRun, type ReportContext } from './context.js';

/** Texts of each model, epoch or temperature that are shown: all others are files of the runs. */
export const SHOWN = 6;
/** Epochs, from 0, that samples are shown of: early ones, where most happens, then ever fewer, and the last. */
const EPOCHS = [0, 1, 3, 8, 20, Infinity];

export function samples(context: ReportContext): Block[] {
  const { models, facts, best } = context;
  const measured = facts.groups
    .filter(({ role }) => role !== 'second-recipe')
    .flatMap(({ name, samples: figures }) => (figures === undefined ? [] : [groupQuality(name, figures)]));
  const real = models.find(({ testTexts }) => testTexts !== undefined)?.testTexts;
  const unigram = models.find(({ unigramTexts }) => unigramTexts !== undefined)?.unigramTexts;
  return [
    ...headed(section('samples', models.length === 1 ? 'Samples of the model' : 'Samples of the models'), [
      ...finalSamples(context, models),
      ...qualityTable([
        ...measured,
        ...(measured.length > 0 && unigram !== undefined ? [{ name: 'character unigram', quality: unigram }] : []),
        ...(measured.length > 0 && real !== undefined
          ? [{ name: 'real test texts', quality: { ...real, copiedTest: undefined } }]
          : []),
      ]),
    ]),
    ...(best === undefined ? [] : samplesAlong(context, best, EPOCHS)),
  ];
}

/** The first final samples of some groups side by side; nothing where there are none. */
export function finalSamples(context: ReportContext, groups: readonly GroupFacts[]): Block[] {
  const columns = groups.flatMap((group) => {
    const texts = shownRun(context, group)?.finalSamples ?? [];
    return texts.length === 0 ? [] : [{ title: group.name, texts: shownTexts(texts) }];
  });
  const seeds = groups.some(({ runs }) => runs.length > 1)
    ? ' Of several seeds, the one with the lowest validation NLL is shown.'
    : '';
  const caption =
    `The first ${SHOWN} final samples, at temperature 1 with the weights of the best epoch, uncurated and unedited; ` +
    `all are in samples/final.txt of a run.${seeds}`;
  return columns.length === 0 ? [] : [{ kind: 'samples', caption, columns }];
}

/** As in the files of the run: each on one line. */
export function shownTexts(texts: readonly string[]): string[] {
  return texts.slice(0, SHOWN).map(escapeLine);
}

/** The first samples of some epochs of a group's training, a column each, and their measures. */
export function samplesAlong(context: ReportContext, group: GroupFacts, wanted: readonly number[]): Block[] {
  const run = shownRun(context, group);
  const along = group.runs.find(({ name }) => name === run?.name);
  if (run === undefined || along === undefined || run.samples.size === 0) return [];
  const epochs = chooseEpochs([...run.samples.keys()], wanted);
  const id = `samples-along-${idOf(group.name)}`;
  return [
    section(id, `Samples during the training of ${run.name}`),
    {
      kind: 'samples',
      caption:
        `The first ${SHOWN} samples after ${epochs.length === 1 ? 'epoch' : 'epochs'} ` +
        `${listed(epochs.map((epoch) => String(epochNumber(epoch))))}, at temperature 1. Texts are sampled after the ` +
        'first epoch and after every epoch with a new lowest validation NLL.',
      columns: epochs.map((epoch) => ({
        title: `epoch ${epochNumber(epoch)}`,
        texts: shownTexts(run.samples.get(epoch)!),
      })),
    },
    ...qualityAlong(id, along, group.testTexts),
  ];
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

function qualityAlong(id: string, run: RunFacts, real: SampleQuality | undefined): Block[] {
  const { name, samplesAlong: along } = run;
  const [first, last] = [along[0], along.at(-1)];
  if (first === undefined || last === undefined || along.length < 2) return [];
  const panel = (yTitle: string, figureOf: (quality: SampleQuality) => number) => ({
    yTitle,
    values: along.map(({ quality }) => figureOf(quality)),
    ...(real && { reference: { label: 'real test texts', value: figureOf(real) } }),
  });
  return [
    figure(
      `${id}-quality`,
      panelsFigure({
        title: 'Samples during training',
        subtitle: name,
        xTitle: 'epoch',
        x: along.map(({ epoch }) => epochNumber(epoch)),
        panels: [
          panel('known words (share)', ({ knownWords }) => knownWords.share),
          panel('longest copied span (characters)', ({ longestCopy }) => longestCopy.mean),
          panel('n-gram NLL (nats per character)', ({ ngramNllPerCharacter }) => ngramNllPerCharacter),
        ],
      }),
      'Samples during training in numbers: the share of words of at least four characters that occur in the ' +
        'training texts, the longest ' +
        'span shared with a training text (mean over samples), and the NLL under the Kneser–Ney model, used as ' +
        'an independent evaluator.',
      `Three line charts against epochs. The share of known words is ${percent(first.quality.knownWords.share)} in ` +
        `epoch ${epochNumber(first.epoch)} and ${percent(last.quality.knownWords.share)} in epoch ` +
        `${epochNumber(last.epoch)}.`,
    ),
  ];
}

interface QualityRow {
  readonly name: string;
  readonly quality: Omit<SampleQuality, 'distinct' | 'ngramNll' | 'knownWords' | 'copiedTest'> & {
    readonly copiedTest?: number | undefined;
    readonly distinct: { readonly pairs: number };
    readonly knownWords: { readonly share: number };
  };
}

function groupQuality(name: string, figures: QualityFigures): QualityRow {
  return {
    name,
    quality: {
      texts: figures.texts,
      meanCharacters: figures.meanCharacters.mean,
      knownWords: { share: figures.knownWords.mean },
      copied: figures.copied.mean,
      copiedVal: figures.copiedVal.mean,
      copiedTest: figures.copiedTest.mean,
      longestCopy: {
        mean: figures.longestCopyMean.mean,
        max: Math.max(...figures.longestCopyMax.values.filter(Number.isFinite)),
      },
      nearest: figures.nearest.mean,
      distinct: { pairs: figures.distinctPairs.mean },
      ngramNllPerCharacter: figures.ngramNllPerCharacter.mean,
    },
  };
}

function qualityTable(rows: readonly QualityRow[]): Block[] {
  if (rows.length === 0) return [];
  return [
    table(
      'The final samples in numbers, each model compared with its own training texts, real texts with all of them. ' +
        `Known words are the words of at least ${inWords(MIN_WORD_CHARACTERS)} characters that occur in the training ` +
        'texts, as a share (shorter ones are known by chance); copies are verbatim training texts, and validation ' +
        'or test texts that are no training texts; the longest span is the longest substring shared with one ' +
        'training text; the distance is the edit distance to the nearest training text, over the length of the ' +
        'longer of the two; distinct pairs are the share of different ones among all pairs of neighbouring words; ' +
        'the n-gram NLL is that under the Kneser–Ney model. ' +
        'Figures are comparable only at equal numbers of texts.',
      rows,
      [
        left('', ({ name }) => name),
        right('texts', ({ quality }) => whole(quality.texts)),
        right('characters per text', ({ quality }) => decimal(quality.meanCharacters, 1)),
        right('known words', ({ quality }) => percent(quality.knownWords.share)),
        right('copies (training, validation, test)', ({ quality }) => copies(quality)),
        right(
          'longest copied span (mean, maximum)',
          ({ quality: { longestCopy } }) => `${decimal(longestCopy.mean, 1)}, ${whole(longestCopy.max)}`,
        ),
        right('distance to nearest', ({ quality }) => percent(quality.nearest)),
        right('distinct word pairs', ({ quality }) => percent(quality.distinct.pairs)),
        right('n-gram NLL (nats per character)', ({ quality }) => three(quality.ngramNllPerCharacter)),
      ],
    ),
  ];
}

/** Shares of copies, each of a text that is not among those before it. */
export function copies({ copied, copiedVal, copiedTest }: QualityRow['quality']): string {
  return [copied, copiedVal, copiedTest].map((share) => percent(share)).join(', ');
}
