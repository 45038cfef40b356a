import type { Signal } from '@preact/signals';
import uPlot from 'uplot';
import { counted, whole } from '../format.js';
import { rangeOf } from './axis.js';
import type { ChartProps, Range } from './chart-props.js';
import { axesOf, colourOf, seriesOf } from './plot-style.js';
import { align, extremesOf, pointsToDraw } from './points.js';

const HEIGHT = 240;
const TALL = 352;
/** As a number, since the enum of its type does not exist when the program runs. */
const LOGARITHMIC: object = { distr: 3 };

/** A uPlot of few points, which are chosen again for each range. */
export class Plot {
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
    const { curves, references = [], isTall } = props;
    this.ids = curves.map(({ id }) => id);
    const [soft, line, card] = ['--soft', '--line', '--card'].map(colourOf) as [string, string, string];
    const options: uPlot.Options = {
      width: Math.max(200, place.clientWidth),
      height: isTall ? TALL : HEIGHT,
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, uni: 10 },
        // Of the curves alone: a reference is no more than a line to compare them with.
        focus: {
          prox: 24,
          dist: (_, series, __, value, at) => (series > curves.length ? Infinity : Math.abs(value - at)),
        },
        points: { size: 7, fill: card, width: 2 },
        y: false,
        bind: { dblclick: () => () => this.setRange(undefined) },
      },
      focus: { alpha: 0.3 },
      scales: {
        x: { time: false },
        y: { ...(props.isLog ? LOGARITHMIC : {}), range: (_, low, high) => this.yRange(low, high) },
      },
      axes: axesOf(props, soft, line),
      series: seriesOf(curves, references, soft),
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
    const { from, to } = props.range.value ?? this.whole();
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
    const main = [...byId.values()].filter(({ curve }) => !curve.isFaint);
    const [drawn, within] = main.reduce(
      ([a, b], { indices, within: n }) => [a + Math.min(indices.length, n), b + n],
      [0, 0],
    );
    const text = drawn < within ? `showing ${whole(drawn)} of ${whole(within)} points` : counted(within, 'point');
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

  /** Closer to a place by a factor below one, or away from it. */
  zoom(place: number, factor: number): void {
    const whole = this.whole();
    const { from, to } = this.props.range.value ?? whole;
    const at = Math.min(Math.max(place, from), to);
    this.moveTo(at - (at - from) * factor, at + (to - at) * factor, whole);
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
    const named: number[] = [];
    for (const { label, value } of this.props.references ?? []) {
      const y = plot.valToPos(value, 'y', true);
      if (y < bbox.top + 12 * ratio || y > bbox.top + bbox.height) continue;
      // One name would be written over another.
      if (named.some((other) => Math.abs(other - y) < 12 * ratio)) continue;
      named.push(y);
      const isLow = y > bbox.top + bbox.height / 2;
      ctx.textAlign = isLow ? 'left' : 'right';
      ctx.fillText(label, isLow ? bbox.left + 4 * ratio : bbox.left + bbox.width - 4 * ratio, y - 2 * ratio);
    }
    ctx.restore();
  }

  /** Of the points that are drawn, among which are the lowest and the highest. */
  private yRange(low: number, high: number): [number, number] {
    const { references = [], isLog = false } = this.props;
    const [min, max] = this.extremes;
    return min <= max ? rangeOf(this.extremes, references, isLog) : [low, high];
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
      this.zoom(this.plot.posToVal(event.offsetX, 'x'), Math.exp(event.deltaY / 300));
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
