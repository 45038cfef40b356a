import { makeBackend, type ArgumentsOf, type Operation } from '../backend/operations.js';
import type { Backend } from '../backend/types.js';
import { OPERATION_WORK, type Work } from './operation-work.js';

/** Sums over the calls of one operation at one shape. */
export interface OperationTotal {
  readonly operation: Operation;
  /** See {@link Work}. */
  readonly shape: string;
  calls: number;
  seconds: number;
  flops: number;
  bytes: number;
}

export interface TimedBackend {
  readonly backend: Backend;
  /** In the order in which operations were first called. */
  totals(): OperationTotal[];
  reset(): void;
}

/**
 * Wraps a backend: every operation runs as before, with a clock around it. That takes about a microsecond a call, so it
 * shows where the time of a step goes; measure the speed itself without it.
 *
 * @param clock milliseconds; another than `performance.now` is for tests
 */
export function timedBackend(backend: Backend, clock: () => number = () => performance.now()): TimedBackend {
  let totals = new Map<string, OperationTotal>();

  const account = (operation: Operation, { shape, flops, bytes }: Work, seconds: number) => {
    const key = `${operation} ${shape}`;
    let total = totals.get(key);
    if (!total) totals.set(key, (total = { operation, shape, calls: 0, seconds: 0, flops: 0, bytes: 0 }));
    total.calls++;
    total.seconds += seconds;
    total.flops += flops;
    total.bytes += bytes;
  };

  const timed = <Name extends Operation>(name: Name): Backend[Name] => {
    const run = backend[name] as (args: ArgumentsOf<Name>) => ReturnType<Backend[Name]>;
    const clocked = (args: ArgumentsOf<Name>) => {
      const start = clock();
      const result = run(args);
      const seconds = (clock() - start) / 1000;
      account(name, OPERATION_WORK[name](args), seconds);
      return result;
    };
    return clocked as Backend[Name];
  };

  return {
    backend: makeBackend(backend, timed),
    totals: () => [...totals.values()],
    reset: () => void (totals = new Map()),
  };
}
