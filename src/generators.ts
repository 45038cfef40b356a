import { checkNames } from './parse-options.js';

/** Runs a generator to its end. */
export function finish<T>(generator: Generator<unknown, T>): T {
  for (;;) {
    const step = generator.next();
    if (step.done) return step.value;
  }
}

/** Runs a generator to its end, yielding what `toEvent` makes of each of its steps; returns what it returns. */
export function* relay<Step, Event, Result>(
  generator: Generator<Step, Result>,
  toEvent: (step: Step) => Event,
): Generator<Event, Result> {
  for (;;) {
    const step = generator.next();
    if (step.done) return step.value;
    yield toEvent(step.value);
  }
}

/** Milliseconds of work between turns of the event loop: less than a frame of a page. */
const TURN_INTERVAL = 12;

interface Schedulers {
  readonly scheduler?: { readonly yield?: () => Promise<void> };
  readonly setImmediate?: (resolve: () => void) => unknown;
}

/** One turn of the event loop, by the fastest means there is: browsers delay repeated timers by 4 ms. */
function turn(): Promise<void> {
  const { scheduler, setImmediate } = globalThis as Schedulers;
  if (scheduler?.yield !== undefined) return scheduler.yield();
  return new Promise((resolve) => (setImmediate === undefined ? setTimeout(resolve, 0) : setImmediate(resolve)));
}

/** Lets the event loop run when enough time has passed since it last did: to be awaited between steps of work. */
export function pacer(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < TURN_INTERVAL) return undefined;
    return turn().then(() => void (last = performance.now()));
  };
}

/**
 * Runs work that comes in steps (`sampleSteps`, `scoreSteps`, `mixModelsSteps` and so on) to its end, and lets timers,
 * clicks and drawing have their turn between steps. What `onStep` returns is awaited.
 *
 * @returns what the generator returns
 * @throws the signal's reason (an AbortError by default) once it is aborted; LetterpressError BAD_OPTION for a misspelt
 *   option
 * @example
 * const texts = await runSteps(model.sampleSteps({ count: 100 }), { signal });
 */
export async function runSteps<Step, Result>(
  steps: Generator<Step, Result>,
  options: { readonly signal?: AbortSignal | undefined; readonly onStep?: ((step: Step) => unknown) | undefined } = {},
): Promise<Result> {
  checkNames(options, { signal: true, onStep: true }, 'runSteps');
  const pause = pacer();
  for (;;) {
    options.signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    await options.onStep?.(step.value);
    await pause();
  }
}
