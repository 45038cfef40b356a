import { LetterpressError } from '../errors.js';
import { Random } from '../random.js';
import { augmentTexts } from './augmentation.js';
import type { DistillationSet } from './distillation/distillation-set.js';
import type { TrainingSettings } from './settings.js';

/** Texts as tokens of their characters, without cls and pads. */
export interface EncodedSplits {
  readonly train: readonly Uint16Array[];
  readonly val: readonly Uint16Array[];
  /** Token of the space, which ends words; without one, texts have no words to shuffle. */
  readonly space?: number | undefined;
  /** Texts and probabilities of a teacher, for settings that use them. */
  readonly distillationSet?: DistillationSet | undefined;
}

/** A text that is trained on. */
export type TrainingText =
  | { readonly from: 'corpus'; readonly tokens: Uint16Array }
  /** With its number in the distillation set. */
  | { readonly from: 'teacher'; readonly tokens: Uint16Array; readonly number: number };

/**
 * The texts of each epoch: the training texts, augmented, and then some of the distillation set. Which ones is a
 * function of seed and epoch: all of them once, in random order, before any comes again.
 */
export class EpochTexts {
  readonly count: number;
  private readonly fromTeacher: number;

  constructor(
    private readonly data: EncodedSplits,
    private readonly settings: Pick<TrainingSettings, 'augmentation' | 'distillationSet'>,
    private readonly seed: number,
  ) {
    if (settings.augmentation.shift) checkPieces(data.train);
    this.fromTeacher = teacherTexts(data.train.length, settings.distillationSet?.fraction ?? 0);
    this.count = data.train.length + this.fromTeacher;
  }

  of(epoch: number): readonly TrainingText[] {
    const { train, space, distillationSet } = this.data;
    const augmented = augmentTexts(train, space, this.settings.augmentation, this.seed, epoch);
    const own = augmented.map((tokens): TrainingText => ({ from: 'corpus', tokens }));
    const texts = distillationSet?.texts ?? [];
    const numbers = this.teacherNumbers(epoch, texts.length);
    const teachers = Array.from(numbers, (i): TrainingText => ({ from: 'teacher', tokens: texts[i]!, number: i }));
    return [...own, ...teachers];
  }

  private teacherNumbers(epoch: number, available: number): Uint32Array {
    const chosen = new Uint32Array(this.fromTeacher);
    let round = -1;
    let order: Uint32Array = new Uint32Array(0);
    for (let i = 0; i < chosen.length; i++) {
      const at = epoch * chosen.length + i;
      if (Math.floor(at / available) !== round) {
        round = Math.floor(at / available);
        order = new Random(this.seed, 'distillationSet', round).permutation(available);
      }
      chosen[i] = order[at % available]!;
    }
    return chosen;
  }
}

/** Texts that end would be joined in the middle of a piece, with padding where one is shorter. */
function checkPieces(texts: readonly Uint16Array[]): void {
  const other = texts.find(({ length }) => length !== texts[0]!.length);
  if (other === undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    'training.augmentation.shift cuts pieces of one long text, all of one length, ' +
      `but there are texts of ${texts[0]!.length} and ${other.length} characters`,
    'Set it to false, or read one long text (continuous).',
  );
}

/** Teacher's texts that, with so many of the corpus, are a fraction of both. */
export function teacherTexts(ofCorpus: number, fraction: number): number {
  return Math.round((ofCorpus * fraction) / (1 - fraction));
}
