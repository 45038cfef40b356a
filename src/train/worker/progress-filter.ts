/** Events of progress alone: the next of their kind replaces them. */
const PROGRESS = ['step', 'validation', 'testing', 'analysis'] as const;

interface Progress {
  readonly done: number;
  readonly total: number;
}

export type ProgressEvent =
  | { readonly kind: 'step'; readonly report: Progress }
  | ({ readonly kind: Exclude<(typeof PROGRESS)[number], 'step'> } & Progress);

export function isProgress<E extends { readonly kind: string }>(event: E): event is E & ProgressEvent {
  return PROGRESS.some((kind) => kind === event.kind);
}

/** Milliseconds between events of progress: what a screen can show. */
const PROGRESS_INTERVAL = 30;

/**
 * Which events are worth sending to another thread: all but those of progress, and of these the first, the last (all
 * done), and one in so many milliseconds between them. A tiny model makes thousands of steps a second.
 *
 * @param interval milliseconds
 * @param clock milliseconds on a monotonic clock
 */
export function progressFilter(
  interval = PROGRESS_INTERVAL,
  clock: () => number = () => performance.now(),
): (event: { readonly kind: string }) => boolean {
  let last = -Infinity;
  return (event) => {
    if (!isProgress(event)) return true;
    const now = clock();
    const { done, total } = event.kind === 'step' ? event.report : event;
    if (done !== total && now - last < interval) return false;
    last = now;
    return true;
  };
}
