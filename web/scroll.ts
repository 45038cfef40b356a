/** What the page notes of an entry of the browser's history. */
interface Entry {
  readonly key: number;
  /** Where it was scrolled to last, for a reload. */
  readonly y: number;
}

/** What a reader does to move about by themselves. */
const MOVES = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/**
 * Begins each view at its top, and goes back to where one was. Browsers do that before the content of the view has
 * arrived, and so end further up.
 */
export function keepScroll(): void {
  history.scrollRestoration = 'manual';
  /** Where entries were scrolled to when they were left. */
  const places = new Map<number, number>();
  let stop = new AbortController();
  /** Until the view is long enough. */
  let wanted: number | undefined;

  const enter = (): Entry => {
    const entry = (history.state as Entry | null) ?? { key: Date.now(), y: 0 };
    history.replaceState(entry, '');
    stop.abort();
    const { signal } = (stop = new AbortController());
    wanted = places.get(entry.key) ?? entry.y;
    const sizes = new ResizeObserver(() => {
      scrollTo(0, wanted!);
      if (Math.abs(scrollY - wanted!) < 1) stop.abort();
    });
    signal.addEventListener('abort', () => {
      wanted = undefined;
      sizes.disconnect();
    });
    for (const move of MOVES) addEventListener(move, () => stop.abort(), { signal, passive: true });
    // The view is drawn before the next frame, but for what has to arrive.
    requestAnimationFrame(() => {
      if (!signal.aborted) sizes.observe(document.body);
    });
    return entry;
  };

  let entry = enter();
  // Before the next view is drawn; at `hashchange`, it is drawn already.
  addEventListener('popstate', () => places.set(entry.key, wanted ?? scrollY));
  addEventListener('hashchange', () => (entry = enter()));
  // For a reload, before which it would be too late.
  addEventListener('scrollend', () => {
    const isShown = (history.state as Entry | null)?.key === entry.key;
    if (isShown && wanted === undefined) history.replaceState({ ...entry, y: scrollY }, '');
  });
}
