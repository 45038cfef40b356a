import type { Block } from '../../../render/document.js';
import type { BaselineSetFacts } from '../../facts/types.js';
import { curvesFigure } from '../../../figures/index.js';
import { bullets, figure, formula, left, listed, paragraph, right, section, table } from '../../writing/blocks.js';
import { decimal, nats, three, top1, whole } from '../../writing/numbers.js';
import { prose } from '../../writing/prose.js';

/** What the baselines are, each with its definition, and how they do. */
export function explainBaselines(baselines: BaselineSetFacts | undefined): Block[] {
  if (baselines === undefined) return [];
  return [
    section('baselines', 'Baselines'),
    paragraph(
      prose`An NLL alone says little. So simple models are fitted on the same ${whole(baselines.texts.train)} training texts and measured on the same validation and
        test texts. Each of them gives a probability to whole padded texts, as the transformer does, so their NLLs compare. $c(\cdot)$ counts in the
        training texts, $A$ is the number of characters, and “character” includes the end of the text.`,
    ),
    bullets(
      prose`_Character unigram over all positions_ (flat): one distribution for all $W - 1$ positions of the context length, pads included,
        $p(v) = (c(v) + 1) / (N (W - 1) + A + 1)$ for $N$ texts. It knows how often each token occurs and nothing else.`,
      prose`_Character unigram_: one distribution over characters and the end, $p(v) = (c(v) + 1) / (n + A + 1)$ for $n$ characters; after the end, pads are certain. A
        model that ignores the characters before can do no better than this by much.`,
      prose`_Character unigram by position_: the same for each position by itself, smoothed with the unigram. It knows where it is, but not what stands
        before.`,
      prose`_Character bigram_: one distribution after each character, smoothed with the unigram $q$ by Witten and Bell’s method,
        $p(v \mid h) = (c(hv) + m_h\, q(v)) / (c(h) + m_h)$, where $m_h$ is the number of different characters seen after $h$.`,
      prose`_Kneser–Ney_: an $n$-gram model of characters with interpolated modified Kneser–Ney smoothing (Chen and Goodman, 1999). It looks at the last
        $n - 1$ characters $h$, takes a discount $D$ off every count, and shares out what it took by the model with the shorter context $h'$, which counts after how
        many different characters a character occurs:`,
    ),
    formula(
      String.raw`p(v \mid h) = \frac{c(hv) - D(c(hv))}{\sum_u c(hu)} + \frac{\sum_u D(c(hu))}{\sum_u c(hu)}\; p(v \mid h')`,
      'The Kneser–Ney probability of a character is its discounted count over all counts in the context, plus what the discounts took off times its probability in the shorter context.',
    ),
    bullets(
      prose`_gzip_ and _brotli_: the bytes that a general compressor needs for the texts when it has just compressed the training texts, as nats. A code of
        $b$ bits acts like a probability of $2^{-b}$, though codes waste a little.`,
      ...(baselines.baselines.some(({ id }) => id === 'entropy')
        ? [
            prose`_Exact entropy_: these texts come from a known distribution, and its entropy is the lowest mean NLL that any model can have on many of them.`,
          ]
        : []),
    ),
    table(
      `The baselines on validation and test texts, from the weakest kind on; ${decimal(baselines.charactersPerText.test, 1)} characters of a test text are predicted on average, ends included.`,
      [
        left('baseline'),
        right('validation NLL (nats per text)'),
        right('test NLL (nats per text)'),
        right('bits per character'),
        right('perplexity per character'),
        right('test top-1'),
      ],
      baselines.baselines.map((each) => [
        each.label,
        nats(each.valNll),
        nats(each.testNll),
        three(each.bitsPerCharacter),
        decimal(each.perplexityPerCharacter, 2),
        top1(each.testTop1),
      ]),
    ),
    ...kneserNeyOrders(baselines),
  ];
}

function kneserNeyOrders({ kneserNeyByOrder: tried }: BaselineSetFacts): Block[] {
  if (tried.length < 2) return [];
  const best = tried.reduce((lowest, each) => (each.valNll < lowest.valNll ? each : lowest));
  return [
    figure(
      'kneser-ney-orders',
      curvesFigure({
        title: 'Kneser–Ney models by order',
        xTitle: 'order (characters, the predicted one included)',
        yTitle: 'validation NLL (nats per text)',
        series: [
          {
            label: 'Kneser–Ney',
            epochs: tried.map(({ order }) => order),
            values: tried.map(({ valNll }) => valNll),
            markEpoch: best.order,
          },
        ],
        height: 240,
      }),
      `Validation NLL of the Kneser–Ney models that were tried. The one with the lowest, of order ${best.order}, is the baseline; the search ends when two orders in a row are no better.`,
      `Curve of validation NLL against order: ${listed(tried.map(({ order, valNll }) => `${nats(valNll)} at order ${order}`))}.`,
    ),
  ];
}
