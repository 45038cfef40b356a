import { describe, expect, it } from 'vitest';
import { isOutOfPatience, recordValidation, TRAINING_START } from '../../src/train/trainer-state.js';
import { tinyPlan, tinyTrainer } from './tiny.js';

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

  it("runs as many epochs as the source's models did", () => {
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

  it('bears exactly ten epochs without progress: the eleventh may still be the best', () => {
    expect(follow([50, ...flat(10, 60), 40, ...flat(99, 60)], 10)).toEqual({
      saved: [0, 11],
      epochs: 23,
      best: 11,
    });
    expect(follow([50, ...flat(11, 60), 40], 10)).toEqual({ saved: [0], epochs: 12, best: 0 });
  });

  it('an equal NLL is no new lowest; without a bound nothing stops', () => {
    expect(follow(flat(40, 3), null)).toEqual({ saved: [0], epochs: 40, best: 0 });
  });

  it('takes the first NLL that is a number after a model that had none', () => {
    expect(follow([NaN, NaN, 70, NaN, 60], null)).toEqual({ saved: [0, 2, 4], epochs: 5, best: 4 });
    expect(follow([Infinity, 70], null).saved).toEqual([0, 1]);
  });

  it('ends a real training that makes no progress after twelve epochs', () => {
    // Steps too small to move a float32: every epoch has the NLL of epoch 0.
    const plan = tinyPlan({ recipe: 'notebook', epochs: 1000, learningRate: 1e-30, padding: 'first' });
    const trainer = tinyTrainer(plan);
    const epochs: number[] = [];
    let because = '';
    for (const event of trainer.run()) {
      if (event.kind === 'epoch') {
        epochs.push(event.report.epoch);
        expect(event.report.best).toBe(event.report.epoch === 0);
      }
      if (event.kind === 'done') because = event.because;
    }
    expect(epochs).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(because).toBe('patience');
    expect(trainer.state).toMatchObject({ bestEpoch: 0, patience: 11, epoch: 12, step: 48 });
  });
});
