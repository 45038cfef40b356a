import { SourceError } from '../data/source-error.js';
import type { FromWorker, Outcomes, Task, Written } from './tasks.js';

/**
 * Has a worker do something, which ends with it.
 *
 * @param signal stops a training at its next step, and anything else at once
 */
export async function runTask<Name extends keyof Outcomes>(
  task: Extract<Task, { name: Name }>,
  signal?: AbortSignal,
  onWritten?: (written: Written) => void,
): Promise<Outcomes[Name]> {
  const worker = new Worker(new URL('assets/training-worker.js', document.baseURI), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      const fail = (message: string, fix: string): void => reject(new SourceError(message, fix, 400));
      worker.onerror = ({ message }) => fail(message, 'Reload the page.');
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if ('written' in data) onWritten?.(data.written);
        else if ('value' in data) resolve(data.value as Outcomes[Name]);
        else fail(data.message, data.fix);
      };
      signal?.addEventListener('abort', () => {
        if (task.name === 'train') worker.postMessage('stop');
        else reject(signal.reason as Error);
      });
      worker.postMessage(task);
    });
  } finally {
    worker.terminate();
  }
}
