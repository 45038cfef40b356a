import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { significant, whole } from '../format.js';
import { redrawWith } from '../state.js';
import { ChartTable } from './chart-table.js';
import type { ChartProps, Curve } from './chart-props.js';
import { Plot } from './plot.js';
import { ink } from './plot-style.js';
import { nearestIndex } from './points.js';
import { isDark } from './scheme.js';

export function Chart(props: ChartProps) {
  const { title, unit, xLabel, curves, references = [], isLog, isTall, isLoading, format = significant } = props;
  redrawWith(props.range);
  const hidden = useSignal<ReadonlySet<string>>(new Set());
  const hover = useSignal<number | undefined>(undefined);
  const shown = useSignal('');
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const visible = curves.filter(({ id }) => !hidden.value.has(id.replace(/ raw$/, '')));
  const key = JSON.stringify([
    curves.map(({ id }) => id),
    references.map(({ label }) => label),
    isDark.value,
    isTall,
    isLog,
    xLabel,
  ]);

  useEffect(() => {
    const made = new Plot(place.current!, props, hover, shown);
    plot.current = made;
    return () => made.destroy();
  }, [key]);
  // Every time: curves grow in place.
  useEffect(() => plot.current?.update({ ...props, curves: visible }));

  const named = curves.filter(({ isFaint }) => !isFaint);
  const main = named.reduce<Curve | undefined>((a, b) => (a && a.count >= b.count ? a : b), undefined);
  const at = hover.value;
  const toggle = (id: string): void => {
    const next = new Set(hidden.value);
    if (!next.delete(id)) next.add(id);
    hidden.value = next;
  };
  return (
    <figure class={`card chart ${isTall ? 'wide' : ''}`}>
      <figcaption>
        <h3>
          {title} <small class="soft">{unit}</small>
        </h3>
      </figcaption>
      <div class={`plot ${isTall ? 'tall' : ''}`} ref={place} role="img" aria-label={describe(props, named, format)} />
      {main === undefined || main.count === 0 ? (
        <p class="soft nothing">{isLoading ? 'Reading…' : 'No epoch is done yet.'}</p>
      ) : (
        <input
          type="range"
          class="visually-hidden cursor"
          min={0}
          max={main.count - 1}
          step={1}
          value={at === undefined ? main.count - 1 : nearestIndex(main, at)}
          aria-label={`${title}: cursor, plus and minus zoom`}
          aria-valuetext={readOut(at ?? main.xs[main.count - 1]!, xLabel, named, format)}
          onInput={({ currentTarget }) => {
            hover.value = main.xs[Number(currentTarget.value)];
            plot.current?.showCursor(hover.value!);
          }}
          onKeyDown={({ key: pressed, currentTarget }) => {
            const factor = { '+': 0.5, '-': 2 }[pressed];
            if (factor !== undefined) plot.current?.zoom(main.xs[Number(currentTarget.value)]!, factor);
          }}
        />
      )}
      <ul class="legend">
        {named.map((curve) => (
          <li key={curve.id}>
            <button
              type="button"
              aria-pressed={!hidden.value.has(curve.id)}
              onClick={() => toggle(curve.id)}
              onMouseEnter={() => plot.current?.highlight(curve.id)}
              onMouseLeave={() => plot.current?.highlight(undefined)}
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
        <li class="soft shown">{at === undefined ? shown.value : `at ${xLabel} ${placeOf(main, at)}`}</li>
      </ul>
      {main === undefined ? null : (
        <div class="visually-hidden">
          <ChartTable title={title} xLabel={xLabel} main={main} curves={named} format={format} />
        </div>
      )}
    </figure>
  );
}

/** The x whose values are shown. */
function placeOf(main: Curve | undefined, at: number): string {
  return shownX(main === undefined || main.count === 0 ? at : main.xs[nearestIndex(main, at)]!);
}

/** Epochs and steps are whole numbers. */
function shownX(x: number): string {
  return Number.isInteger(x) ? whole(x) : significant(x);
}

function readOut(x: number, xLabel: string, curves: readonly Curve[], format: (value: number) => string): string {
  const values = curves.flatMap((curve) =>
    curve.count === 0 ? [] : [`${curve.label} ${format(curve.ys[nearestIndex(curve, x)]!)}`],
  );
  return `${xLabel} ${shownX(x)}: ${values.join(', ')}`;
}

function describe(
  { title, unit, references = [] }: ChartProps,
  curves: readonly Curve[],
  format: (value: number) => string,
): string {
  const parts = curves.map(({ label, ys, count }) =>
    count === 0 ? `${label}: no values yet` : `${label} from ${format(ys[0]!)} to ${format(ys[count - 1]!)}`,
  );
  const known = references.map(({ label, value }) => `${label} ${format(value)}`);
  return `${title}, ${unit}. ${[...parts, ...known].join('; ')}`;
}
