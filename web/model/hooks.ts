import { signal, useSignal, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { LetterpressError } from '../../src/errors.js';
import { SourceError } from '../data/source-error.js';
import { query, setQuery } from '../route.js';
import { isLost } from '../state.js';

type Written = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a view as a signal, which follows the address as the address follows it.
 *
 * @param read of an address; what is missing gets its default
 * @param write for an address, undefined for defaults
 */
export function useSettings<T>(read: (search: URLSearchParams) => T, write: (value: T) => Written): Signal<T> {
  const settings = useMemo(() => signal(read(query.value)), []);
  const known = useRef(query.value.toString());
  const address = query.value.toString();
  useEffect(() => {
    if (address === known.current) return;
    known.current = address;
    settings.value = read(query.value);
  }, [address]);
  useEffect(
    () =>
      settings.subscribe((value) => {
        setQuery(write(value));
        known.current = query.peek().toString();
      }),
    [],
  );
  return settings;
}

export interface Asked<T> {
  /** Of the newest question that was answered, which may be older than the newest. */
  readonly value: T | undefined;
  readonly error: LetterpressError | SourceError | undefined;
}

interface Newest<T> {
  key: string | undefined;
  ask: () => Promise<T>;
  /** The key of the question that was asked last. */
  done: string | undefined;
  isBusy: boolean;
  isGone: boolean;
}

/**
 * The answer to a question that changes. One is asked at a time: of those that come meanwhile only the newest is asked.
 * What failed is asked again when the studio answers again.
 *
 * @param key of the question; another key is another question, and undefined is none
 */
export function useAnswer<T>(key: string | undefined, ask: () => Promise<T>): Asked<T> {
  const asked = useSignal<Asked<T>>({ value: undefined, error: undefined });
  const newest = useRef<Newest<T>>({ key, ask, done: undefined, isBusy: false, isGone: false });
  newest.current.key = key;
  newest.current.ask = ask;
  useEffect(() => {
    const { current } = newest;
    if (!isLost.value && asked.peek().error !== undefined) current.done = undefined;
    const run = async (): Promise<void> => {
      if (current.isBusy) return;
      current.isBusy = true;
      while (current.key !== current.done && current.key !== undefined && !current.isGone) {
        current.done = current.key;
        try {
          const value = await current.ask();
          asked.value = { value, error: undefined };
        } catch (error) {
          if (!(error instanceof LetterpressError || error instanceof SourceError)) throw error;
          asked.value = { value: undefined, error };
        }
      }
      current.isBusy = false;
    };
    void run();
  }, [key, isLost.value]);
  useEffect(() => () => void (newest.current.isGone = true), []);
  return asked.value;
}
