import { median } from '../../../statistics/mean-interval.js';

/** What lies above so many times the median of the highest curve is cut off. */
const SPIKE = 2;

interface Drawn {
  readonly values: readonly number[];
}

/**
 * The highest NLL that a figure of several curves has to show: of every curve, however long or short the others are, and of every
 * line; but not of a first epoch, or of a training that diverges, that is far above everything else.
 *
 * @example curvesFigure({ series, references, yRange: nllRange(series, references), … });
 */
export function nllRange(
  series: readonly Drawn[],
  references: readonly { readonly value: number }[] = [],
): { high?: number } {
  const curves = series.map(({ values }) => values.filter(Number.isFinite)).filter(({ length }) => length > 0);
  if (curves.length === 0) return {};
  const bound = SPIKE * Math.max(...curves.map((values) => median(values)));
  const lines = references.map(({ value }) => value).filter(Number.isFinite);
  return { high: Math.max(Math.min(Math.max(...curves.flat()), bound), ...lines) };
}
