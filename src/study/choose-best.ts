import type { StudySize } from './study-sizes.js';

/** A finished run on all the data, as far as the choice of the best size asks. */
export interface SizeRun {
  readonly name: string;
  readonly size: StudySize;
  /** Lowest validation NLL, nats per text; NaN for a run that diverged at once. */
  readonly valNll: number;
}

/** The best size, and its best run. */
export interface BestSize {
  readonly size: StudySize;
  /** Mean over its runs whose NLL is finite. */
  readonly meanValNll: number;
  /** Name of the run with the lowest validation NLL. */
  readonly run: string;
}

/**
 * The size with the lowest mean of best validation NLLs over its seeds. Runs whose NLL is not finite are left out; a size
 * that has no others is none to choose. Of equal ones, the first.
 *
 * @returns undefined where no run has a finite NLL
 */
export function chooseBest(runs: readonly SizeRun[]): BestSize | undefined {
  const finite = runs.filter(({ valNll }) => Number.isFinite(valNll));
  let best: BestSize | undefined;
  for (const size of new Set(finite.map((run) => run.size))) {
    const own = finite.filter((run) => run.size === size);
    const meanValNll = own.reduce((sum, { valNll }) => sum + valNll, 0) / own.length;
    if (best !== undefined && meanValNll >= best.meanValNll) continue;
    const lowest = own.reduce((a, b) => (b.valNll < a.valNll ? b : a));
    best = { size, meanValNll, run: lowest.name };
  }
  return best;
}
