import { useLayoutEffect, useRef } from 'preact/hooks';
import { nameOf, share, characterOf } from './characters.js';
import { MAX_ATTENTION, type Engine, type ModelInfo } from './engine-types.js';
import { useAnswer } from './hooks.js';
import { Problem } from '../parts/parts.js';
import { isDark } from '../parts/scheme.js';
import { redrawWith } from '../state.js';
import { isolated } from '../format.js';
import { Slider } from './parts.js';

/** Width of the triangle at most, 36 rem. */
const WIDTH = 36 * 15;
/** Pixels of a cell at least, drawn; the page scales them. */
const MIN_CELL = 8;
/** Pixels of a named cell, shown: smaller ones have no characters that can be read, so the triangle is scrolled. */
const MIN_NAMED_CELL = 10;
/** Cells with their characters beside them. More have none, and are as small as the column needs. */
const MAX_NAMED = 48;

interface AttentionProps {
  readonly engine: Engine;
  readonly text: string;
  readonly tokens: Uint16Array;
  readonly block: number;
  readonly head: number;
  /** The character that is predicted. */
  readonly at: number;
  readonly onChange: (changes: { readonly block?: number; readonly head?: number; readonly at?: number }) => void;
}

/** The attention of one head as a triangle, and along the text for one of its rows. */
export function Attention({ engine, text, tokens, block, head, at: asked, onChange }: AttentionProps) {
  const { info } = engine;
  const { value, error } = useAnswer(JSON.stringify([text, block]), async () => ({
    heads: await engine.attention(text, block),
    text,
  }));
  const weights = value?.heads[head];
  if (value === undefined || weights === undefined || value.text !== text) return <Problem error={error} />;
  const size = weights.length;
  const at = Math.min(asked, size - 1);
  const row = weights[at]!;
  const most = row.indexOf(Math.max(...row));
  const mostName = keyName(info, tokens, most);
  return (
    <section class="card">
      <h2>Attention</h2>
      <div class="row">
        <Choice name="block" count={info.layers} chosen={block} onChange={(next) => onChange({ block: next })} />
        <Choice name="head" count={info.heads} chosen={head} onChange={(next) => onChange({ head: next })} />
      </div>
      <div class="attention">
        <Triangle
          {...{ info, weights, tokens, at }}
          label={`Attention of block ${block + 1}, head ${head + 1}: a row for each character that is predicted, a column for each that the model has read`}
          onChoose={(next) => onChange({ at: next })}
        />
        <div>
          <p>
            To predict “<bdi>{nameOf(info, tokens[at] ?? 0)}</bdi>”, character {at + 1}, it looks most at “
            <bdi>{mostName}</bdi>” ({share(row[most]!)}):
          </p>
          <Row info={info} row={row} tokens={tokens} />
          <Slider
            label="row"
            {...{ min: 0, max: size - 1, step: 1, value: at }}
            said={`character ${at + 1}, most on ${mostName}, ${share(row[most]!)}`}
            onChange={(next) => onChange({ at: next })}
          />
          <p class="small soft">
            Each row is a character that is predicted, each column one that the model has read: ▸ is the beginning. The
            stronger the colour of a square, the more the head looks there; the weights of a row add up to 1.{' '}
            {info.causal
              ? 'It never looks ahead: hence the triangle.'
              : 'This model has no causal mask: it also looks at what it is to predict.'}
            {tokens.length > MAX_ATTENTION ? ` Shown are the first ${MAX_ATTENTION} characters of the text.` : ''}
          </p>
        </div>
      </div>
    </section>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly count: number;
  readonly chosen: number;
  readonly onChange: (chosen: number) => void;
}

function Choice({ name, count, chosen, onChange }: ChoiceProps) {
  return (
    <label class="inline">
      {name}
      <select value={chosen} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
        {Array.from({ length: count }, (_, i) => (
          <option key={i} value={i}>
            {i + 1} of {count}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TriangleProps {
  readonly info: ModelInfo;
  readonly weights: readonly (readonly number[])[];
  readonly tokens: Uint16Array;
  /** The row that is framed. */
  readonly at: number;
  readonly label: string;
  readonly onChoose: (row: number) => void;
}

function Triangle({ info, weights, tokens, at, label, onChoose }: TriangleProps) {
  redrawWith(isDark);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = weights.length;
  const isNamed = size <= MAX_NAMED;
  const margin = isNamed ? 1 : 0;
  const cell = Math.max(MIN_CELL, Math.ceil((WIDTH * devicePixelRatio) / (size + margin)));
  const pixels = (size + margin) * cell;
  useLayoutEffect(() => {
    const rows = Array.from({ length: size }, (_, i) => characterOf(info, tokens[i] ?? 0));
    draw(canvas.current!, weights, rows, ['▸', ...rows].slice(0, size), at, isNamed, cell);
  });
  const choose = (event: MouseEvent): void => {
    const { top, height } = canvas.current!.getBoundingClientRect();
    const row = Math.floor(((event.clientY - top) / height) * (size + margin) - margin);
    onChoose(Math.min(size - 1, Math.max(0, row)));
  };
  return (
    <div class="triangle" tabIndex={0} role="region" aria-label="Attention as a triangle">
      <canvas
        ref={canvas}
        width={pixels}
        height={pixels}
        role="img"
        aria-label={label}
        style={{ minWidth: isNamed ? `${MIN_NAMED_CELL * (size + margin)}px` : '0' }}
        onClick={choose}
      />
    </div>
  );
}

interface RowProps {
  readonly info: ModelInfo;
  readonly row: readonly number[];
  readonly tokens: Uint16Array;
}

/** One row of the triangle along the text. */
function Row({ info, row, tokens }: RowProps) {
  return (
    <p class="surprise" aria-hidden="true">
      <bdi>
        {row.map((weight, key) => (
          <span
            key={key}
            title={`${isolated(keyName(info, tokens, key))}: ${share(weight)}`}
            style={{ background: `rgba(var(--heat), ${(0.8 * weight).toFixed(3)})` }}
          >
            {key === 0 ? '▸' : characterOf(info, tokens[key - 1]!)}
          </span>
        ))}
      </bdi>
    </p>
  );
}

/** What a head looks at: a character of the text, or its beginning. */
function keyName(info: ModelInfo, tokens: Uint16Array, key: number): string {
  return key === 0 ? 'beginning' : nameOf(info, tokens[key - 1]!);
}

/** Weights as squares, the larger the stronger, by the square root: so that small ones are seen. One row is framed. */
function draw(
  canvas: HTMLCanvasElement,
  weights: readonly (readonly number[])[],
  rows: readonly string[],
  columns: readonly string[],
  at: number,
  isNamed: boolean,
  cell: number,
): void {
  const context = canvas.getContext('2d')!;
  const style = getComputedStyle(canvas);
  const heat = style.getPropertyValue('--heat');
  const gap = isNamed ? cell / 12 : 0;
  context.reset();
  if (isNamed) context.translate(cell, cell);
  weights.forEach((row, query) =>
    row.forEach((weight, key) => {
      context.fillStyle = `rgba(${heat}, ${0.06 + 0.94 * Math.sqrt(weight)})`;
      context.fillRect(key * cell, query * cell, cell - gap, cell - gap);
    }),
  );
  context.strokeStyle = context.fillStyle = style.color;
  // Two pixels of the page, where the picture is shown smaller than it is drawn.
  context.lineWidth = 2 * Math.max(1, canvas.width / canvas.clientWidth);
  context.strokeRect(0, at * cell - gap / 2, weights[at]!.length * cell - gap, cell);
  if (!isNamed) return;
  Object.assign(context, { font: `${0.75 * cell}px monospace`, textAlign: 'center', textBaseline: 'middle' });
  rows.forEach((name, i) => context.fillText(name, -cell / 2, (i + 0.5) * cell));
  columns.forEach((name, i) => context.fillText(name, (i + 0.5) * cell, -cell / 2));
}
