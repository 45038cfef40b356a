/**
 * The results of the source, a PyTorch notebook with a written report, which measured figures are shown beside. They come from other
 * headlines, one seed, and a T4 GPU, so they say what order of magnitude to expect and no more.
 */

/** Test texts of the source. Its top-1 totals began at 1 instead of 0, so that its figures are too high by one over this. */
export const REFERENCE_TEST_TEXTS = 1084;

/** Characters of a text of the source, about, without its end. */
export const REFERENCE_CHARACTERS_PER_TEXT = 54;

/** One of the source's four models, and its results. */
export interface ReferenceSize {
  /** Name of its preset. */
  readonly preset: '87k' | '557k' | '5m' | '10m';
  readonly parameters: number;
  readonly shape: {
    readonly mlpRatio: number;
    readonly heads: number;
    readonly layers: number;
    readonly dModel: number;
  };
  /** Nats per text. */
  readonly testNll: number;
  /** As reported. */
  readonly testTop1: number;
  /** Without the source's mistake: {@link testTop1} − 1 / {@link REFERENCE_TEST_TEXTS}. */
  readonly correctedTop1: number;
  /** Of validation NLL and top-1 over epochs, as reported. */
  readonly pearson: number;
  readonly bestValNll: number;
  readonly bestEpoch: number;
  readonly epochsRun: number;
  /** Its log breaks off, so that it ran for that many epochs at least. */
  readonly epochsRunAtLeast: boolean;
  /** What a reader has to know about these figures. */
  readonly notes: readonly string[];
}

const OTHER_RUN = (pearson: string) =>
  `The source’s correlation comes from another of its runs: the log of this one gives ${pearson}.`;

/** By size, from small to large. */
export const REFERENCE_SIZES: readonly ReferenceSize[] = [
  {
    preset: '87k',
    parameters: 87_289,
    shape: { mlpRatio: 10, heads: 5, layers: 5, dModel: 20 },
    testNll: 98.321,
    ...top1(0.8041),
    pearson: -0.981,
    bestValNll: 95.48,
    bestEpoch: 99,
    epochsRun: 111,
    epochsRunAtLeast: false,
    notes: [],
  },
  {
    preset: '557k',
    parameters: 556_919,
    shape: { mlpRatio: 50, heads: 5, layers: 5, dModel: 30 },
    testNll: 90.955,
    ...top1(0.8196),
    pearson: -0.976,
    bestValNll: 87.109,
    bestEpoch: 33,
    epochsRun: 45,
    epochsRunAtLeast: false,
    notes: [],
  },
  {
    preset: '5m',
    parameters: 5_097_821,
    shape: { mlpRatio: 170, heads: 6, layers: 6, dModel: 48 },
    testNll: 89.47,
    ...top1(0.8217),
    pearson: -0.879,
    bestValNll: 86.29,
    bestEpoch: 28,
    epochsRun: 40,
    epochsRunAtLeast: true,
    notes: [
      OTHER_RUN('−0.998 over the epochs that can be read'),
      'The log of this run breaks off, so that its best epoch is the best of those that can be read.',
    ],
  },
  {
    preset: '10m',
    parameters: 10_122_749,
    shape: { mlpRatio: 220, heads: 6, layers: 6, dModel: 60 },
    testNll: 166.645,
    ...top1(0.6712),
    pearson: -0.917,
    bestValNll: 163.183,
    bestEpoch: 2,
    epochsRun: 14,
    epochsRunAtLeast: false,
    notes: [
      OTHER_RUN('−0.99995'),
      'The source called this overfitting. It is a failed optimisation: the model stays where one that ignores its context would.',
    ],
  },
];

/** What holds for all figures of the source. */
export const REFERENCE_NOTES: readonly string[] = [
  `The source trained on other headlines (about ${REFERENCE_CHARACTERS_PER_TEXT} characters a text, from spring 2020), so its nats per text compare with those of texts of that length only.`,
  'It trained one seed of each size, with every position up to the context length in its loss, on a T4 GPU in float32.',
  `Its top-1 totals began at 1 instead of 0: every figure is too high by 1/${REFERENCE_TEST_TEXTS.toLocaleString('en')}, which is taken off here.`,
];

function top1(reported: number): { readonly testTop1: number; readonly correctedTop1: number } {
  return { testTop1: reported, correctedTop1: reported - 1 / REFERENCE_TEST_TEXTS };
}

/**
 * The source's model of a shape, if it is one of its four: full-width heads and LayerNorm after each addition, whatever the training.
 *
 * @param model the configuration's options beside the shape
 */
export function referenceOf(
  shape: ReferenceSize['shape'] | undefined,
  model: Readonly<Record<string, unknown>>,
): ReferenceSize | undefined {
  if (shape === undefined || model['norm'] !== 'post' || model['headWidth'] !== 'full') return undefined;
  if (model['vocabulary'] !== 29 || model['contextLength'] !== 150) return undefined;
  return REFERENCE_SIZES.find(
    ({ shape: { mlpRatio, heads, layers, dModel } }) =>
      mlpRatio === shape.mlpRatio && heads === shape.heads && layers === shape.layers && dModel === shape.dModel,
  );
}
