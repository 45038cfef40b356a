import { afterEach, expect, it, vi } from 'vitest';

/** Of the page, whose types are not those of Node. */
const MODULE = new URL('../../web/route.ts', import.meta.url).href;
interface Route {
  readonly query: { readonly value: URLSearchParams };
  readonly route: { readonly value: { readonly view: string; readonly id: string } };
  readonly setQuery: (changes: Readonly<Record<string, string>>) => void;
  readonly writeAddress: () => void;
}

afterEach(() => {
  vi.useRealTimers();
});

it('keeps where the reader has gone when a view writes its settings late', async () => {
  const location = { hash: '#/playground/runs/news?temperature=1' };
  const listeners: (() => void)[] = [];
  vi.useFakeTimers();
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', { replaceState: (_: null, __: string, url: string) => (location.hash = url) });
  vi.stubGlobal('addEventListener', (event: string, listener: () => void) => {
    if (event === 'hashchange') listeners.push(listener);
  });
  const { query, route, setQuery, writeAddress } = (await import(MODULE)) as Route;
  setQuery({ temperature: '0.5' });
  expect(location.hash).toBe('#/playground/runs/news?temperature=0.5');
  location.hash = '#/start'; // a link; the page hears of it in a task of its own
  setQuery({ temperature: '0.7' });
  expect(location.hash).toBe('#/start');
  listeners.forEach((listener) => listener());
  expect(route.value).toEqual({ view: 'start', id: '' });
  setQuery({ name: 'mine' });
  expect(location.hash).toBe('#/start'); // it was written a moment ago
  vi.advanceTimersByTime(1000);
  expect(location.hash).toBe('#/start?name=mine');
  setQuery({ name: 'yours' });
  setQuery({ name: 'ours' });
  writeAddress();
  expect(location.hash).toBe('#/start?name=ours');
  expect(query.value.get('name')).toBe('ours');
});
