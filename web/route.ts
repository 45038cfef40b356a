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
  if (readHash() !== address.value) return;
  const next = changed(new URLSearchParams(query.value), changes);
  const [path = ''] = address.value.split('?', 1);
  const search = next.toString();
  history.replaceState(history.state, '', `#${path}${search === '' ? '' : `?${search}`}`);
  address.value = readHash();
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

addEventListener('hashchange', () => (address.value = readHash()));
