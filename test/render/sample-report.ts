/** A report with every kind of block, in quantities and shapes that are hard to lay out. */
import type { Block, Column, Inline, ReportDocument, Text } from '../../src/render/document.js';
import { rules, svgDocument, texts } from '../../src/figures/drawing/svg.js';
import { AXIS_INK, CURVE_COLOURS } from '../../src/figures/style.js';
import { curvesFigure } from '../../src/figures/curves.js';
import { Random } from '../../src/random.js';

const WORDS = 'storm closes harbour as ferries wait for calmer sea museum finds lost painting in its own cellar'.split(
  ' ',
);

/** Characters beyond Western Europe, some of them beyond the basic plane. */
export const UNUSUAL =
  'Ærøskøbing, Łódź, İstanbul, Αθήνα, Москва, Việt Nam, Հայաստան, საქართველო; τ → ∞, x ≤ y − 1, “quoted” – “dash”';

/** Rows of the long table: enough for several pages. */
export const LONG_ROWS = 120;
/** Texts of the long list of samples: enough for several pages of columns. */
const LONG_SAMPLES = 150;

/** Made-up texts: the same number gives the same texts. */
function madeUpTexts(count: number, seed: number): string[] {
  const random = new Random(seed, 'test');
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: 3 + random.integer(9) }, () => WORDS[random.integer(WORDS.length)]!)
      .concat(`no ${index}`)
      .join(' '),
  );
}

/** A small drawing with a layer that is named as a class of the page is. */
export function sampleDrawing(height: number, text = 'a − b, τ = 0.8', colour: string = CURVE_COLOURS[0]): string {
  return svgDocument({ title: '', layers: [] }, height, [
    rules('line', [{ x: 10, x2: 630, y: height - 30, y2: 30 }], { colour }),
    rules('axis', [{ x: 10, x2: 630, y: height - 20, y2: height - 20 }], { colour: AXIS_INK }),
    texts('subtitle', [{ x: 20, y: 24, text }], { fontSize: 12 }),
  ]);
}

/** A text with an invented word, and a copied span in which another one stands. */
export const MARKED: readonly Inline[] = [
  'storm ',
  { sample: 'harbear', invented: true, copied: false },
  { sample: ' as ferries', invented: false, copied: true },
  { sample: ' calmer', invented: true, copied: true },
];

const heading = (level: 1 | 2 | 3, id: string, text: string): Block => ({ kind: 'heading', level, id, text });
const list = (ordered: boolean, items: Text[]): Block => ({ kind: 'list', ordered, items });
const left = (header: string): Column => ({ header, align: 'left' });
const right = (header: string): Column => ({ header, align: 'right' });
/** Text of several pieces: what stands within $…$ is a formula. */
const withFormulas = (text: string): Inline[] =>
  text.split('$').map((part, index) => (index % 2 === 0 ? part : { formula: part }));

export function sampleReport(): ReportDocument {
  const curves = curvesFigure({
    title: 'Validation NLL of four sizes',
    subtitle: 'with the unigram that knows whether the text has ended',
    yTitle: 'NLL (nats per text)',
    series: ['87k', '557k', '5m', '10m'].map((label, i) => ({
      label,
      epochs: [0, 1, 2],
      values: [180, 120, 95 - 3 * i],
    })),
    references: [{ label: 'character unigram', value: 163.18 }],
  });
  const blocks: Block[] = [
    { kind: 'contents' },
    heading(1, 'summary', 'What was found'),
    {
      kind: 'paragraph',
      text: [
        'A model of ',
        { strong: 'short texts' },
        ...withFormulas(
          ' gives each character a probability, $p(x_t \\mid x_{<t})$, so that a text of $T$ characters has the ' +
            'probability $\\prod_{t=1}^{T} p(x_t \\mid x_{<t})$. The loop that draws characters is ',
        ),
        { emphasis: 'ancestral sampling' },
        '; the start is ',
        { code: 'cls' },
        '. See ',
        { link: '#curves', text: 'the curves' },
        ' and ',
        { link: 'https://arxiv.org/abs/1706.03762', text: 'the paper' },
        ...withFormulas(
          '. Words that go on for a while, so that lines have to be broken and fractions like ' +
            '$\\frac{e^{z_i/\\tau}}{\\sum_j e^{z_j/\\tau}}$ stand between lines of ordinary text without ' +
            'being cut; and some more words after that.',
        ),
      ],
    },
    { kind: 'note', text: ['Trained for a few steps only: ', { strong: 'no conclusions' }, '. ', UNUSUAL] },
    {
      kind: 'table',
      caption: withFormulas('The four sizes, with $\\mathrm{NLL} = -\\sum_t \\log p(x_t \\mid x_{<t})$'),
      columns: [left('size'), right('parameters'), right('test NLL (nats per text)'), right('top-1 (share)')],
      rows: [
        ['87k', '87,289', '98.32', '0.8041'],
        ['557k', '556,919', '90.96', '0.8196'],
        ['5m', '5,097,821', '89.47', '0.8217'],
        ['10m', '10,122,749', '−166.65 ± 0.02', '0.6712'],
      ],
      emphasised: [2],
    },
    heading(
      2,
      'curves-all',
      'Curves of all sizes, one of them with a heading that is long enough to need a second line on paper',
    ),
    {
      kind: 'figure',
      id: 'curves',
      svg: curves,
      caption: withFormulas('Validation NLL, by epoch; $\\tau = 1$.'),
      description: 'Four falling curves.',
    },
    list(false, [
      'The first thing that the numbers show.',
      withFormulas(
        'A second one, with $D \\cdot H$ and enough words that it does not fit on a single line of an ordinary page.',
      ),
      UNUSUAL,
    ]),
    list(
      true,
      'abcdefghijk'.split('').map((step) => `Step ${step} of the loop.`),
    ),
    heading(3, 'details', 'Details'),
    {
      kind: 'formula',
      tex:
        'p_i = \\frac{e^{z_i/\\tau}}{\\sum_{j} e^{z_j/\\tau}}, \\qquad ' +
        '\\mathrm{softmax}\\left(\\frac{QK^\\top}{\\sqrt{D}} + M\\right)V',
      words: 'p i is e to the z i over tau, divided by the sum of the same over all j',
    },
    {
      kind: 'formula',
      tex:
        '\\begin{aligned} h_0 &= E_{x} + P_{1:T} \\\\ ' +
        "h_{\\ell}' &= \\operatorname{LayerNorm}(h_{\\ell} + \\operatorname{MSHA}(h_{\\ell})) \\\\ " +
        "h_{\\ell+1} &= \\operatorname{LayerNorm}(h_{\\ell}' + \\operatorname{MLP}(h_{\\ell}')) \\end{aligned}",
      words: 'three lines that define a block',
    },
    {
      kind: 'code',
      file: 'src/sample.ts',
      caption: 'A loop of the sources,',
      text: `for (let t = 0; t < T; t++) {\n  draw(p[t]); // <${'long '.repeat(16)}>\n}`,
    },
    ...Array.from({ length: 8 }, (_, index): Block => ({
      kind: 'paragraph',
      text: `Paragraph ${index}. ${madeUpTexts(12, 20 + index).join(', ')}.`,
    })),
    heading(1, 'tables', 'Tables'),
    {
      kind: 'table',
      caption: 'A table with many columns, as comparisons of runs have',
      columns: [
        left('run'),
        ...Array.from({ length: 12 }, (_, index) => right(`measure ${index + 1} (nats per text)`)),
      ],
      rows: ['87k, seed 0', '557k, first 1,000 texts', '5m'].map((name, row) => [
        name,
        ...Array.from({ length: 12 }, (_, column) => (row * 100 + column * 7.123).toFixed(3)),
      ]),
    },
    {
      kind: 'table',
      caption: 'A table of words, whose cells need more than one line',
      columns: [left('what'), left('what the source reported, and why it is different here'), right('value')],
      rows: Array.from({ length: 6 }, (_, row) => [
        `measure ${row + 1}`,
        madeUpTexts(3, row).join('; '),
        (row * 3.5).toFixed(2),
      ]),
    },
    {
      kind: 'table',
      caption: 'A long table, which goes over several pages of paper and repeats its header on each',
      columns: [right('epoch'), left('text'), right('NLL (nats)')],
      rows: madeUpTexts(LONG_ROWS, 7).map((text, row) => [
        `${row}`,
        `row-${row} ${text}`,
        (200 / (row + 1)).toFixed(3),
      ]),
      emphasised: [0, 50, LONG_ROWS - 1],
    },
    heading(1, 'samples', 'Samples'),
    {
      kind: 'samples',
      caption: 'Texts of one model',
      columns: [{ title: '557k, τ = 1', texts: madeUpTexts(LONG_SAMPLES, 1) }],
    },
    heading(2, 'samples-compared', 'Side by side'),
    {
      kind: 'samples',
      caption: 'Texts of five temperatures; some are empty, one is without spaces',
      columns: ['0.01', '0.1', '0.5', '0.8', '1.0'].map((tau, index) => ({
        title: `τ = ${tau}`,
        texts: index === 3 ? ['', '', 'a'.repeat(140), UNUSUAL] : madeUpTexts(12 + index, index),
      })),
    },
    {
      kind: 'samples',
      caption: 'Two models, one of which wrote nothing',
      columns: [
        { title: 'all texts', texts: [MARKED, ...madeUpTexts(20, 3)] },
        { title: 'first 1,000 texts', texts: [] },
      ],
    },
    heading(1, 'figures', 'Many figures'),
    ...Array.from({ length: 7 }, (_, index): Block => ({
      kind: 'figure',
      id: `drawing-${index}`,
      svg: sampleDrawing(180 + 40 * index),
      caption: `Drawing ${index}: ${madeUpTexts(index + 1, index).join(', ')}.`,
      description: `Drawing number ${index}`,
    })),
    heading(2, 'end', 'The end'),
    { kind: 'paragraph', text: 'A last line.' },
  ];
  return {
    title: 'Characters, one after another: a study of short texts',
    subtitle: 'Four sizes on 8,664 made-up texts',
    date: '2020-03-07T10:00:00Z',
    blocks,
  };
}
