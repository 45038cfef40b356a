import { describe, expect, it } from 'vitest';
import { isOutOfPatience, recordValidation, TRAINING_START } from '../../src/train/trainer-state.js';

/** Feeds made-up validation NLLs to the rule: the epochs that are saved, and the number of epochs run. */
function follow(nlls: readonly number[], bound: number | null): { saved: number[]; epochs: number; best: number } {
  const state = { ...TRAINING_START };
  const saved: number[] = [];
  for (const nll of nlls) {
    if (recordValidation(state, nll, 0.5)) saved.push(state.epoch);
    state.epoch++;
    if (isOutOfPatience(state, bound)) break;
  }
  return { saved, epochs: state.epoch, best: state.bestEpoch };
}

const flat = (n: number, nll: number): number[] => Array<number>(n).fill(nll);

describe('early stopping', () => {
  it('saves epoch 0 and every new lowest NLL, and stops when patience exceeds 10', () => {
    expect(follow([100, 90, 95, 90, 80, ...flat(50, 80)], 10)).toEqual({
      saved: [0, 1, 4],
      epochs: 16,
      best: 4,
    });
  });

  it("ends after as many epochs as the notebook's models ran", () => {
    // docs/notebook.md, section 9: best at epoch 99 of 111, 33 of 45, 2 of 14.
    for (const [best, epochs] of [
      [99, 111],
      [33, 45],
      [2, 14],
    ] as const) {
      const falling = Array.from({ length: best + 1 }, (_, i) => 1000 - i);
      const found = follow([...falling, ...flat(100, 2000)], 10);
      expect({ best: found.best, epochs: found.epochs }).toEqual({ best, epochs });
    }
  });

  it('allows exactly ten epochs without progress: the eleventh may still be the best', () => {
    expect(follow([50, ...flat(10, 60), 40, ...flat(99, 60)], 10)).toEqual({
      saved: [0, 11],
      epochs: 23,
      best: 11,
    });
    expect(follow([50, ...flat(11, 60), 40], 10)).toEqual({ saved: [0], epochs: 12, best: 0 });
  });

  it('takes an equal NLL for no progress, and never ends without a bound', () => {
    expect(follow(flat(40, 3), null)).toEqual({ saved: [0], epochs: 40, best: 0 });
  });
});
