import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Engine, Part, Wish } from './engine-types.js';

/** Milliseconds a character is shown alone while a text is written. */
const FRAME = 35;

const NOTHING: Part = { tokens: [], logits: [] };

/**
 * Writes when it is asked to, a character at a time; afterwards the text follows every change of the settings at once,
 * until the prompt is another.
 */
export function useWriting(engine: Engine, settings: { readonly value: Wish }) {
  const written = useSignal(NOTHING);
  const error = useSignal<unknown>(undefined);
  const isComputing = useSignal(false);
  /** Characters that are shown; all once they have been shown one by one. */
  const visibleCount = useSignal(Infinity);
  const control = useRef<AbortController | undefined>(undefined);
  /** What is continued: Enter may come before the effects of the last key. */
  const continued = useRef<string | undefined>(undefined);
  const { prompt, temperature, topK, topP, seed } = settings.value;

  const run = async (): Promise<void> => {
    control.current?.abort();
    const { signal } = (control.current = new AbortController());
    let found = NOTHING;
    continued.current = settings.value.prompt;
    isComputing.value = true;
    error.value = undefined;
    try {
      await engine.write(
        settings.value,
        ({ tokens, logits }) => {
          if (signal.aborted) return;
          found = { tokens: [...found.tokens, ...tokens], logits: [...found.logits, ...logits] };
          written.value = found;
        },
        signal,
      );
    } catch (reason) {
      if (!signal.aborted) error.value = reason;
    }
    if (!signal.aborted) isComputing.value = false;
  };
  const clear = (): void => {
    control.current?.abort();
    continued.current = undefined;
    isComputing.value = false;
    written.value = NOTHING;
  };
  const start = (): void => {
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    written.value = NOTHING;
    visibleCount.value = isStill ? Infinity : 0;
    void run();
  };

  useEffect(() => {
    if (continued.current !== prompt) clear();
  }, [prompt]);
  useEffect(() => {
    if (written.peek().tokens.length > 0 && visibleCount.peek() === Infinity) void run();
  }, [temperature, topK, topP, seed]);
  useEffect(() => () => control.current?.abort(), []);
  const count = visibleCount.value;
  useEffect(() => {
    if (count === Infinity) return;
    const timer = setTimeout(() => {
      if (count < written.value.tokens.length) visibleCount.value = count + 1;
      else if (isComputing.value) visibleCount.value = count;
      else visibleCount.value = Infinity;
    }, FRAME);
    return () => clearTimeout(timer);
  }, [count, written.value, isComputing.value]);

  const shown = useComputed(() => {
    const { tokens, logits } = written.value;
    return { tokens: tokens.slice(0, visibleCount.value), logits };
  });
  const isBusy = useComputed(() => isComputing.value || visibleCount.value !== Infinity);
  return { shown, isBusy, error, start, clear };
}
