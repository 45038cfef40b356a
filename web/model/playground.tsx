import { batch, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SamplingStrategy } from '../../src/model/strategy.js';
import { characterOf, logitsAt } from './characters.js';
import { Distribution } from './distribution.js';
import type { Engine, ModelInfo, Wish } from './engine-types.js';
import { useAnswer, useSettings } from './hooks.js';
import { numberIn, wholeIn } from '../route.js';
import { Problem } from '../parts/parts.js';
import { NumberField, ReadNote, ShareButtons, Slider, TextBox } from './parts.js';
import { SideBySide, TEMPERATURES } from './side-by-side.js';
import { useWriting } from './writing.js';

interface PlaygroundSettings extends Wish {
  /** Side by side. */
  readonly temperatures: string;
}

/** Where one who comes looks first: what the prompt is continued with. */
const AFTER_PROMPT = -1;

export function Playground({ engine }: { readonly engine: Engine }) {
  const { info } = engine;
  const settings = useSettings(readSettings, writeSettings);
  const { prompt, temperature, topK, topP, seed, temperatures } = settings.value;
  const strategy: SamplingStrategy = { temperature, topK, topP };
  const change = (changes: Partial<PlaygroundSettings>): void => {
    settings.value = { ...settings.value, ...changes };
  };
  const reading = useAnswer(prompt, async () => ({ ...(await engine.read(prompt)), prompt }));
  const writing = useWriting(engine, settings);
  /** The position looked at; undefined for the end. */
  const cursor = useSignal<number | undefined>(AFTER_PROMPT);
  const { value } = reading;
  const given = value?.tokens ?? [];
  const shown = writing.shown.value;
  const length = given.length + shown.tokens.length;
  const at = Math.min(cursor.value === AFTER_PROMPT ? given.length : (cursor.value ?? length), length);
  const logits =
    at < given.length || shown.logits.length === 0
      ? value && logitsAt(info, value.logits, Math.min(at, given.length))
      : shown.logits[Math.min(at - given.length, shown.logits.length - 1)];
  const tokenAt = (position: number): number | undefined =>
    position < given.length ? given[position] : shown.tokens[position - given.length];
  const text = (tokens: ArrayLike<number>): string => Array.from(tokens, (token) => characterOf(info, token)).join('');
  const before = Array.from({ length: at }, (_, i) => tokenAt(i)!);
  const isFull = given.length >= info.maxCharacters;
  const append = (token: number): void => {
    if (token === 0) return;
    const { prompt: written } = settings.peek();
    // What was written since the model read the prompt last is kept.
    const kept =
      value?.prompt === written
        ? Array.from({ length: at }, (_, i) => info.characters[tokenAt(i)! - 1] ?? '').join('')
        : written;
    batch(() => {
      cursor.value = undefined;
      writing.clear();
      change({ prompt: `${kept}${info.characters[token - 1]}` });
    });
  };
  const write = (): void => {
    cursor.value = undefined;
    writing.start();
  };
  // A link shows the text that was shared; who comes without one sees the model write.
  useEffect(writing.start, []);

  return (
    <>
      <div class="model">
        <section class="card" aria-label="Text">
          <PromptForm
            prompt={prompt}
            maxLength={4 * info.maxCharacters}
            text={() => text(given) + text(shown.tokens.filter((token) => token !== 0))}
            onChange={(next) => {
              cursor.value = undefined;
              change({ prompt: next });
            }}
            onContinue={write}
            onAnother={() => {
              change({ seed: seed === Number.MAX_SAFE_INTEGER ? 0 : seed + 1 });
              write();
            }}
          />
          {value?.prompt === prompt ? (
            <ReadNote given={prompt} read={text(given)} maxCharacters={info.maxCharacters} />
          ) : null}
          <Problem error={reading.error ?? writing.error.value} />
          <WrittenText
            {...{ info, given: text(given), tokens: shown.tokens, at: at - given.length, isFull }}
            isBusy={writing.isBusy.value}
            onLook={(i) => (cursor.value = given.length + i)}
          />
          <Slider
            label="look back"
            {...{ min: 0, max: length, step: 1, value: at }}
            said={`after “${text(before.slice(-20))}”`}
            onChange={(next) => (cursor.value = next)}
          />
        </section>
        <Sampling engine={engine} settings={settings.value} change={change} />
        <NextCharacter
          engine={engine}
          strategy={strategy}
          before={text(before.slice(-24))}
          logits={logits}
          chosen={at < length ? tokenAt(at) : undefined}
          isFull={at >= info.maxCharacters}
          onChoose={append}
        />
      </div>
      <SideBySide
        engine={engine}
        wish={{ ...strategy, prompt, seed }}
        temperatures={temperatures}
        onChange={(next) => change({ temperatures: next })}
      />
    </>
  );
}

interface PromptFormProps {
  readonly prompt: string;
  readonly maxLength: number;
  /** What is copied: the prompt and what was written. */
  readonly text: () => string;
  readonly onChange: (prompt: string) => void;
  readonly onContinue: () => void;
  readonly onAnother: () => void;
}

function PromptForm({ prompt, maxLength, text, onChange, onContinue, onAnother }: PromptFormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onContinue();
      }}
    >
      <TextBox
        label="Prompt"
        value={prompt}
        maxLength={maxLength}
        placeholder="The beginning of a text, or nothing"
        onChange={onChange}
        onEnter={onContinue}
      />
      <div class="row">
        <button class="primary" type="submit">
          Continue
        </button>
        <button type="button" onClick={onAnother}>
          Another
        </button>
        <ShareButtons text={text} />
      </div>
    </form>
  );
}

interface WrittenTextProps {
  readonly info: ModelInfo;
  /** The prompt as the model reads it. */
  readonly given: string;
  /** What was written after it. */
  readonly tokens: readonly number[];
  /** Which of them is looked at, if any. */
  readonly at: number;
  readonly isBusy: boolean;
  readonly isFull: boolean;
  readonly onLook: (at: number) => void;
}

/** The prompt and what the model has written, whose characters can be pointed at. */
function WrittenText({ info, given, tokens, at, isBusy, isFull, onLook }: WrittenTextProps) {
  return (
    <p class="written" aria-live="polite" aria-busy={isBusy}>
      <bdi>
        <span class="soft">{given}</span>
        {tokens.map((token, i) => (
          <span key={i} class={at === i ? 'here' : undefined} onMouseEnter={() => onLook(i)}>
            {characterOf(info, token)}
          </span>
        ))}
      </bdi>
      {isBusy ? <span class="caret" aria-hidden="true" /> : null}
      {isBusy || tokens.length > 0 ? null : (
        <small class="soft">{isFull ? ' The context is full.' : ' … Enter continues it.'}</small>
      )}
    </p>
  );
}

interface SamplingProps {
  readonly engine: Engine;
  readonly settings: PlaygroundSettings;
  readonly change: (changes: Partial<PlaygroundSettings>) => void;
}

/** How each character is chosen. */
function Sampling({ engine: { info }, settings: { temperature, topK, topP, seed }, change }: SamplingProps) {
  return (
    <section class="card knobs" aria-label="Sampling">
      <Slider
        label="temperature"
        {...{ min: 0.05, max: 2, step: 0.05, value: temperature, shown: temperature.toFixed(2) }}
        onChange={(next) => change({ temperature: next })}
      />
      <Slider
        label="top-p"
        {...{ min: 0.05, max: 1, step: 0.05, value: topP ?? 1, shown: (topP ?? 1).toFixed(2) }}
        onChange={(next) => change({ topP: next === 1 ? undefined : next })}
      />
      <NumberField
        label="top-k"
        {...{ min: 1, max: info.characters.length + 1, value: topK, empty: 'all' }}
        onChange={(next) => change({ topK: next })}
      />
      <NumberField
        label="seed"
        {...{ min: 0, max: Number.MAX_SAFE_INTEGER, value: seed }}
        onChange={(next) => change({ seed: next ?? 0 })}
      />
      <p class="small soft">
        A low temperature keeps to the probable, a high one dares more. Then top-k keeps the k most probable characters,
        and top-p the fewest most probable of these that have at least that share of their probability.
      </p>
    </section>
  );
}

interface NextCharacterProps {
  readonly engine: Engine;
  readonly strategy: SamplingStrategy;
  /** The end of the text before it. */
  readonly before: string;
  readonly logits: Float32Array | undefined;
  /** The character that stands there; undefined at the end. */
  readonly chosen: number | undefined;
  /** Whether the context has no room for it. */
  readonly isFull: boolean;
  readonly onChoose: (token: number) => void;
}

function NextCharacter({ engine, strategy, before, logits, chosen, isFull, onChoose }: NextCharacterProps) {
  return (
    <section class="card next">
      <h2>Next character</h2>
      <p class="small soft">
        {before === '' ? (
          'At the beginning'
        ) : (
          <>
            After “<bdi>{before}</bdi>”
          </>
        )}
        : thin bars are the model's own probabilities, thick ones those that it samples from. Choose one to continue
        with it.
      </p>
      {logits === undefined ? (
        isFull ? (
          <p>The context is full: no character comes next.</p>
        ) : null
      ) : (
        <Distribution info={engine.info} logits={logits} strategy={strategy} chosen={chosen} onChoose={onChoose} />
      )}
    </section>
  );
}

function readSettings(search: URLSearchParams): PlaygroundSettings {
  return {
    prompt: search.get('prompt') ?? '',
    temperature: numberIn(search, 'temperature', 0.01, 100) ?? 1,
    topK: wholeIn(search, 'top-k', 1),
    topP: numberIn(search, 'top-p', 0.001, 1),
    seed: wholeIn(search, 'seed', 0) ?? 0,
    temperatures: search.get('temperatures') ?? TEMPERATURES,
  };
}

function writeSettings(settings: PlaygroundSettings): Readonly<Record<string, string | undefined>> {
  const { prompt, temperature, topK, topP, seed, temperatures } = settings;
  return {
    prompt: prompt === '' ? undefined : prompt,
    temperature: temperature === 1 ? undefined : String(temperature),
    'top-k': topK?.toString(),
    'top-p': topP?.toString(),
    seed: seed === 0 ? undefined : String(seed),
    temperatures: temperatures === TEMPERATURES ? undefined : temperatures,
  };
}
