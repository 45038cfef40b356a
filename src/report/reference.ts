/**
 * The results of the original notebook, which was published with a written report. They come from other headlines, one
 * seed, and a T4 GPU, so they say what order of magnitude to expect and no more.
 */
import { formatCount } from '../format.js';
import type { ModelConfig } from '../nn/config.js';
import { presetConfig, type PresetName } from '../nn/presets.js';
import { agreeIn } from '../runs/compare-configs.js';

/** Test texts of the notebook. Its top-1 totals began at 1 instead of 0: its figures are too high by one over this. */
const REFERENCE_TEST_TEXTS = 1084;

/** Characters of a text of the notebook, about, without its end. */
export const REFERENCE_CHARACTERS_PER_TEXT = 54;

const OTHER_RUN = (pearson: string) =>
  `The notebook’s correlation comes from another of its runs: the log of this one gives ${pearson}.`;

type Optional = 'epochsRunAtLeast' | 'notes';
type Reported = Omit<ReferenceSize, 'correctedTop1' | Optional> & Partial<Pick<ReferenceSize, Optional>>;

export interface ReferenceSize {
  readonly preset: PresetName;
  readonly testNll: number;
  /** As reported. */
  readonly testTop1: number;
  readonly correctedTop1: number;
  readonly pearson: number;
  readonly bestValNll: number;
  /** From 0. */
  readonly bestEpoch: number;
  readonly epochsRun: number;
  /** True where its log breaks off. */
  readonly epochsRunAtLeast: boolean;
  readonly notes: readonly string[];
}

const REPORTED: readonly Reported[] = [
  {
    preset: '87k',
    testNll: 98.321,
    testTop1: 0.8041,
    pearson: -0.981,
    bestValNll: 95.48,
    bestEpoch: 99,
    epochsRun: 111,
  },
  {
    preset: '557k',
    testNll: 90.955,
    testTop1: 0.8196,
    pearson: -0.976,
    bestValNll: 87.109,
    bestEpoch: 33,
    epochsRun: 45,
  },
  {
    preset: '5m',
    testNll: 89.47,
    testTop1: 0.8217,
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
    testNll: 166.645,
    testTop1: 0.6712,
    pearson: -0.917,
    bestValNll: 163.183,
    bestEpoch: 2,
    epochsRun: 14,
    notes: [
      OTHER_RUN('−0.99995'),
      'The notebook called this overfitting. Its lowest validation NLL, in its third epoch, is no better than that ' +
        'of a context-free model; a training NLL, which would tell, was not logged.',
    ],
  },
];

/** From small to large. */
export const REFERENCE_SIZES: readonly ReferenceSize[] = REPORTED.map((size) => ({
  epochsRunAtLeast: false,
  notes: [],
  ...size,
  correctedTop1: size.testTop1 - 1 / REFERENCE_TEST_TEXTS,
}));

/** What holds for all figures of the notebook. */
export const REFERENCE_NOTES: readonly string[] = [
  `The notebook trained on other headlines (about ${REFERENCE_CHARACTERS_PER_TEXT} characters each, spring 2020), so ` +
    'its nats per text compare with those of texts of that length only.',
  'It trained one seed of each size, with every position up to the context length in its loss, on a T4 GPU in float32.',
  `Its top-1 totals began at 1 instead of 0: every figure is too high by ` +
    `1/${formatCount(REFERENCE_TEST_TEXTS)}, which is subtracted here.`,
];

/** The notebook's model of a run's shape: full-width heads, LayerNorm after each addition, whatever the training. */
export function referenceOf(model: ModelConfig | undefined): ReferenceSize | undefined {
  return REFERENCE_SIZES.find(({ preset }) => model !== undefined && agreeIn(model, presetConfig(preset), DECISIVE));
}

const DECISIVE = ['mlpRatio', 'heads', 'layers', 'dModel', 'norm', 'headWidth', 'vocabulary', 'contextLength'];
