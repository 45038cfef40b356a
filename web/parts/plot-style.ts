import type uPlot from 'uplot';
import { logTicks, tickLabel } from './axis.js';
import type { ChartProps, Curve, Reference } from './chart-props.js';

/** Between ticks: epochs are whole, unless less than one of them is shown. */
const WHOLE_TICKS = [1, 10, 100, 1000, 10_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]);
const epochTicks = (_plot: uPlot, _axis: number, min: number, max: number): number[] =>
  max - min < 1 ? [0.01, 0.1, ...WHOLE_TICKS] : WHOLE_TICKS;

/** `ink` stands for the colour of the text, so that it shows on either ground. */
export function ink(colour: string): string {
  return colour === 'ink' ? colourOf('--ink') : colour;
}

/** Of a variable of the styles. */
export function colourOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

export function axesOf(
  { xLabel, isShare = false, isLog = false }: Pick<ChartProps, 'xLabel' | 'isShare' | 'isLog'>,
  soft: string,
  line: string,
): uPlot.Axis[] {
  const axis = {
    stroke: soft,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
    font: '12px system-ui, sans-serif',
  };
  return [
    {
      ...axis,
      label: xLabel,
      labelSize: 20,
      labelFont: axis.font,
      size: 34,
      ...(xLabel === 'epoch' ? { incrs: epochTicks } : {}),
      values: (_, values) => values.map((v) => tickLabel(v)),
    },
    {
      ...axis,
      size: 58,
      // uPlot's own ticks of such an axis begin at its end, not at a round number, and may never stop.
      ...(isLog ? { splits: (_: uPlot, __: number, min: number, max: number) => logTicks(min, max) } : {}),
      filter: (_, splits) => splits,
      values: (_, values) =>
        values.map((v: number | null) => (v === null ? '' : isShare ? `${tickLabel(100 * v)} %` : tickLabel(v))),
    },
  ];
}

export function seriesOf(curves: readonly Curve[], references: readonly Reference[], soft: string): uPlot.Series[] {
  return [
    {},
    ...curves.map(({ label, colour, isDashed, isFaint }): uPlot.Series => ({
      label,
      stroke: ink(colour),
      width: isFaint ? 1 : 2,
      alpha: isFaint ? 0.3 : 1,
      spanGaps: true,
      ...(isDashed ? { dash: [6, 4] } : {}),
      // A line needs two points; one alone, such as a first epoch, is a dot.
      points: { show: (plot, s) => isAlone(plot.data[s] ?? []), size: 6 },
    })),
    ...references.map(({ label }): uPlot.Series => ({
      label,
      stroke: soft,
      width: 1.2,
      dash: [2, 3],
      spanGaps: true,
      points: { show: false },
    })),
  ];
}

function isAlone(values: ArrayLike<number | null | undefined>): boolean {
  let points = 0;
  for (let i = 0; i < values.length && points < 2; i++) if (values[i] !== null) points++;
  return points === 1;
}
