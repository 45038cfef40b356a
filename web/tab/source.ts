/** Runs that are trained in this tab, where the page is served without a studio. */
import { freeName } from '../../src/runs/free-name.js';
import { nameOfWish, type FormField, type TrainingWish } from '../../src/studio/api.js';
import { checkReadable, SourceError } from '../data/source-error.js';
import type { StudioSource } from '../data/source.js';
import { TabRun } from './run.js';
import type { FromWorker, Outcomes, Task, TrainingRequest, Written } from './tasks.js';

/** What `letterpress studio --export` writes beside the page. */
interface TabInfo {
  readonly version: string;
  readonly form: readonly FormField[];
}

type Listener = Parameters<StudioSource['listen']>[0];

export async function openTab(): Promise<StudioSource> {
  const { version, form } = (await (await fetch('assets/tab.json')).json()) as TabInfo;
  const files = new Map<string, File>();
  const runs = new Map<string, TabRun>();
  const listeners = new Set<Listener>();
  const stops = new Map<string, AbortController>();
  const resuming = new Set<string>();
  const tell = (...changed: string[]): void => listeners.forEach((listener) => listener({ runs: changed, list: true }));
  const find = (id: string): TabRun => {
    const run = runs.get(id);
    if (run === undefined) throw new SourceError('there is no such run', 'A tab forgets its runs at a reload.', 404);
    return run;
  };
  const requestOf = ({ texts, options }: TrainingWish): TrainingRequest => {
    const file = texts.kind === 'file' ? files.get(texts.id) : undefined;
    if (texts.kind === 'file' && texts.id === '')
      throw new SourceError('no file of texts is chosen', 'Choose one, or drop it on the page.', 400);
    if (texts.kind !== 'builtin' && file === undefined)
      throw new SourceError('there are no such texts', 'Drop the file on the page again.', 404);
    return { file, options: optionsOf(form, options), version };
  };

  /** Trains; the promise is that of its beginning. */
  const train = (task: Extract<Task, { name: 'train' }>, begin: (written: Written) => TabRun): Promise<TabRun> => {
    const stop = new AbortController();
    let run: TabRun | undefined;
    return new Promise((resolve, reject) => {
      const take = (written: Written): void => {
        if (run === undefined) {
          run = begin(written);
          stops.set(run.id, stop);
          resolve(run);
        }
        run.add(written);
        tell(run.id);
      };
      runTask(task, stop.signal, take)
        .then((end) => run?.end(end))
        .catch((error: unknown) => {
          if (run !== undefined) run.fail(error);
          else reject(error instanceof Error ? error : new Error(String(error)));
        })
        .finally(() => {
          if (run === undefined) return;
          stops.delete(run.id);
          tell(run.id);
        });
    });
  };

  addEventListener('beforeunload', (event) => {
    if ([...runs.values()].some(({ isSaved }) => !isSaved)) event.preventDefault();
  });

  return {
    info: { version, folder: 'this tab', form },
    list: () => Promise.resolve({ runs: [...runs.values()].map(({ row }) => row), others: [], isCut: false }),
    run: async (id) => Promise.resolve(find(id).details),
    increment: async (id, cursor) => find(id).increment(cursor),
    steps: async (id, from, to) => find(id).stepsBetween(from, to),
    surprise: async (id, epoch) => find(id).surpriseOf(epoch),
    samples: async (id, epoch) => Promise.resolve(find(id).samples.get(epoch) ?? []),
    model: async (id) => Promise.resolve(find(id).model()),
    novelty: async (id, epoch) => {
      const { request, samples } = find(id);
      return runTask({ name: 'novelty', request, samples: samples.get(epoch) ?? [] });
    },
    archive: async (id) => find(id).archive(),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    trainings: {
      kinds: ['builtin', 'file'],
      files: () => Promise.resolve([...files.keys()]),
      addFile: async (file) => {
        await checkReadable(file);
        files.set(file.name, file);
        return file.name;
      },
      dryRun: async (wish, signal) => {
        const found = await runTask({ name: 'dry-run', request: requestOf(wish) }, signal);
        return { ...found, peakMemoryBytes: NaN };
      },
      start: async (wish) => {
        const run = await train({ name: 'train', request: requestOf(wish) }, ({ config }) => {
          const id = freeName(nameOfWish(wish), (name) => !runs.has(name));
          const made = new TabRun(id, requestOf(wish), config!);
          runs.set(id, made);
          return made;
        });
        return run.id;
      },
      stop: async (id) => Promise.resolve(stops.get(id)?.abort()),
      resume: async (id) => {
        const run = find(id);
        const { request, config, checkpoint } = run;
        if (checkpoint === undefined) throw new SourceError('this run cannot be resumed', 'Train a new one.', 400);
        // It takes a while to begin, in which the view may be left, and its button be there again.
        if (run.state === 'training' || resuming.has(id))
          throw new SourceError('this run is being resumed already', 'Wait until it has begun.', 409);
        resuming.add(id);
        try {
          await train({ name: 'train', request, resumed: { config, checkpoint: checkpoint.bytes } }, () => {
            run.rewind();
            return run;
          });
        } finally {
          resuming.delete(id);
        }
      },
    },
  };
}

/** The options of the form by the names of the library, with numbers as such. */
function optionsOf(form: readonly FormField[], given: TrainingWish['options']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(given).map(([flag, value]) => {
      const kind = form.find((field) => field.flag === flag)?.expects.kind;
      const name = flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      return [name, kind === 'integer' || kind === 'number' ? Number(value) : value];
    }),
  );
}

/**
 * Has a worker do something, which ends with it.
 *
 * @param signal stops a training at its next step, and anything else at once
 */
async function runTask<Name extends keyof Outcomes>(
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
