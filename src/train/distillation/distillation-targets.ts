import type { PackedBatch } from '../../nn/packed-batch.js';
import { Random } from '../../random.js';
import type { SoftTargets } from '../../tensor/ops/cross-entropy.js';
import type { TrainingSettings } from '../settings.js';
import { expectedInto, type DistillationSet } from './distillation-set.js';

/** How a distillation set is used. */
export type DistillationSetSettings = NonNullable<TrainingSettings['distillationSet']>;

/** Texts of the distillation set in an epoch with so many real ones: such that they are the `fraction` of both. */
export function distillationSetTexts(distillationSet: DistillationSetSettings | null, real: number): number {
  return distillationSet === null ? 0 : Math.round((real * distillationSet.fraction) / (1 - distillationSet.fraction));
}

/**
 * Adds a distillation set's texts to the real ones of each epoch, and says what is to be predicted of both. Which texts of the distillation set come in
 * an epoch is a function of seed and epoch: all of them once, in random order, then again in another.
 */
export class Distillation {
  /** Texts of the distillation set in an epoch. */
  readonly count: number;
  private last: { readonly epoch: number; readonly chosen: Uint32Array } | undefined;

  /** @param real texts of an epoch that are not the distillation set's; they come first */
  constructor(
    private readonly distillationSet: DistillationSet,
    private readonly settings: DistillationSetSettings,
    private readonly real: number,
    private readonly seed: number,
  ) {
    this.count = distillationSetTexts(settings, real);
  }

  /** Numbers of the distillation set's texts in an epoch. */
  chosenIn(epoch: number): Uint32Array {
    if (this.last?.epoch !== epoch) this.last = { epoch, chosen: this.choose(epoch) };
    return this.last.chosen;
  }

  private choose(epoch: number): Uint32Array {
    const { length } = this.distillationSet.texts;
    const chosen = new Uint32Array(this.count);
    let round = -1;
    let order: Uint32Array = new Uint32Array(0);
    for (let i = 0; i < chosen.length; i++) {
      const at = epoch * this.count + i;
      if (Math.floor(at / length) !== round) {
        round = Math.floor(at / length);
        order = new Random(this.seed, 'distillationSet', round).permutation(length);
      }
      chosen[i] = order[at % length]!;
    }
    return chosen;
  }

  /** The distillation set's texts in an epoch. */
  textsOf(epoch: number): Uint16Array[] {
    return Array.from(this.chosenIn(epoch), (i) => this.distillationSet.texts[i]!);
  }

  /**
   * What is to be predicted at each row of a batch: of real texts the next token, smoothed as ever; of the distillation set's, `softTargetWeight` of it
   * what the teacher expected, and the rest the character that the teacher drew.
   *
   * @param batch up to the first pad of each text @param chosen number of each of its texts among the epoch's
   * @param labelSmoothing of real texts
   */
  targetsOf(
    batch: PackedBatch,
    chosen: ArrayLike<number>,
    epoch: number,
    vocabulary: number,
    labelSmoothing: number,
  ): SoftTargets {
    const { softTargetWeight } = this.settings;
    const distillationSets = this.chosenIn(epoch);
    const soft = new Float32Array(batch.tokens.length * vocabulary);
    for (let b = 0; b < chosen.length; b++) {
      const [first, end] = [batch.offsets[b]!, batch.offsets[b + 1]!];
      const distilled = chosen[b]! >= this.real;
      if (distilled)
        expectedInto(
          soft,
          first * vocabulary,
          vocabulary,
          this.distillationSet,
          distillationSets[chosen[b]! - this.real]!,
        );
      const share = distilled ? softTargetWeight : labelSmoothing;
      for (let row = first; row < end; row++) {
        const at = row * vocabulary;
        for (let v = 0; v < vocabulary; v++) soft[at + v] = distilled ? share * soft[at + v]! : share / vocabulary;
        soft[at + batch.targets[row]!]! += 1 - share;
      }
    }
    return { share: 1, soft };
  }
}
