import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { RunDetails } from '../../src/studio/api.js';
import type { RunData } from '../data/run-data.js';
import { number, visible, whole } from '../format.js';
import { query, setQuery } from '../route.js';
import { attempt, source } from '../state.js';

/** Nats at which a character is as dark as it gets: one in four hundred. */
const MAX_SURPRISE = 6;
const MAX_SAMPLES = 24;
/** Milliseconds an epoch is shown while they play. */
const FRAME = 350;

/**
 * The epochs of a run, to be dragged through: what each character of a text cost the model then, and what it wrote.
 * Without a choice, the newest epoch is shown.
 */
export function Scrubber({ data, details }: { readonly data: RunData; readonly details: RunDetails }) {
  const metrics = data.metrics.value;
  const isPlaying = useSignal(false);
  const asked = query.value.get('epoch');
  const last = metrics.length - 1;
  const at = Math.min(Math.max(0, asked === null ? last : Number(asked) - 1 || 0), last);
  const isFinal = asked === null && details.files.includes('samples.txt');
  const saved = details.sampleEpochs.findLast((epoch) => epoch <= (metrics[at]?.epoch ?? -1));
  const shown = isFinal ? 'final' : saved;
  const texts = useSignal<{ readonly of: unknown; readonly texts: readonly string[] }>({ of: undefined, texts: [] });

  useEffect(() => {
    if (shown === undefined) return;
    let isCurrent = true;
    void attempt(() => source.value!.samples(data.id, shown)).then((found) => {
      if (isCurrent && found !== undefined) texts.value = { of: shown, texts: found };
    });
    return () => void (isCurrent = false);
  }, [shown, data.id, details.sampleEpochs.length]);
  useEffect(() => {
    if (!isPlaying.value) return;
    const timer = setTimeout(() => {
      if (at >= last) isPlaying.value = false;
      else setQuery({ epoch: String(at + 2) });
    }, FRAME);
    return () => clearTimeout(timer);
  }, [isPlaying.value, at]);

  const line = metrics[at];
  if (line === undefined) return null;
  const surprise = data.surprise.value.findLast(({ epoch }) => epoch <= line.epoch);
  const play = (): void => {
    if (at >= last) setQuery({ epoch: '1' });
    isPlaying.value = !isPlaying.value;
  };
  return (
    <section>
      <h2>What it writes, and what surprises it</h2>
      <div class="card">
        <div class="scrub">
          <button type="button" onClick={play}>
            {isPlaying.value ? 'Pause' : 'Play'}
          </button>
          <input
            type="range"
            min={1}
            max={metrics.length}
            value={at + 1}
            aria-label="Epoch"
            aria-valuetext={`epoch ${at + 1} of ${metrics.length}, validation NLL ${number(line.valNll)}`}
            onInput={({ currentTarget }) => setQuery({ epoch: currentTarget.value })}
          />
          <span>
            epoch {whole(at + 1)} of {whole(metrics.length)}
            {line.best ? ', the best so far' : ''}
          </span>
        </div>
        <p class="soft small">
          Validation NLL {number(line.valNll)}, training NLL {number(line.trainNll)}.{' '}
          {asked === null ? (
            'The newest epoch is shown. '
          ) : (
            <button type="button" onClick={() => setQuery({ epoch: undefined })}>
              Newest epoch
            </button>
          )}
        </p>
        {surprise === undefined ? null : (
          <>
            <h3>Surprise of each character of validation texts</h3>
            <p class="soft small">The darker, the less probable it was to the model; ¶ is the end of the text.</p>
            {surprise.texts.map((text) => (
              <Surprise key={text.text} {...text} />
            ))}
          </>
        )}
        {shown === undefined ? null : (
          <>
            <h3>{shown === 'final' ? 'Samples of the best model' : `Samples of epoch ${whole(shown + 1)}`}</h3>
            <ol class="texts">
              {texts.value.texts.slice(0, MAX_SAMPLES).map((text, i) => (
                <li key={i}>
                  <bdi>{text === '' ? '(empty)' : visible(text)}</bdi>
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  );
}

function Surprise({ text, nll }: { readonly text: string; readonly nll: readonly number[] }) {
  const characters = Array.from(text).concat(nll.length > Array.from(text).length ? ['¶'] : []);
  return (
    <p class="surprise">
      <span class="visually-hidden">{text}</span>
      <span aria-hidden="true">
        {characters.map((character, i) => (
          <span
            key={i}
            title={`${character}: ${number(nll[i])} nats, probability ${number(100 * Math.exp(-(nll[i] ?? NaN)), 1)} %`}
            style={{
              background: `rgba(var(--heat), ${Math.min(0.6, (0.6 * (nll[i] ?? 0)) / MAX_SURPRISE).toFixed(3)})`,
            }}
          >
            {visible(character)}
          </span>
        ))}
      </span>{' '}
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
