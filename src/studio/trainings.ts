import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { isWritten } from '../runs/folder-lock.js';
import { freeName } from '../runs/free-name.js';
import { RUN_FILES, RUNS_FOLDER } from '../runs/layout.js';
import { nameOfWish, type DryRun, type TrainingWish } from './api.js';
import { interrupt, runCommand, spawnCommand, type StudioCommand } from './command.js';
import type { Uploads } from './uploads.js';

const wishSchema: z.ZodType<TrainingWish> = z.strictObject({
  texts: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('builtin') }),
    z.strictObject({ kind: z.literal('file'), id: z.string().max(300) }),
    z.strictObject({ kind: z.literal('hub'), address: z.string().regex(/^(hf:)?[\w.-]+(\/[\w.-]+)?(@[\w.-]+)?$/) }),
  ]),
  name: z.string().max(100),
  options: z.record(z.string().max(50), z.union([z.string().max(1000), z.literal(true)])),
});

/** Milliseconds between looks whether a training has begun, and until its end when the studio ends. */
const LOOK = 100;
const LOOKS_AT_LOCK = 10;
const END_PATIENCE = 60_000;

/**
 * Trainings as processes of their own: whatever happens to the page or to the studio, they continue, or stop as by
 * Ctrl-C and can be resumed. Each is `letterpress train` with the options of the form.
 */
export class Trainings {
  private readonly running = new Map<string, ChildProcess>();

  constructor(
    private readonly root: string,
    private readonly command: StudioCommand,
    private readonly uploads: Uploads,
  ) {}

  /** Whether a run is trained by this studio. */
  has(folder: string): boolean {
    return this.running.has(folder);
  }

  /**
   * Starts a training, and waits until its run directory is there.
   *
   * @returns the path of the run's folder
   * @throws LetterpressError BAD_OPTION with what the command line says, when it refuses
   */
  async start(wish: unknown): Promise<string> {
    const parsed = parseWish(wish);
    const folder = this.freeFolder(parsed);
    await this.run(folder, ['train', ...this.argumentsOf(parsed), '--out', folder]);
    return folder;
  }

  /** What a training would be, measured. `signal` ends the measurement. */
  async dryRun(wish: unknown, signal: AbortSignal): Promise<DryRun> {
    const args = ['train', ...this.argumentsOf(parseWish(wish)), '--dry-run', '--json'];
    return (await runCommand(this.command, this.root, args, signal)) as DryRun;
  }

  /** @throws LetterpressError IN_USE for a run that it trains already, in another tab perhaps */
  async resume(folder: string): Promise<void> {
    if (this.running.has(folder))
      throw new LetterpressError('IN_USE', 'this run is being trained already', 'Stop it first, or let it end.');
    await this.run(folder, ['train', '--resume', folder]);
  }

  /** As by Ctrl-C: the step is finished and saved. */
  stop(folder: string): void {
    const child = this.running.get(folder);
    if (child === undefined)
      throw new LetterpressError('BAD_INPUT', 'the studio does not train this run', 'Stop it where it was started.');
    interrupt(child);
  }

  /** Stops all, and waits until they have saved what they have. Returns the folders of those that can be resumed. */
  async close(): Promise<string[]> {
    const folders = [...this.running.keys()];
    const ends = [...this.running.values()].map((child) => {
      interrupt(child);
      return new Promise((resolve) => child.once('close', resolve));
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, END_PATIENCE)));
    await Promise.race([Promise.all(ends), patience]);
    clearTimeout(timer);
    return folders;
  }

  private async run(folder: string, args: readonly string[]): Promise<void> {
    const { child, refusal } = spawnCommand(this.command, this.root, args, 'ignore');
    let code: number | null | undefined;
    this.running.set(folder, child);
    child.once('close', (exitCode) => {
      code = exitCode ?? 1;
      this.running.delete(folder);
    });
    const isResumed = existsSync(join(folder, RUN_FILES.config));
    const hasBegun = (): boolean => (isResumed ? isWritten(folder) : existsSync(join(folder, RUN_FILES.config)));
    // A run is locked while it is checked whether it can be resumed.
    for (let looks = isResumed ? LOOKS_AT_LOCK : 1; code === undefined && looks > 0;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      if (hasBegun()) looks--;
    }
    if (code !== undefined && code !== 0) throw refusal();
  }

  /** Options of the form alone, each in one word with its value, so that no value can pass for an option. */
  private argumentsOf({ texts, options }: TrainingWish): string[] {
    const fields = new Map(this.command.form.map((field) => [field.flag, field]));
    const given = Object.entries(options).map(([flag, value]) => {
      const expects = fields.get(flag)?.expects;
      const fits =
        expects !== undefined &&
        (expects.kind === 'flag') === (value === true) &&
        (expects.kind !== 'choice' || expects.choices.includes(String(value)));
      if (fits) return value === true ? flag : `${flag}=${value}`;
      throw new LetterpressError('BAD_OPTION', `unexpected ${flag} ${String(value)}`, 'Reload the page.');
    });
    return [...given, ...this.dataOf(texts)];
  }

  private dataOf(texts: TrainingWish['texts']): string[] {
    if (texts.kind === 'builtin') return [];
    if (texts.kind === 'hub') return [`--data=hf:${texts.address.replace(/^hf:/, '')}`];
    if (texts.id === '')
      throw new LetterpressError('BAD_INPUT', 'no file of texts is chosen', 'Choose one, or drop it on the page.');
    const data = this.uploads.find(texts.id);
    if (data !== undefined) return [`--data=${data}`];
    throw new LetterpressError('BAD_INPUT', 'there is no such file of texts', 'Drop it on the page again.');
  }

  private freeFolder(wish: TrainingWish): string {
    const parent = basename(this.root) === RUNS_FOLDER ? this.root : join(this.root, RUNS_FOLDER);
    const isFree = (name: string): boolean => !existsSync(join(parent, name)) && !this.running.has(join(parent, name));
    return join(parent, freeName(nameOfWish(wish), isFree));
  }
}

function parseWish(value: unknown): TrainingWish {
  const parsed = wishSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (parsed.error.issues.some(({ path }) => path.at(-1) === 'address'))
    throw new LetterpressError(
      'BAD_OPTION',
      'expected the name of a data set of the Hub',
      'Enter it as OWNER/NAME, or choose other texts.',
    );
  for (const issue of parsed.error.issues)
    if (issue.code === 'too_big') {
      const what = issue.path.length === 1 ? 'the name of the run' : String(issue.path.at(-1));
      throw new LetterpressError(
        'BAD_OPTION',
        `expected at most ${issue.maximum} characters for ${what}`,
        'Shorten it.',
      );
    }
  throw new LetterpressError('BAD_OPTION', 'the request for a training is damaged', 'Reload the page.');
}
