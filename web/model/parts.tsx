import { useSignal } from '@preact/signals';
import { LetterpressError } from '../../src/errors.js';
import { SourceError } from '../data/server.js';

export function Problem({ error }: { readonly error: unknown }) {
  if (error === undefined) return null;
  return (
    <p class="problem" role="alert">
      {error instanceof LetterpressError || error instanceof SourceError
        ? `${error.message}. ${error.fix}`
        : error instanceof Error
          ? error.message
          : 'The model cannot be opened.'}
    </p>
  );
}

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, value, onChange, ...range }: SliderProps) {
  return (
    <label class="knob">
      <span>{label}</span>
      <input
        type="range"
        {...range}
        value={value}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
      <output>{value.toFixed(2)}</output>
    </label>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly value: number | undefined;
  /** What no number means. */
  readonly empty?: string;
  readonly onChange: (value: number | undefined) => void;
}

export function NumberField({ label, min, max, value, empty, onChange }: NumberFieldProps) {
  return (
    <label class="knob">
      <span>{label}</span>
      <input
        type="number"
        step={1}
        min={min}
        max={max}
        value={value ?? ''}
        placeholder={empty}
        onInput={({ currentTarget: { value: text, valueAsNumber } }) => {
          if (text === '') onChange(undefined);
          else if (Number.isSafeInteger(valueAsNumber) && valueAsNumber >= min) onChange(Math.min(max, valueAsNumber));
        }}
      />
    </label>
  );
}

interface ShareProps {
  readonly text: () => string;
  /** Writes the settings into the address at once. */
  readonly save: () => void;
}

export function ShareButtons({ text, save }: ShareProps) {
  const said = useSignal('');
  const copy = async (value: string, what: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      said.value = `${what} copied`;
    } catch {
      said.value = 'the browser forbids copying here';
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy(text(), 'Text')}>
        Copy text
      </button>
      <button
        type="button"
        onClick={() => {
          save();
          void copy(location.href, 'Link');
        }}
      >
        Copy link
      </button>
      <span class="small soft" role="status">
        {said.value}
      </span>
    </>
  );
}
