import { useMemo } from 'preact/hooks';
import { Attention } from './attention.js';
import { characterOf, distributionOf, endOfBars, logitsAt, nameOf, ranked, share, surpriseOf } from './characters.js';
import { EmbeddingView } from './embedding.js';
import type { Engine, ModelInfo, Reading } from './engine-types.js';
import { useAnswer, useSettings } from './hooks.js';
import { counted, isolated, number } from '../format.js';
import { wholeIn } from '../route.js';
import { heatOf, Problem } from '../parts/parts.js';
import { ReadNote, ShareButtons, Slider, TextBox } from './parts.js';

interface XraySettings {
  readonly text: string;
  /** The position looked at; undefined for the most surprising one. */
  readonly at: number | undefined;
  readonly block: number;
  readonly head: number;
}

const ALTERNATIVES = 8;

/** What a model expects at each character of a text, and where it looks. */
export function Xray({ engine }: { readonly engine: Engine }) {
  const settings = useSettings(readSettings, writeSettings);
  const change = (changes: Partial<XraySettings>): void => void (settings.value = { ...settings.value, ...changes });
  const { text, block, head } = settings.value;
  const { value, error } = useAnswer(text, async () => ({ ...(await engine.read(await textFor(engine, text))), text }));
  return (
    <>
      <section class="card">
        <TextBox
          label="Text"
          value={text}
          placeholder="A text to look into; without one, the model writes one"
          onChange={(next) => change({ text: next, at: undefined })}
        />
        <div class="row">
          <ShareButtons text={() => (value === undefined ? text : textOf(engine, value))} />
        </div>
        {value === undefined || text === '' || value.text !== text ? null : (
          <ReadNote given={text} read={textOf(engine, value)} maxCharacters={engine.info.maxCharacters} />
        )}
        <Problem error={error} />
        {value === undefined ? null : <Reader engine={engine} reading={value} at={settings.value.at} change={change} />}
      </section>
      {value === undefined ? null : (
        <div class="halves">
          <Attention
            engine={engine}
            text={textOf(engine, value)}
            tokens={value.tokens}
            block={Math.min(block, engine.info.layers - 1)}
            head={Math.min(head, engine.info.heads - 1)}
            at={settings.value.at ?? Math.min(value.tokens.length, 1 + Math.floor(value.tokens.length / 2))}
            onChange={change}
          />
          <EmbeddingView engine={engine} />
        </div>
      )}
    </>
  );
}

async function textFor(engine: Engine, text: string): Promise<string> {
  if (text !== '') return text;
  const [sample = ''] = await engine.sample(
    { prompt: '', temperature: 0.7, seed: 1, count: 1 },
    new AbortController().signal,
  );
  return sample;
}

const textOf = ({ info }: Engine, { tokens }: Reading): string =>
  Array.from(tokens, (token) => info.characters[token - 1] ?? '').join('');

interface ReaderProps {
  readonly engine: Engine;
  readonly reading: Reading;
  readonly at: number | undefined;
  readonly change: (changes: Partial<XraySettings>) => void;
}

function Reader({ engine, reading, at: asked, change }: ReaderProps) {
  const { info } = engine;
  const { tokens, logits } = reading;
  const surprise = useMemo(() => surpriseOf(info, tokens, logits), [reading]);
  const worst = surprise.indexOf(Math.max(...surprise));
  const at = Math.min(asked ?? worst, surprise.length - 1);
  const total = surprise.reduce((sum, each) => sum + each, 0);
  const row = logitsAt(info, logits, at);
  if (row === undefined) return null;
  const actual = tokens[at] ?? 0;
  return (
    <div class="halves">
      <div>
        <p class="surprise">
          <span class="visually-hidden">{textOf(engine, reading)}</span>
          <bdi aria-hidden="true">
            {surprise.map((nll, i) => (
              <span
                key={i}
                class={i === at ? 'here' : undefined}
                title={`${isolated(nameOf(info, tokens[i] ?? 0))}: ${share(Math.exp(-nll))}, ${number(nll)} nats`}
                style={{ background: heatOf(nll) }}
                onClick={() => change({ at: i })}
              >
                {characterOf(info, tokens[i] ?? 0)}
              </span>
            ))}
          </bdi>
        </p>
        <Slider
          label="character"
          {...{ min: 0, max: surprise.length - 1, step: 1, value: at }}
          said={`${nameOf(info, actual)}, probability ${share(Math.exp(-surprise[at]!))}`}
          onChange={(next) => change({ at: next })}
        />
        <p>
          NLL <b>{number(total)}</b> nats: {number(total / surprise.length, 3)} nats or{' '}
          {number(total / surprise.length / Math.LN2, 3)} bits per character, {counted(surprise.length, 'character')}
          {surprise.length > tokens.length ? ' with the end (¶)' : ''}.
        </p>
        <p class="small soft">
          The stronger the colour of a character, the less probable it was to the model after those before it. Choose
          one.
        </p>
      </div>
      <Alternatives info={info} logits={row} actual={actual} at={at} />
    </div>
  );
}

interface AlternativesProps {
  readonly info: ModelInfo;
  readonly logits: Float32Array;
  /** The character that stands there. */
  readonly actual: number;
  readonly at: number;
}

/** The characters that the model would rather have had, and the one that came. */
function Alternatives({ info, logits, actual, at }: AlternativesProps) {
  const probabilities = distributionOf(logits);
  const order = ranked(probabilities);
  const rank = order.findIndex(([token]) => token === actual);
  return (
    <div>
      <h2>
        In place of “<bdi>{nameOf(info, actual)}</bdi>”, character {at + 1}: {share(probabilities[actual]!)},{' '}
        {rank === 0 ? 'the most probable' : `number ${rank + 1} of ${order.length}`}
      </h2>
      <ol class="bars">
        {order.slice(0, Math.max(ALTERNATIVES, rank < 2 * ALTERNATIVES ? rank + 1 : 0)).map(([token, probability]) => (
          <li key={token} class={`bar-row ${token === actual ? 'chosen-bar' : ''}`}>
            <b>{nameOf(info, token)}</b>
            <span class="bar">
              <i style={{ width: `${(100 * probability) / endOfBars(order[0]?.[1] ?? 1)}%` }} />
            </span>
            <span>{share(probability)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function readSettings(search: URLSearchParams): XraySettings {
  return {
    text: search.get('text') ?? '',
    at: wholeIn(search, 'at', 0),
    block: (wholeIn(search, 'block', 1) ?? 1) - 1,
    head: (wholeIn(search, 'head', 1) ?? 1) - 1,
  };
}

function writeSettings({ text, at, block, head }: XraySettings): Readonly<Record<string, string | undefined>> {
  return {
    text: text === '' ? undefined : text,
    at: at?.toString(),
    block: block === 0 ? undefined : String(block + 1),
    head: head === 0 ? undefined : String(head + 1),
  };
}
