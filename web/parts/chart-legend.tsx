import type { Signal } from '@preact/signals';
import type { ChartProps, Curve } from './chart-props.js';
import { ink } from './plot-style.js';
import { nearestIndex } from './points.js';

interface ChartLegendProps extends Pick<ChartProps, 'references'> {
  readonly curves: readonly Curve[];
  /** Ids of the curves that are not drawn. */
  readonly hidden: Signal<ReadonlySet<string>>;
  /** The x whose values are shown; the newest values if undefined. */
  readonly at: number | undefined;
  /** Which points are shown. */
  readonly note: string;
  readonly format: (value: number) => string;
  readonly onHighlight: (id: string | undefined) => void;
}

/** The curves, each a button that hides it, with the values at the cursor. */
export function ChartLegend({ curves, references = [], hidden, at, note, format, onHighlight }: ChartLegendProps) {
  const toggle = (id: string): void => {
    const next = new Set(hidden.value);
    if (!next.delete(id)) next.add(id);
    hidden.value = next;
  };
  return (
    <ul class="legend">
      {curves.map((curve) => (
        <li key={curve.id}>
          <button
            type="button"
            aria-pressed={!hidden.value.has(curve.id)}
            onClick={() => toggle(curve.id)}
            onMouseEnter={() => onHighlight(curve.id)}
            onMouseLeave={() => onHighlight(undefined)}
          >
            <span class={`swatch ${curve.isDashed ? 'dashed' : ''}`} style={{ color: ink(curve.colour) }} />
            {curve.label}
          </button>
          <span class="value">
            {curve.count === 0 ? '' : format(curve.ys[at === undefined ? curve.count - 1 : nearestIndex(curve, at)]!)}
          </span>
        </li>
      ))}
      {references.map(({ label, value }) => (
        <li key={label}>
          <span class="swatch dashed soft" />
          <span>{label}</span>
          <span class="value">{format(value)}</span>
        </li>
      ))}
      <li class="soft shown">{note}</li>
    </ul>
  );
}
