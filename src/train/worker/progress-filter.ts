import type { RunEvent } from '../training-run.js';

/** Events of progress alone: the next of their kind replaces them. */
const PROGRESS = ['step', 'validation', 'testing', 'analysis'] as const satisfies readonly RunEvent['kind'][];

export type ProgressEvent = Extract<RunEvent, { kind: (typeof PROGRESS)[number] }>;

export function isProgress<E extends { readonly kind: string }>(event: E): event is E & ProgressEvent {
  return PROGRESS.some((kind) => kind === event.kind);
}

/**
 * Which events are worth sending to another thread: all but those of progress, and of these the first, the last (all
 * done), and one in so many milliseconds between them. A tiny model makes thousands of steps a second.
 *
 * @param interval milliseconds
 * @param clock milliseconds on a monotonic clock
 */
export function progressFilter(
  interval: number,
  clock: () => number = () => performance.now(),
): (event: Pick<RunEvent, 'kind'> & RunEvent) => boolean {
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
