/** What is drawn of runs, one list for the view of a run and for the comparison of several. */
import { CURVE_COLOURS } from '../../src/figures/style.js';
import type { RunData } from '../data/run-data.js';
import { number, percent, significant, whole } from '../format.js';
import { Chart } from './chart.js';
import type { ChartProps, Curve } from './chart-props.js';
import type { CurveSettings } from './controls.js';
import { curvesOf, epochPoints, speedPoints, stepPoints, X_LABELS, type XAxis } from './curves.js';
import type { Points } from './points.js';

const [BLUE, ORANGE, GREEN, PINK] = CURVE_COLOURS;

export interface Figure {
  readonly title: string;
  readonly unit: string;
  /** Of the curve, where there is one run. */
  readonly label: string;
  readonly colour: string;
  readonly format: (value: number) => string;
  readonly hasLog: boolean;
  readonly isSmoothed: boolean;
  readonly isShare?: boolean;
  /** Undefined for a run that does not have it. */
  readonly of: (run: RunData, x: XAxis) => Points | undefined;
}

const OF_EPOCHS = { hasLog: true, isSmoothed: false, unit: 'nats per text', format: (value: number) => number(value) };
const OF_STEPS = { hasLog: true, isSmoothed: true, label: 'batch' };

/** Of steps, where the run has them: those of older versions have not. */
const ifSteps = (run: RunData, points: () => Points): Points | undefined =>
  run.steps.count === 0 ? undefined : points();

export const VALIDATION: Figure = {
  ...{ ...OF_EPOCHS, title: 'Validation NLL', label: 'validation', colour: BLUE },
  of: (run, x) => epochPoints(run, x, 'valNll'),
};
export const TRAINING: Figure = {
  ...{ ...OF_EPOCHS, title: 'Training NLL', label: 'training', colour: ORANGE },
  of: (run, x) => epochPoints(run, x, 'trainNll'),
};
export const ACCURACY: Figure = {
  ...{ ...OF_EPOCHS, title: 'Accuracy', label: 'validation', colour: BLUE, hasLog: false, format: percent },
  isShare: true,
  unit: 'of the validation characters',
  of: (run, x) => epochPoints(run, x, 'valAccuracy'),
};
export const TOP1: Figure = {
  ...{ ...ACCURACY, title: 'Top-1 reconstruction', unit: "notebook's definition, padding counted" },
  of: (run, x) => epochPoints(run, x, 'valTop1'),
};
export const STEP_FIGURES: readonly Figure[] = [
  {
    ...{ ...OF_STEPS, title: 'Step loss', unit: 'nats per text', colour: ORANGE, format: OF_EPOCHS.format },
    of: (run, x) => ifSteps(run, () => stepPoints(run, x, 'nll')),
  },
  {
    ...{ ...OF_STEPS, title: 'Gradient norm', unit: 'before clipping', colour: PINK, format: significant },
    of: (run, x) => ifSteps(run, () => stepPoints(run, x, 'gradNorm')),
  },
  {
    ...{ ...OF_STEPS, title: 'Learning rate', unit: '', label: 'learning rate', colour: GREEN, isSmoothed: false },
    format: significant,
    of: (run, x) => ifSteps(run, () => stepPoints(run, x, 'learningRate')),
  },
  {
    ...{
      ...OF_STEPS,
      title: 'Speed',
      unit: 'characters per second, pauses included',
      label: 'speed',
      colour: BLUE,
      hasLog: false,
    },
    format: (value) => whole(Math.round(value)),
    of: (run, x) => ifSteps(run, () => speedPoints(run, x)),
  },
];

interface FigureChartProps extends Partial<Pick<ChartProps, 'title' | 'references' | 'isTall'>> {
  readonly settings: CurveSettings;
  readonly figures: readonly [Figure, ...Figure[]];
  /** Without any that has the figure, there is no chart. */
  readonly runs: readonly RunData[];
  readonly styleOf?: (run: RunData, i: number) => Omit<Curve, keyof Points>;
}

export function FigureChart({ settings, figures, runs, styleOf, ...chart }: FigureChartProps) {
  const { x, range, isLog, smoothing } = settings;
  const [{ title, unit, format, hasLog, isShare = false }] = figures;
  const curves = figures.flatMap(({ label, colour, of, isSmoothed }) =>
    runs.flatMap((run, i) => {
      const points = of(run, x);
      const style = styleOf?.(run, i) ?? { id: label, label, colour };
      return points === undefined ? [] : curvesOf(style, points, isSmoothed ? smoothing : 0);
    }),
  );
  if (curves.length === 0) return null;
  return (
    <Chart
      {...{ title, unit, format, isShare, range, curves }}
      isLoading={runs.some(({ isLoaded, problem }) => !isLoaded.value && problem.value === undefined)}
      xLabel={X_LABELS[x]}
      isLog={hasLog && isLog}
      {...chart}
    />
  );
}
