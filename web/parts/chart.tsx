import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { significant, whole } from '../format.js';
import { redrawWith } from '../state.js';
import { ChartLegend } from './chart-legend.js';
import type { ChartProps, Curve } from './chart-props.js';
import { ChartTable } from './chart-table.js';
import { Plot } from './plot.js';
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

  // Before a page is printed, too.
  useLayoutEffect(() => {
    const made = new Plot(place.current!, props, hover, shown);
    plot.current = made;
    return () => made.destroy();
  }, [key]);
  // Every time: curves grow in place.
  useLayoutEffect(() => plot.current?.update({ ...props, curves: visible }));

  const named = curves.filter(({ isFaint }) => !isFaint);
  const main = named.reduce<Curve | undefined>((a, b) => (a && a.count >= b.count ? a : b), undefined);
  const at = hover.value;
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
        <Cursor
          {...{ title, main, at }}
          said={readOut(at ?? main.xs[main.count - 1]!, xLabel, named, format)}
          onMove={(x) => {
            hover.value = x;
            plot.current?.showCursor(x);
          }}
          onZoom={(x, factor) => plot.current?.zoom(x, factor)}
        />
      )}
      <ChartLegend
        {...{ curves: named, references, hidden, at, format }}
        note={at === undefined ? shown.value : `at ${xLabel} ${placeOf(main, at)}`}
        onHighlight={(id) => plot.current?.highlight(id)}
      />
      {main === undefined ? null : (
        <div class="visually-hidden">
          <ChartTable title={title} xLabel={xLabel} main={main} curves={named} format={format} />
        </div>
      )}
    </figure>
  );
}

interface CursorProps {
  readonly title: string;
  /** The curve whose points it moves along. */
  readonly main: Curve;
  readonly at: number | undefined;
  /** What a screen reader says of its place. */
  readonly said: string;
  readonly onMove: (x: number) => void;
  readonly onZoom: (x: number, factor: number) => void;
}

/** The cursor of the plot, for the keyboard. */
function Cursor({ title, main, at, said, onMove, onZoom }: CursorProps) {
  const last = main.count - 1;
  return (
    <input
      type="range"
      class="visually-hidden cursor"
      min={0}
      max={last}
      step={1}
      value={at === undefined ? last : nearestIndex(main, at)}
      aria-label={`${title}: cursor, plus and minus zoom`}
      aria-valuetext={said}
      onInput={({ currentTarget }) => onMove(main.xs[Number(currentTarget.value)]!)}
      onKeyDown={({ key, currentTarget }) => {
        const factor = { '+': 0.5, '-': 2 }[key];
        if (factor !== undefined) onZoom(main.xs[Number(currentTarget.value)]!, factor);
      }}
    />
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
