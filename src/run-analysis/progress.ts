/** What the analysis of a run is made of, in order; `temperatures` only where it is asked for. */
export const ANALYSIS_PARTS = ['baselines', 'corpus', 'samples', 'temperatures', 'inspection'] as const;

/** How far the analysis of a run is. */
export interface AnalysisProgress {
  readonly part: (typeof ANALYSIS_PARTS)[number];
  readonly done: number;
  readonly total: number;
}
