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
