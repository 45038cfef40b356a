import type { RunRow } from '../../src/studio/api.js';

/** Stop and resume, where the source can. */
export function TrainingButtons({ row }: { readonly row: RunRow }) {
  void row;
  return null;
}
