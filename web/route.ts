import { computed, signal } from '@preact/signals';

/**
 * Where the reader is, and how they have set the page: all of it in the address, behind the `#`, so that a link, a
 * reload and the back button show the same; and so that the page needs no server that knows its addresses.
 *
 * @example #/run/runs/news-87k?x=step&smooth=0.9
 */
const address = signal(readHash());

export const route = computed(() => {
  const [path = ''] = address.value.split('?', 1);
  const [, view = '', ...rest] = path.split('/');
  return { view: view || 'runs', id: rest.map(decodeOr).join('/') };
});

/** The settings of the view. */
export const query = computed(() => new URLSearchParams(address.value.split('?').slice(1).join('?')));

/** Milliseconds between two changes of the address in place: browsers allow 100 in 10 seconds. */
const MIN_PAUSE = 150;
/** The address that the browser has; the view's may be ahead of it. */
let written = address.peek();
let writtenAt = -Infinity;
let timer = 0;

/** By name; several values of one name as a list. */
type Settings = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The address of a view, for links. */
export function hrefOf(view: string, id = '', settings: Settings = {}): string {
  const path = id === '' ? '' : `/${id.split('/').map(encodeURIComponent).join('/')}`;
  const search = changed(new URLSearchParams(), settings).toString();
  return `#/${view}${path}${search === '' ? '' : `?${search}`}`;
}

/**
 * Changes settings of the view in place: the back button leads to the view before, not through each of them. Does
 * nothing where the reader has just left the view, which is told a little later.
 */
export function setQuery(changes: Settings): void {
  if (readHash() !== written) return;
  const next = changed(new URLSearchParams(query.value), changes);
  const [path = ''] = address.value.split('?', 1);
  const search = next.toString();
  address.value = `${path}${search === '' ? '' : `?${search}`}`;
  clearTimeout(timer);
  const rest = writtenAt + MIN_PAUSE - performance.now();
  if (rest <= 0) writeAddress();
  else timer = setTimeout(writeAddress, rest);
}

/** Has the browser's address tell the settings at once. */
export function writeAddress(): void {
  if (readHash() !== written || written === address.peek()) return;
  history.replaceState(history.state, '', `#${address.peek()}`);
  written = address.peek();
  writtenAt = performance.now();
}

/** A number of an address; undefined for what is none, or outside the limits. */
export function numberIn(search: URLSearchParams, name: string, min: number, max: number): number | undefined {
  const text = search.get(name) ?? '';
  const value = Number(text);
  return text !== '' && value >= min && value <= max ? value : undefined;
}

export function wholeIn(search: URLSearchParams, name: string, min: number): number | undefined {
  const value = numberIn(search, name, min, Number.MAX_SAFE_INTEGER);
  return Number.isSafeInteger(value) ? value : undefined;
}

export function navigate(href: string): void {
  location.hash = href.slice(1);
}

function changed(search: URLSearchParams, settings: Settings): URLSearchParams {
  for (const [name, value] of Object.entries(settings)) {
    search.delete(name);
    for (const each of typeof value === 'string' ? [value] : (value ?? [])) if (each !== '') search.append(name, each);
  }
  return search;
}

function readHash(): string {
  return location.hash.slice(1) || '/runs';
}

function decodeOr(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

addEventListener('hashchange', () => (address.value = written = readHash()));
// Before the page is left: what is done then comes too late for a reload, but a key or a pointer precedes that.
addEventListener('beforeunload', writeAddress);
addEventListener('pointerdown', writeAddress, true);
addEventListener(
  'keydown',
  // Chromium tells of a suggestion that is chosen for a field by an event that has no key.
  (event) => event instanceof KeyboardEvent && !event.repeat && event.key.length > 1 && writeAddress(),
  true,
);
