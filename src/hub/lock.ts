import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeFolder } from '../make-folder.js';
import { BEAT, refreshLock, releaseLock, takeLock } from '../lock-file.js';

const POLL = 100;

/**
 * Does `work` while a lock file says that it is being done. A lock whose owner is dead is taken over. What is locked
 * must bear two owners, by its checksum: no lock is perfect on every network disk.
 *
 * @param onWait called once when another process has the lock
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void } = {},
): Promise<T> {
  makeFolder(dirname(path));
  let hasWaited = false;
  for (;;) {
    const taken = takeLock(path);
    if (taken !== 'again' && !('held' in taken)) {
      const beat = setInterval(() => refreshLock(taken), BEAT).unref();
      try {
        return await work();
      } finally {
        clearInterval(beat);
        releaseLock(path, taken);
      }
    }
    if (!hasWaited && taken !== 'again') {
      hasWaited = true;
      onWait?.();
    }
    await setTimeout(POLL, undefined, signal === undefined ? {} : { signal });
  }
}
