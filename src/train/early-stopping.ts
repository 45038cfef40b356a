import type { TrainerState } from './trainer-state.js';

/** The part of a training's state that early stopping reads and writes. */
export type StoppingState = Pick<TrainerState, 'epoch' | 'bestEpoch' | 'bestValNll' | 'bestValTop1' | 'patience'>;

/**
 * Notes the validation of epoch `state.epoch`: docs/notebook.md, section 7. Epoch 0, and every epoch with a new lowest NLL, is the
 * best so far and sets patience back to 0; any other adds 1 to it.
 *
 * @returns whether it is the best so far, and so is to be saved
 */
export function recordValidation(state: StoppingState, nll: number, top1: number): boolean {
  // A model that diverged in its first epoch still is its best one, until an epoch has an NLL at all.
  const anyIsBetter = state.bestEpoch < 0 || (Number.isNaN(state.bestValNll) && !Number.isNaN(nll));
  if (anyIsBetter || nll < state.bestValNll) {
    state.bestEpoch = state.epoch;
    state.bestValNll = nll;
    state.bestValTop1 = top1;
    state.patience = 0;
    return true;
  }
  state.patience++;
  return false;
}

/**
 * Whether a training ends for want of progress: when patience exceeds its bound, as in the notebook.
 *
 * @param bound epochs without a new lowest NLL that are borne; null for any number
 */
export function patienceIsOver({ patience }: Pick<TrainerState, 'patience'>, bound: number | null): boolean {
  return bound !== null && patience > bound;
}
