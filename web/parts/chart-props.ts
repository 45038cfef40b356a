import type { Signal } from '@preact/signals';
import type { Points } from './points.js';

/** A curve of a chart. Its arrays may be longer than `count`, and grow. */
export interface Curve extends Points {
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  readonly isDashed?: boolean;
  /** Drawn thin and pale, without a legend: the values behind a smoothed curve. */
  readonly isFaint?: boolean;
}

/** A known value, drawn as a horizontal line. */
export interface Reference {
  readonly label: string;
  readonly value: number;
}

/** What the charts of a view share: the visible part of their x axes. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface ChartProps {
  readonly title: string;
  readonly unit: string;
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  readonly references?: readonly Reference[];
  readonly isLog?: boolean;
  readonly range: Signal<Range | undefined>;
  readonly isTall?: boolean;
  readonly format?: (value: number) => string;
  /** Whether values are shares of one, which the axis has as percentages. */
  readonly isShare?: boolean;
  /** Whether points may still come that are there already. */
  readonly isLoading?: boolean;
}
