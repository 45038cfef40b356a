import { SINGLE_RUN_MARGIN } from '../../statistics/compare-groups.js';
import { DIAGNOSIS_THRESHOLDS } from '../../diagnosis/thresholds.js';
import type { Block } from '../../render/document.js';
import type { BaselineSetFacts } from '../facts/types.js';
import { bullets, formula, left, listed, paragraph, section, table } from '../writing/blocks.js';
import { counted, decimal, percent } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import type { ReportContext } from './context.js';
import { MEASURED, measuredBaseline } from './measured.js';
import { cite } from './references.js';
import { SAMPLE_MEASURES } from './samples.js';
import { trainings } from './training-words.js';

/** How everything was measured. */
export function measuring(context: ReportContext): Block[] {
  const { baselines } = context.facts;
  return [...(baselines === undefined ? [] : explainBaselines(baselines)), ...explainMethod(context)];
}

function explainBaselines({ texts, baselines, charactersPerText }: BaselineSetFacts): Block[] {
  const exact = baselines.some(({ id }) => id === 'entropy')
    ? [
        prose`_Exact entropy_: these texts come from a known distribution, and its entropy is the lowest expected NLL
          that any model can have.`,
      ]
    : [];
  return [
    section('baselines', 'Baselines'),
    paragraph(
      prose`An NLL alone says little, so simple models are fitted on the same
        ${counted(texts.train, 'training text')} and measured on the same validation and test texts. Like the
        transformer, each assigns a probability to whole padded texts, so NLLs are comparable. $c(\cdot)$ are
        counts in the training texts; $A$ is the number of characters of the alphabet, and the end of a text is one more
        token.`,
    ),
    bullets(
      prose`_Character unigram over all positions_ (flat): one distribution for all $T = W - 1$ predicted positions of
        a context length $W$, padding included, $p(v) = (c(v) + 1) / (N T + A + 1)$ for $N$ texts. It knows how often
        each token occurs and nothing else.`,
      prose`_Character unigram_: one distribution over characters and the end, $p(v) = (c(v) + 1) / (n + A + 1)$,
        where $n$ counts characters and ends; after the end, padding is certain. A context-free model can hardly do
        better.`,
      prose`_Character unigram by position_: the same for each position separately, smoothed with the unigram. It
        conditions on position, not on context.`,
      prose`_Character bigram_: one distribution for each preceding character, smoothed with the unigram $q$ by the
        method of ${cite('Witten and Bell, 1991')}, $p(v \mid h) = (c(hv) + m_h\, q(v)) / (c(h) + m_h)$, where $m_h$ is
        the number of
        different characters seen after $h$, the end being one.`,
      prose`_Kneser–Ney_: a character $n$-gram model with interpolated modified Kneser–Ney smoothing
        (${cite('Chen and Goodman, 1999')}). From the last $n - 1$ characters $h$, it subtracts a discount $D$ from
        every count and
        redistributes the discounted mass according to the model with the shorter context $h'$, which counts after how
        many different characters a character occurs:`,
    ),
    formula(
      String.raw`p(v \mid h) = \frac{c(hv) - D(c(hv))}{\sum_u c(hu)} + \frac{\sum_u D(c(hu))}{\sum_u c(hu)}\; p(v \mid
        h')`,
      'The Kneser–Ney probability of a character is its discounted count over all counts in the context, plus ' +
        'what the discounts took off times its probability in the shorter context.',
    ),
    bullets(
      prose`_gzip_ and _brotli_: the bytes that a general-purpose compressor needs for the texts after it has
        compressed the training texts, as nats. A code of $b$ bits corresponds to a probability of $2^{-b}$, though
        codes waste a little. gzip looks back 32 KiB only, so it uses just the last part of a larger training set; of
        more than 4 MiB, both use the last 4 MiB.`,
      ...exact,
    ),
    table(
      'The baselines on validation and test texts, simplest first, compressors last. A test text has ' +
        `${decimal(charactersPerText.test, 1)} predicted characters on average, its end included.`,
      baselines.map(measuredBaseline),
      [
        { ...MEASURED.model, header: 'baseline' },
        MEASURED.valNll,
        MEASURED.testNll,
        MEASURED.bits,
        MEASURED.perplexity,
        MEASURED.accuracy,
        MEASURED.testTop1,
      ],
    ),
  ];
}

function explainMethod(context: ReportContext): Block[] {
  const { facts } = context;
  const { origin } = facts;
  const ways = trainings(context);
  const hasSamples = facts.groups.some(({ samples }) => samples !== undefined);
  const { clearNoise, clearShare, baselineMargin, oneCharacterShare } = DIAGNOSIS_THRESHOLDS;
  const rows: readonly (readonly [what: string, value: string])[] = [
    ['started', [...new Set([origin.begun, origin.lastBegun].map(minuteOf))].join(' to ')],
    ['Letterpress', listed(origin.letterpress)],
    ['Node.js', listed(origin.node)],
    ['platform', listed(origin.platforms)],
    ['backend', listed(origin.backends)],
    ['recipe', listed(origin.recipes)],
    ['seeds', listed(origin.seeds.map(String))],
    ['padding', listed([...new Set(facts.groups.map(({ padding }) => padding))])],
    ['texts', `${facts.data.name} (fingerprint ${facts.data.fingerprint.slice(0, 16)})`],
  ];
  return [
    section('method', 'Figures, rules and intervals'),
    bullets(
      ...(ways.length > 1 ? ways.map(({ names, words }) => prose`_Training of ${names}._ ${words}`) : []),
      prose`_Early stopping._ The weights of the epoch with the lowest validation NLL are kept; test figures and samples
        come from them.`,
      prose`_NLL and top-1_ are computed per text over the whole context length and averaged over texts. Training NLL
        is the mean over an epoch while the weights change, with dropout, so it may exceed validation NLL.`,
      ...(hasSamples ? [prose`_Samples in numbers._ ${SAMPLE_MEASURES}`] : []),
      prose`_Diagnosis._ A curve is called still improving, converged, overfitting, failed or diverged by fixed rules,
        in which differences count only if they exceed ${clearNoise} times the noise of the curve and
        ${percent(clearShare)} of the NLL. A training has failed if its best NLL is less than
        ${percent(baselineMargin, 0)} below the best context-free baseline, or below it by less than
        ${percent(oneCharacterShare, 0)} of what one character of context gains (the bigram), and its trend would not
        get there in as many epochs again. All rules are in
        ${code('docs/diagnosis.md')}.`,
      prose`_Better or worse._ With several seeds, a model is called better if the 95 % interval of the difference of
        the means (Welch) excludes 0. With one seed each, it is called better only if the figures differ by more than
        ${percent(SINGLE_RUN_MARGIN, 0)}: a convention, taken from the spread of three seeds of one model. Where many
        pairs are compared, some differ by chance.`,
    ),
    section('origin', 'Origin of the figures'),
    table('The runs of this report. The same command and seed give the same bits, with any number of threads.', rows, [
      left('', ([what]) => what),
      left('', ([, value]) => value),
    ]),
    paragraph(
      'The file results.json next to this report has every figure in full precision; the folder figures has ' +
        'every picture as SVG and PDF.',
    ),
  ];
}

function minuteOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
