import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held at once, in bytes (resident set). Where Linux says so, it is of this program
 * alone: `getrusage` also remembers the process that started it.
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

/** Larger than the caches, so that it is main memory that is measured. */
const COPIED_FLOATS = 1 << 24;

/**
 * Bytes a second, read and written together, at which one thread copies a large array: the fastest of a few times.
 * What operations without products are compared with.
 */
export function copyBandwidth(floats = COPIED_FLOATS, times = 8): number {
  const from = new Float32Array(floats).fill(1);
  const to = new Float32Array(floats).fill(2); // written once before, so that its pages are there
  let best = 0;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    to.set(from);
    best = Math.max(best, (from.byteLength + to.byteLength) / ((performance.now() - start) / 1000));
  }
  return best;
}
