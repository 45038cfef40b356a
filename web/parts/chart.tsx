import { signal, useSignal, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { significant, whole } from '../format.js';
import { nearestIndex, pointsToDraw, type Points } from './points.js';
import { redrawWith } from '../state.js';

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

interface ChartProps {
  readonly title: string;
  readonly unit: string;
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  readonly references?: readonly Reference[];
  readonly isLog?: boolean;
  readonly range: Signal<Range | undefined>;
  readonly isTall?: boolean;
  readonly format?: (value: number) => string;
}

const HEIGHT = 240;
const TALL = 352;
/** Rows of the table beside the picture. */
const MAX_ROWS = 40;
/** References further from the curves than this, in heights of the curves, would flatten them. */
const MAX_DISTANCE = 1;

/** Between ticks: epochs are whole, unless less than two of them are shown. */
const EPOCH_TICKS = [0.01, 0.1, ...[1, 10, 100, 1000, 10_000].flatMap((unit) => [unit, 2 * unit, 5 * unit])];

const scheme = matchMedia('(prefers-color-scheme: dark)');
const isDark = signal(scheme.matches);
scheme.addEventListener('change', () => (isDark.value = scheme.matches));

/** As a number, since the enum of its type does not exist when the program runs. */
const LOGARITHMIC: object = { distr: 3 };

export function Chart(props: ChartProps) {
  const { title, unit, xLabel, curves, references = [], isLog, isTall, format = significant } = props;
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
      <figcaption class="row">
        <h3>
          {title} <small class="soft">{unit}</small>
        </h3>
        <small class="soft">{shown.value}</small>
      </figcaption>
      <div class={`plot ${isTall ? 'tall' : ''}`} ref={place} role="img" aria-label={describe(props, named, format)} />
      {main === undefined || main.count === 0 ? null : (
        <input
          type="range"
          class="visually-hidden cursor"
          min={0}
          max={main.count - 1}
          step={1}
          value={at === undefined ? main.count - 1 : nearestIndex(main, at)}
          aria-label={`${title}: cursor`}
          aria-valuetext={readOut(at ?? main.xs[main.count - 1]!, xLabel, named, format)}
          onInput={({ currentTarget }) => {
            hover.value = main.xs[Number(currentTarget.value)];
            plot.current?.showCursor(hover.value!);
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
            <output>
              {curve.count === 0 ? '' : format(curve.ys[at === undefined ? curve.count - 1 : nearestIndex(curve, at)]!)}
            </output>
          </li>
        ))}
        {references.map(({ label, value }) => (
          <li key={label}>
            <span class="swatch dashed soft" />
            <span>{label}</span>
            <output>{format(value)}</output>
          </li>
        ))}
        {at === undefined ? null : (
          <li class="soft">
            at {xLabel} {significant(at)}
          </li>
        )}
      </ul>
      {main === undefined ? null : (
        <div class="visually-hidden">
          <Table title={title} xLabel={xLabel} main={main} curves={named} format={format} />
        </div>
      )}
    </figure>
  );
}

/** The numbers of the picture, for who cannot see it: evenly spaced points. */
function Table(
  props: Pick<ChartProps, 'title' | 'xLabel' | 'curves'> & { main: Curve; format: (value: number) => string },
) {
  const { title, xLabel, main, curves, format } = props;
  const rows = Math.min(MAX_ROWS, main.count);
  // Screen readers ask for it seldom, curves change often.
  const key = main.count < MAX_ROWS ? main.count : Math.floor(20 * Math.log2(main.count));
  return useMemo(
    () => (
      <table>
        <caption>{`${title}: ${rows} of ${whole(main.count)} points`}</caption>
        <thead>
          <tr>
            <th scope="col">{xLabel}</th>
            {curves.map(({ id, label }) => (
              <th key={id} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, r) => {
            const x = main.xs[rows === 1 ? 0 : Math.round((r * (main.count - 1)) / (rows - 1))]!;
            return (
              <tr key={r}>
                <th scope="row">{significant(x)}</th>
                {curves.map((curve) => (
                  <td key={curve.id}>{curve.count === 0 ? '' : format(curve.ys[nearestIndex(curve, x)]!)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    ),
    [key, title, xLabel, curves.map(({ id }) => id).join()],
  );
}

function readOut(x: number, xLabel: string, curves: readonly Curve[], format: (value: number) => string): string {
  const values = curves.flatMap((curve) =>
    curve.count === 0 ? [] : [`${curve.label} ${format(curve.ys[nearestIndex(curve, x)]!)}`],
  );
  return `${xLabel} ${significant(x)}: ${values.join(', ')}`;
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

/** `ink` stands for the colour of the text, so that it shows on either ground. */
function ink(colour: string): string {
  return colour === 'ink' ? colourOf('--ink') : colour;
}

function colourOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

/** A uPlot of few points, which are chosen again for each range. */
class Plot {
  private readonly plot: uPlot;
  private readonly observer: ResizeObserver;
  private drawn = '';
  /** Lowest and highest y that are drawn. */
  private extremes: [number, number] = [Infinity, -Infinity];
  /** Of the series, in the order in which the plot was made with them. */
  private readonly ids: readonly string[];

  constructor(
    private readonly place: HTMLElement,
    private props: ChartProps,
    private readonly hover: Signal<number | undefined>,
    private readonly shown: Signal<string>,
  ) {
    const { curves, references = [], xLabel, isTall } = props;
    this.ids = curves.map(({ id }) => id);
    const [soft, line, card] = ['--soft', '--line', '--card'].map(colourOf) as [string, string, string];
    const axis = {
      stroke: soft,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1, size: 4 },
      font: '12px system-ui, sans-serif',
    };
    const options: uPlot.Options = {
      width: Math.max(200, place.clientWidth),
      height: isTall ? TALL : HEIGHT,
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, uni: 10 },
        focus: { prox: 24 },
        points: { size: 7, fill: card, width: 2 },
        y: false,
        bind: { dblclick: () => () => this.setRange(undefined) },
      },
      focus: { alpha: 0.3 },
      scales: {
        x: { time: false },
        y: { ...(props.isLog ? LOGARITHMIC : {}), range: (_, low, high) => this.yRange(low, high) },
      },
      axes: [
        {
          ...axis,
          label: xLabel,
          labelSize: 20,
          labelFont: axis.font,
          size: 34,
          ...(xLabel === 'epoch' ? { incrs: EPOCH_TICKS } : {}),
          values: (_, values) => values.map((v) => significantTick(v)),
        },
        {
          ...axis,
          size: 58,
          values: (_, values) => values.map((v: number | null) => (v === null ? '' : significantTick(v))),
        },
      ],
      series: [
        {},
        ...curves.map(({ label, colour, isDashed, isFaint }): uPlot.Series => ({
          label,
          stroke: ink(colour),
          width: isFaint ? 1 : 2,
          alpha: isFaint ? 0.3 : 1,
          spanGaps: true,
          ...(isDashed ? { dash: [6, 4] } : {}),
          points: { show: false },
        })),
        ...references.map(({ label }): uPlot.Series => ({
          label,
          stroke: soft,
          width: 1.2,
          dash: [2, 3],
          spanGaps: true,
          points: { show: false },
        })),
      ],
      hooks: {
        draw: [(plot) => this.nameReferences(plot, soft)],
        setCursor: [
          (plot) => {
            const { left = -1 } = plot.cursor;
            this.hover.value = left < 0 ? undefined : plot.posToVal(left, 'x');
          },
        ],
        setSelect: [
          (u) => {
            if (u.select.width < 3) return;
            this.setRange({
              from: u.posToVal(u.select.left, 'x'),
              to: u.posToVal(u.select.left + u.select.width, 'x'),
            });
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    };
    // The range is set with the data: uPlot's own zoom would show the points chosen for the range before.
    options.cursor!.drag!.setScale = false;
    this.plot = new uPlot(options, [[], ...curves.map(() => []), ...references.map(() => [])], place);
    this.plot.over.addEventListener('wheel', (event) => this.onWheel(event), { passive: false });
    this.observer = new ResizeObserver(() => {
      const width = Math.max(200, place.clientWidth);
      if (width === this.plot.width) return;
      this.plot.setSize({ width, height: this.plot.height });
      this.drawn = '';
      this.update(this.props);
    });
    this.observer.observe(place);
  }

  destroy(): void {
    this.observer.disconnect();
    this.plot.destroy();
  }

  update(props: ChartProps): void {
    this.props = props;
    const { curves, references = [], isLog } = props;
    const whole = this.whole();
    const { from, to } = props.range.value ?? whole;
    const key = JSON.stringify([
      from,
      to,
      isLog,
      this.plot.width,
      curves.map(({ id, xs, count, ys }) => [id, count, xs[0], ys[count - 1]]),
      references,
    ]);
    if (key === this.drawn) return;
    this.drawn = key;
    const columns = this.plot.bbox.width / devicePixelRatio || this.plot.width;
    const byId = new Map(curves.map((curve) => [curve.id, { curve, ...pointsToDraw(curve, from, to, columns) }]));
    const xs = Float64Array.from(
      new Set([from, to, ...[...byId.values()].flatMap(({ curve, indices }) => indices.map((i) => curve.xs[i]!))]),
    ).sort();
    const all = this.plot.series.slice(1, this.plot.series.length - references.length);
    const data = all.map((_, s) => {
      const each = byId.get(this.ids[s]!);
      return each === undefined
        ? new Array<null>(xs.length).fill(null)
        : align(xs, each.curve, each.indices, isLog === true);
    });
    this.extremes = extremesOf(xs, data, from, to);
    const lines = references.map(({ value }) => Array.from(xs, () => (isLog && value <= 0 ? null : value)));
    this.plot.batch(() => {
      this.plot.setData([xs, ...data, ...lines] as uPlot.AlignedData, false);
      this.plot.setScale('x', { min: from, max: to });
    });
    const counted = [...byId.values()].filter(({ curve }) => !curve.isFaint);
    const [drawn, within] = counted.reduce(
      ([a, b], { indices, within: n }) => [a + Math.min(indices.length, n), b + n],
      [0, 0],
    );
    const text =
      drawn < within ? `showing ${wholeOf(drawn)} of ${wholeOf(within)} points` : `${wholeOf(within)} points`;
    const zoomed = props.range.value === undefined ? '' : ' · double-click: all';
    queueMicrotask(() => (this.shown.value = text + zoomed));
  }

  highlight(id: string | undefined): void {
    const at = id === undefined ? -1 : this.ids.indexOf(id) + 1;
    this.plot.setSeries(at > 0 ? at : null, { focus: at > 0 });
  }

  showCursor(x: number): void {
    this.plot.setCursor({ left: this.plot.valToPos(x, 'x'), top: this.plot.height / 2 });
  }

  private whole(): Range {
    const filled = this.props.curves.filter(({ count }) => count > 0);
    const from = Math.min(...filled.map(({ xs }) => xs[0]!));
    const to = Math.max(...filled.map(({ xs, count }) => xs[count - 1]!));
    if (!(from <= to)) return { from: 0, to: 1 };
    return from === to ? { from: from - 0.5, to: to + 0.5 } : { from, to };
  }

  /** On each line, at the end where falling curves are far from it. The legend has them too. */
  private nameReferences(plot: uPlot, colour: string): void {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.fillStyle = colour;
    ctx.textBaseline = 'bottom';
    for (const { label, value } of this.props.references ?? []) {
      const y = plot.valToPos(value, 'y', true);
      if (y < bbox.top + 12 * ratio || y > bbox.top + bbox.height) continue;
      const isLow = y > bbox.top + bbox.height / 2;
      ctx.textAlign = isLow ? 'left' : 'right';
      ctx.fillText(label, isLow ? bbox.left + 4 * ratio : bbox.left + bbox.width - 4 * ratio, y - 2 * ratio);
    }
    ctx.restore();
  }

  /** Of the points that are drawn, among which are the lowest and the highest; near references widen it. */
  private yRange(low: number, high: number): [number, number] {
    const { references = [], isLog } = this.props;
    let [min, max] = this.extremes;
    if (!(min <= max)) return [low, high];
    const reach = (max - min || 1) * MAX_DISTANCE;
    for (const { value } of references) {
      if (value < min && value > min - reach) min = value;
      if (value > max && value < max + reach / 4) max = value;
    }
    if (isLog) return [min / 1.05, max * 1.05];
    const pad = (max - min || Math.abs(max) || 1) * 0.05;
    return [min - pad, max + pad];
  }

  private setRange(next: Range | undefined): null {
    this.props.range.value = next;
    return null;
  }

  private onWheel(event: WheelEvent): void {
    const whole = this.whole();
    const now = this.props.range.value ?? whole;
    const width = now.to - now.from;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const at = this.plot.posToVal(event.offsetX, 'x');
      const factor = Math.exp(event.deltaY / 300);
      this.moveTo(at - (at - now.from) * factor, at + (now.to - at) * factor, whole);
    } else if (event.deltaX !== 0 || event.shiftKey) {
      if (this.props.range.value === undefined) return;
      event.preventDefault();
      const by = ((event.deltaX || event.deltaY) / this.plot.width) * width;
      const start = Math.min(Math.max(now.from + by, whole.from), whole.to - width);
      this.moveTo(start, start + width, whole);
    }
  }

  private moveTo(from: number, to: number, whole: Range): void {
    const [a, b] = [Math.max(from, whole.from), Math.min(to, whole.to)];
    if (b - a < (whole.to - whole.from) * 1e-6) return;
    this.setRange(a <= whole.from && b >= whole.to ? undefined : { from: a, to: b });
  }
}

/** The chosen points of a curve where they stand among all x; gaps are bridged. */
function align(
  xs: Float64Array,
  { xs: own, ys }: Points,
  indices: readonly number[],
  isLog: boolean,
): (number | null)[] {
  const values = new Array<number | null>(xs.length).fill(null);
  let at = 0;
  for (const i of indices) {
    while (at < xs.length && xs[at]! < own[i]!) at++;
    const y = ys[i]!;
    if (at < xs.length && xs[at] === own[i] && Number.isFinite(y) && !(isLog && y <= 0)) values[at] = y;
  }
  return values;
}

function extremesOf(
  xs: Float64Array,
  data: readonly (readonly (number | null)[])[],
  from: number,
  to: number,
): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const values of data)
    for (let i = 0; i < values.length; i++) {
      const y = values[i];
      if (y === null || y === undefined || xs[i]! < from || xs[i]! > to) continue;
      if (y < min) min = y;
      if (y > max) max = y;
    }
  return [min, max];
}

function wholeOf(count: number): string {
  return whole(count);
}

function significantTick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (size !== 0 && size < 0.001) return value.toExponential(1).replace('e-', 'e−');
  return String(Number(value.toPrecision(5))).replace('-', '−');
}
