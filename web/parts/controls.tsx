import { effect, signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { RunData } from '../data/run-data.js';
import { Slider } from '../model/parts.js';
import { numberIn, query, setQuery } from '../route.js';
import type { Range } from './chart-props.js';
import { stepPoints, X_AXES, type XAxis } from './curves.js';
import { nearestIndex } from './points.js';

/** How the curves of a view are drawn, as its address says. */
export interface CurveSettings {
  readonly x: XAxis;
  readonly isLog: boolean;
  /** Weight of the past, 0 for none. */
  readonly smoothing: number;
  readonly range: Signal<Range | undefined>;
}

/** Of curves of steps, which are noise without. */
const SMOOTHING = 0.9;

export function useCurveSettings(): CurveSettings {
  const settings = query.value;
  const x = X_AXES.find((axis) => axis === settings.get('x')) ?? 'epoch';
  const smoothing = numberIn(settings, 'smooth', 0, 0.999) ?? SMOOTHING;
  const range = useMemo(() => signal(readRange(settings.get('range'))), [x]);
  useEffect(() => range.subscribe((value) => setQuery({ range: value && `${value.from}~${value.to}` })), [range]);
  return { x, isLog: settings.get('log') === '1', smoothing, range };
}

/** Asks for all steps in the visible range of runs that keep only some. */
export function useCloseLook(runs: readonly RunData[], { x, range }: CurveSettings): void {
  useEffect(
    () =>
      effect(() => {
        const { value } = range;
        if (value === undefined) return;
        for (const run of runs) {
          if (!run.isLoaded.value) continue;
          const { xs, count, numbers } = stepPoints(run, x, 'nll');
          const at = (edge: number): number => numbers![nearestIndex({ xs, ys: xs, count }, edge)]!;
          if (count > 0) void run.look(at(value.from), at(value.to));
        }
      }),
    [runs, x, range],
  );
}

function readRange(text: string | null): Range | undefined {
  const [from = NaN, to = NaN] = (text ?? '').split('~').map(Number);
  return text !== null && from < to ? { from, to } : undefined;
}

/** The choices above curves. */
export function CurveControls({ settings }: { readonly settings: CurveSettings }) {
  const { x, isLog, smoothing, range } = settings;
  return (
    <form class="settings row" onSubmit={(event) => event.preventDefault()} aria-label="Curves">
      <span class="segments" role="radiogroup" aria-label="x axis">
        {X_AXES.map((axis) => (
          <label key={axis}>
            <input
              type="radio"
              name="x"
              checked={axis === x}
              onChange={() => setQuery({ x: axis === 'epoch' ? undefined : axis, range: undefined })}
            />
            {axis}
          </label>
        ))}
      </span>
      <label class="inline">
        <input
          type="checkbox"
          checked={isLog}
          onChange={({ currentTarget }) => setQuery({ log: currentTarget.checked ? '1' : undefined })}
        />
        log scale
      </label>
      <Slider
        label="smoothing"
        {...{ min: 0, max: 0.99, step: 0.01, value: smoothing }}
        shown={smoothing === 0 ? 'none' : smoothing.toFixed(2)}
        onChange={(next) => setQuery({ smooth: next === SMOOTHING ? undefined : String(next) })}
      />
      {range.value === undefined ? (
        <span class="small soft">Drag across a curve to zoom; or Ctrl and wheel, or + and −.</span>
      ) : (
        <button
          type="button"
          onClick={({ currentTarget }) => {
            // The button goes, and would take the focus with it.
            currentTarget.form?.querySelector<HTMLElement>(':checked')?.focus();
            range.value = undefined;
          }}
        >
          Show all
        </button>
      )}
    </form>
  );
}
