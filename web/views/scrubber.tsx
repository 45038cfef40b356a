import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RunDetails } from '../../src/studio/api.js';
import type { RunData } from '../data/run-data.js';
import { isolated, number, percent, visible, whole } from '../format.js';
import { useAnswer } from '../model/hooks.js';
import { heatOf, Problem, Samples } from '../parts/parts.js';
import { nearestIndex } from '../parts/points.js';
import { query, setQuery } from '../route.js';
import { redrawWith, source } from '../state.js';

const MAX_SAMPLES = 24;
/** Milliseconds an epoch is shown while they play. */
const FRAME = 350;

/**
 * The epochs of a run, to be dragged through: what each character of a text cost the model then, and what it wrote.
 * Without a choice, the newest epoch is shown.
 */
export function Scrubber({ data, details }: { readonly data: RunData; readonly details: RunDetails }) {
  redrawWith(data.version);
  const { count } = data.epochs;
  const numbers = data.epochs.column('epoch');
  const asked = count > 1 ? query.value.get('epoch') : null;
  const at = asked === null ? count - 1 : nearestIndex({ xs: numbers, ys: numbers, count }, Number(asked) - 1 || 0);
  const epoch = numbers[at]!;
  const isFinal = asked === null && details.hasSamples;
  const saved = details.sampleEpochs.findLast((each) => each <= epoch);
  const shown: number | 'final' | undefined = isFinal ? 'final' : saved;
  const key = count === 0 ? undefined : JSON.stringify([data.id, epoch, shown]);
  const { value, error } = useAnswer(key, async () => {
    const [surprise, texts] = await Promise.all([
      source.value!.surprise(data.id, epoch),
      shown === undefined ? [] : source.value!.samples(data.id, shown),
    ]);
    return { surprise, texts, shown };
  });
  if (count === 0) return null;
  return (
    <section>
      <h2>What it writes, and what surprises it</h2>
      <div class="card">
        <EpochChoice data={data} at={at} asked={asked} />
        <Problem error={error} />
        {value?.surprise === undefined ? null : (
          <>
            <h3>Surprise of each character of validation texts</h3>
            <p class="soft small">
              The stronger the colour, the less probable it was to the model; ¶ is the end of the text; of long texts,
              the beginning is shown.
            </p>
            {value.surprise.texts.map((text) => (
              <Surprise key={text.text} {...text} />
            ))}
          </>
        )}
        {value?.shown === undefined ? null : (
          <>
            <h3>
              {value.shown === 'final'
                ? 'Samples of the best model'
                : `Samples of epoch ${whole(value.shown + 1)}, the best until then`}
            </h3>
            <Samples kind="texts" texts={value.texts.slice(0, MAX_SAMPLES)} />
          </>
        )}
      </div>
    </section>
  );
}

interface EpochChoiceProps {
  readonly data: RunData;
  /** The row of the epoch that is shown. */
  readonly at: number;
  /** The epoch in the address; null for the newest. */
  readonly asked: string | null;
}

/** Which epoch is shown: a slider, a button that plays them, and the numbers of the epoch. */
function EpochChoice({ data, at, asked }: EpochChoiceProps) {
  redrawWith(data.version);
  const slider = useRef<HTMLInputElement>(null);
  const { count } = data.epochs;
  const numbers = data.epochs.column('epoch');
  const last = count - 1;
  const [epoch, newest] = [numbers[at]! + 1, numbers[last]! + 1];
  const [val, train, best] = (['valNll', 'trainNll', 'best'] as const).map((name) => data.epochs.column(name)[at]);
  const choose = (row: number): void => setQuery({ epoch: String(numbers[row]! + 1) });
  const { isPlaying, toggle } = usePlaying(at, last, asked, choose);
  const hasSeveral = count > 1;
  return (
    <>
      <div class="scrub">
        {hasSeveral ? (
          <>
            <button type="button" onClick={toggle}>
              {isPlaying ? 'Pause' : 'Play'}
            </button>
            <input
              ref={slider}
              type="range"
              min={1}
              max={count}
              value={at + 1}
              aria-label="Epoch"
              aria-valuetext={`epoch ${epoch} of ${newest}, validation NLL ${number(val)}`}
              onInput={({ currentTarget }) => choose(Number(currentTarget.value) - 1)}
            />
          </>
        ) : null}
        <span>
          epoch {whole(epoch)} of {whole(newest)}
        </span>
      </div>
      <p class="soft small row">
        <span>
          Validation NLL {number(val)}
          {best ? ', the lowest so far' : ''}; training NLL {number(train)}.
        </span>
        {!hasSeveral ? null : asked === null ? (
          <span>Drag through the epochs, or play them.</span>
        ) : (
          <button
            type="button"
            onClick={() => {
              // The button goes, and would take the focus with it.
              slider.current?.focus();
              setQuery({ epoch: undefined });
            }}
          >
            Newest epoch
          </button>
        )}
      </p>
    </>
  );
}

/** Chooses one row after another while it plays, from the one shown to the last. */
function usePlaying(at: number, last: number, asked: string | null, choose: (row: number) => void) {
  const isPlaying = useSignal(false);
  useEffect(() => {
    if (!isPlaying.value) return;
    const timer = setTimeout(() => {
      // Dragged elsewhere just now, which begins a frame of its own.
      if (query.peek().get('epoch') !== asked) return;
      if (at >= last) isPlaying.value = false;
      else choose(at + 1);
    }, FRAME);
    return () => clearTimeout(timer);
  }, [isPlaying.value, at, asked]);
  const toggle = (): void => {
    if (at >= last) choose(0);
    isPlaying.value = !isPlaying.value;
  };
  return { isPlaying: isPlaying.value, toggle };
}

function Surprise({ text, nll }: { readonly text: string; readonly nll: readonly number[] }) {
  const characters = Array.from(text).concat(nll.length > Array.from(text).length ? ['¶'] : []);
  return (
    <p class="surprise">
      <span class="visually-hidden">{text}</span>
      <bdi aria-hidden="true">
        {characters.map((character, i) => (
          <span
            key={i}
            title={`${isolated(visible(character))}: ${number(nll[i])} nats, probability ${percent(Math.exp(-(nll[i] ?? NaN)))}`}
            style={{ background: heatOf(nll[i] ?? 0) }}
          >
            {visible(character)}
          </span>
        ))}
      </bdi>{' '}
      <small class="soft">
        {number(
          nll.reduce((sum, each) => sum + each, 0),
          1,
        )}{' '}
        nats
      </small>
    </p>
  );
}
