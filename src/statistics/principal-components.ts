import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { LetterpressError } from '../errors.js';

/** Points seen from the directions in which they differ most. */
export interface PrincipalComponents {
  /** `[points][components]`: how far each point lies from the mean along each direction. */
  readonly coordinates: readonly (readonly number[])[];
  /** The directions: `[components][dimensions]`, of length 1 and at right angles to each other. */
  readonly directions: readonly (readonly number[])[];
  /** The share of the whole variance along each direction, largest first; 0 where the points do not differ at all. */
  readonly shares: readonly number[];
}

/**
 * Principal components (Pearson, 1901): the directions of largest variance, which are the eigenvectors of the
 * covariance matrix. Two of them show on paper as much of how points differ as any two directions can.
 *
 * A direction and its opposite are equally good; of the two, that one is taken whose largest entry is positive, so that
 * the same points always give the same picture.
 *
 * @param points `[points][dimensions]`, at least one
 * @param count directions to give, at most as many as there are dimensions
 * @throws LetterpressError BAD_INPUT for no points or points of different lengths; BAD_OPTION for a count that cannot
 *   be
 * @example principalComponents(inspection.embedding, 2).shares; // [0.31, 0.18]
 */
export function principalComponents(points: readonly (readonly number[])[], count = 2): PrincipalComponents {
  const dimensions = points[0]?.length ?? 0;
  if (dimensions === 0 || points.some((point) => point.length !== dimensions))
    throw new LetterpressError('BAD_INPUT', 'expected points, all with the same number of coordinates');
  if (!(Number.isInteger(count) && count >= 1 && count <= dimensions))
    throw new LetterpressError('BAD_OPTION', `expected 1 to ${dimensions} components, got ${count}`);

  const centred = new Matrix(points).center('column');
  const scatter = centred.transpose().mmul(centred);
  const eigen = new EigenvalueDecomposition(scatter, { assumeSymmetric: true });
  // In ascending order of the eigenvalues, which are variances times the number of points.
  const directions = eigen.eigenvectorMatrix.transpose().to2DArray().slice(-count).reverse().map(withPositiveLargest);
  const variances = eigen.realEigenvalues.slice(-count).reverse();
  const total = scatter.trace();
  return {
    coordinates: centred.mmul(new Matrix(directions).transpose()).to2DArray(),
    directions,
    // Rounding may leave a vanishing variance slightly below 0.
    shares: variances.map((variance) => (total > 0 ? Math.max(0, variance) / total : 0)),
  };
}

function withPositiveLargest(direction: number[]): number[] {
  const largest = direction.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? direction.map((value) => -value) : direction;
}
