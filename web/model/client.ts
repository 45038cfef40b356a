import { LetterpressError } from '../../src/errors.js';
import type { Answer, EmbeddingMap, Engine, EngineFiles, ModelInfo, Part, Question, Reading } from './engine-types.js';

/** A question without its number. */
type Unnumbered<Q> = Q extends Question ? Omit<Q, 'id'> : never;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onPart: ((part: Part) => void) | undefined;
}

/** A model in a worker that runs `serveEngine`, so that the page stays free while it computes. */
export async function connectEngine(worker: Worker, files: EngineFiles): Promise<Engine> {
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let broken: LetterpressError | undefined;

  const ask = <T>(question: Unnumbered<Question>, signal?: AbortSignal, onPart?: (part: Part) => void): Promise<T> => {
    const id = asked++;
    const answer = new Promise<T>((resolve, reject) => {
      if (broken !== undefined) {
        reject(broken);
        return;
      }
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, onPart });
      worker.postMessage({ ...question, id });
    });
    const cancel = (): void => worker.postMessage({ id, name: 'cancel' } satisfies Question);
    signal?.addEventListener('abort', cancel, { once: true });
    return answer.finally(() => signal?.removeEventListener('abort', cancel));
  };

  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const to = waiting.get(data.id);
    if ('part' in data) return to?.onPart?.(data.part);
    waiting.delete(data.id);
    if ('value' in data) to?.resolve(data.value);
    else to?.reject(new LetterpressError('INTERNAL', data.message, data.fix));
  };
  worker.onerror = () => {
    broken = new LetterpressError('INTERNAL', 'the model cannot compute in this browser', 'Try a newer one.');
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
  };

  const info = await ask<ModelInfo>({ name: 'open', ...files }).catch((error: unknown) => {
    worker.terminate();
    throw error;
  });
  return {
    info,
    read: (text) => ask<Reading>({ name: 'read', text }),
    attention: (text, block) => ask<number[][][]>({ name: 'attention', text, block }),
    embedding: () => ask<EmbeddingMap>({ name: 'embedding' }),
    write: (wish, onPart, signal) => ask({ name: 'write', wish }, signal, onPart),
    sample: (wish, signal) => ask<readonly string[]>({ name: 'sample', wish }, signal),
    close: () => worker.terminate(),
  };
}
