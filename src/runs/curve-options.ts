/** What a figure of curves is made from. */

/** One curve. Values that are not finite leave a gap. */
export interface CurveSeries {
  readonly label: string;
  readonly epochs: ArrayLike<number>;
  /** As many as `epochs`. */
  readonly values: ArrayLike<number>;
  /** Place in {@link CURVE_COLOURS}; by default the curve's place in the figure. */
  readonly colourIndex?: number;
  /** Dashed, by custom for what is measured on the training texts. */
  readonly dashed?: boolean;
  /** The epoch to mark with a ring, by custom the best one. */
  readonly markEpoch?: number;
}

/** A horizontal line for a known value, such as an exact entropy or a baseline. */
export interface ReferenceLine {
  readonly label: string;
  readonly value: number;
}

/** What to draw. Sizes are in pixels. */
export interface CurveFigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** With its unit, e.g. `NLL (nats per text)`. */
  readonly yTitle: string;
  readonly xTitle?: string;
  readonly series: readonly CurveSeries[];
  readonly references?: readonly ReferenceLine[];
  readonly width?: number;
  readonly height?: number;
}
