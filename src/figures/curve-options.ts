/** What a figure of curves is made from. */

/** One curve. Values that are not finite leave a gap. */
export interface CurveSeries {
  readonly label: string;
  readonly epochs: ArrayLike<number>;
  /** As many as `epochs`. */
  readonly values: ArrayLike<number>;
  /** Both or neither, as many as `epochs`: a band around the curve, such as from the lowest to the highest seed. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
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
  /** Whether equal ratios on the horizontal axis have equal distances; then what stands for epochs may be any numbers above zero. */
  readonly xLog?: boolean;
  readonly series: readonly CurveSeries[];
  readonly references?: readonly ReferenceLine[];
  /**
   * Values beyond are cut off, and the subtitle says so. By default nothing is cut off below; above, what would
   * squeeze everything else into a small part of the plot.
   */
  readonly yRange?: { readonly low?: number; readonly high?: number };
  readonly width?: number;
  /** At least; more if the names need it. */
  readonly height?: number;
}
