import { readFileSync } from 'node:fs';

/**
 * Largest resident set of this process so far, in bytes. On Linux it is read from /proc, since `getrusage` also counts
 * the process that started this one.
 */
export function peakMemoryBytes(): number {
  return linuxPeak() ?? process.resourceUsage().maxRSS * 1024;
}

function linuxPeak(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Larger than the caches. */
const COPIED_FLOATS = 1 << 24;

/**
 * Bytes a second, reads and writes together, at which one thread copies a large array: the fastest of a few times.
 * Operations without products are compared with it.
 */
export function copyBandwidth(floats = COPIED_FLOATS, times = 8): number {
  const from = new Float32Array(floats).fill(1);
  const to = new Float32Array(floats).fill(2); // written first, so that its pages are allocated
  let best = 0;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    to.set(from);
    best = Math.max(best, (from.byteLength + to.byteLength) / ((performance.now() - start) / 1000));
  }
  return best;
}
