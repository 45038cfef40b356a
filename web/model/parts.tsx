import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { counted } from '../format.js';
import { writeAddress } from '../route.js';

interface TextBoxProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly maxLength?: number;
  readonly onChange: (value: string) => void;
  readonly onEnter?: () => void;
}

/** A text of a line or two; Enter with Shift begins another. */
export function TextBox({ label, onChange, onEnter, ...box }: TextBoxProps) {
  return (
    <label class="block">
      {label}
      <textarea
        rows={2}
        {...box}
        spellcheck={false}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          if (onEnter === undefined || event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          onEnter();
        }}
      />
    </label>
  );
}

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** Beside it. */
  readonly shown?: string;
  /** Read aloud in place of the number. */
  readonly said?: string;
  readonly onChange: (value: number) => void;
}

export function Slider({ label, shown, said, onChange, ...range }: SliderProps) {
  return (
    <label class={shown === undefined ? 'inline wide' : 'knob'}>
      <span>{label}</span>
      <input
        type="range"
        {...range}
        aria-valuetext={said}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
      {shown === undefined ? null : <span class="value">{shown}</span>}
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
  /** What is written is no such number, which changes nothing: browsers give "" for "1e". */
  const isRefused = useSignal(false);
  // Another value is shown: Another, a link or the back button has set it.
  useLayoutEffect(() => void (isRefused.value = false), [value]);
  return (
    <label class="knob">
      <span>{label}</span>
      <input
        type="number"
        step={1}
        min={min}
        max={max}
        // Undefined leaves what is written there.
        value={isRefused.value ? undefined : (value ?? '')}
        placeholder={empty}
        aria-invalid={isRefused.value}
        onInput={({ currentTarget: { value: text, valueAsNumber, validity } }) => {
          isRefused.value = !validity.valid;
          if (validity.valid) onChange(text === '' ? undefined : valueAsNumber);
        }}
      />
      <small class="soft" role="status">
        {isRefused.value
          ? `a whole number, ${max < Number.MAX_SAFE_INTEGER ? `${min} to ${max}` : `at least ${min}`}`
          : ''}
      </small>
    </label>
  );
}

interface ReadNoteProps {
  /** What was given, and what of it the model reads. */
  readonly given: string;
  readonly read: string;
  readonly maxCharacters: number;
}

/** Says where the model reads another text than it was given. */
export function ReadNote({ given, read, maxCharacters }: ReadNoteProps) {
  const [asked, characters] = [Array.from(given), Array.from(read)];
  const isCut = characters.length === maxCharacters && asked.length > maxCharacters;
  const isOther = characters.some((character, i) => character !== asked[i]) || (!isCut && given !== read);
  if (!isCut && !isOther) return null;
  return (
    <p class="small soft">
      {isOther ? (
        <>
          The model reads “<bdi>{read}</bdi>”: its alphabet has no other characters.{' '}
        </>
      ) : null}
      {isCut ? `It reads the first ${counted(maxCharacters, 'character')}: its context has no more.` : ''}
    </p>
  );
}

interface ShareProps {
  readonly text: () => string;
}

export function ShareButtons({ text }: ShareProps) {
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
          writeAddress();
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
