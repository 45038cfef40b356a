import { freeName } from '../../src/runs/free-name.js';
import { nameOfWish, type DryRun, type FormField, type TrainingWish } from '../../src/studio/api.js';
import { checkReadable, SourceError } from '../data/source-error.js';
import type { TrainingSource } from '../data/source.js';
import { runTask } from './run-task.js';
import { TabRun } from './run.js';
import type { TabRuns } from './runs.js';
import type { Task, TrainingRequest, Written } from './tasks.js';

/** What `letterpress studio --export` writes beside the page. */
export interface TabInfo {
  readonly version: string;
  readonly form: readonly FormField[];
}

/** Trains runs of the tab, each in a worker of its own. */
export class TabTrainings implements TrainingSource {
  readonly kinds = ['builtin', 'file'] as const;
  private readonly given = new Map<string, File>();
  private readonly stops = new Map<string, AbortController>();
  private readonly resuming = new Set<string>();

  constructor(
    private readonly info: TabInfo,
    private readonly runs: TabRuns,
  ) {}

  files(): Promise<readonly string[]> {
    return Promise.resolve([...this.given.keys()]);
  }

  async addFile(file: File): Promise<string> {
    await checkReadable(file);
    this.given.set(file.name, file);
    return file.name;
  }

  async dryRun(wish: TrainingWish, signal: AbortSignal): Promise<DryRun> {
    const found = await runTask({ name: 'dry-run', request: this.requestOf(wish) }, signal);
    return { ...found, peakMemoryBytes: NaN };
  }

  async start(wish: TrainingWish): Promise<string> {
    const run = await this.train({ name: 'train', request: this.requestOf(wish) }, ({ config }) => {
      const id = freeName(nameOfWish(wish), (name) => !this.runs.has(name));
      const made = new TabRun(id, this.requestOf(wish), config!);
      this.runs.add(made);
      return made;
    });
    return run.id;
  }

  stop(id: string): Promise<void> {
    return Promise.resolve(this.stops.get(id)?.abort());
  }

  async resume(id: string): Promise<void> {
    const run = this.runs.find(id);
    const { request, config, checkpoint } = run;
    if (checkpoint === undefined) throw new SourceError('this run cannot be resumed', 'Train a new one.', 400);
    // It takes a while to begin, in which the view may be left, and its button be there again.
    if (run.state === 'training' || this.resuming.has(id))
      throw new SourceError('this run is being resumed already', 'Wait until it has begun.', 409);
    this.resuming.add(id);
    try {
      await this.train({ name: 'train', request, resumed: { config, checkpoint: checkpoint.bytes } }, () => {
        run.rewind();
        return run;
      });
    } finally {
      this.resuming.delete(id);
    }
  }

  /** Trains; the promise is that of its beginning. */
  private train(task: Extract<Task, { name: 'train' }>, begin: (written: Written) => TabRun): Promise<TabRun> {
    const stop = new AbortController();
    let run: TabRun | undefined;
    return new Promise((resolve, reject) => {
      const take = (written: Written): void => {
        if (run === undefined) {
          run = begin(written);
          this.stops.set(run.id, stop);
          resolve(run);
        }
        run.add(written);
        this.runs.tell(run.id);
      };
      runTask(task, stop.signal, take)
        .then((end) => run?.end(end))
        .catch((error: unknown) => {
          if (run !== undefined) run.fail(error);
          else reject(error instanceof Error ? error : new Error(String(error)));
        })
        .finally(() => {
          if (run === undefined) return;
          this.stops.delete(run.id);
          this.runs.tell(run.id);
        });
    });
  }

  private requestOf({ texts, options }: TrainingWish): TrainingRequest {
    const file = texts.kind === 'file' ? this.given.get(texts.id) : undefined;
    if (texts.kind === 'file' && texts.id === '')
      throw new SourceError('no file of texts is chosen', 'Choose one, or drop it on the page.', 400);
    if (texts.kind !== 'builtin' && file === undefined)
      throw new SourceError('there are no such texts', 'Drop the file on the page again.', 404);
    return { file, options: optionsOf(this.info.form, options), version: this.info.version };
  }
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
