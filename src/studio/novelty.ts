import { RUN_FILES, samplesFile } from '../runs/layout.js';
import { missing } from '../runs/run-file.js';
import type { Novelty } from '../texts/novelty.js';
import { runCommand, type StudioCommand } from './command.js';
import { readInside, statOf, type FoundFolder } from './scan.js';

/** Answers that are kept: one reads the training texts again. */
const KEPT = 16;
/** Milliseconds that one may take: texts of the Hub may have to be downloaded. */
const PATIENCE = 600_000;

/** How new the samples of runs are: measured one at a time by `letterpress novelty`, a process of its own. */
export class NoveltyMeasures {
  private readonly known = new Map<string, Promise<Novelty>>();
  private readonly abort = new AbortController();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly root: string,
    private readonly command: StudioCommand,
  ) {}

  /** @throws LetterpressError BAD_OPTION with what the command line says, as where the texts are gone */
  of({ id, path }: FoundFolder, epoch: number | 'final'): Promise<Novelty> {
    const file = epoch === 'final' ? RUN_FILES.finalSamples : samplesFile(epoch);
    if (readInside(path, file, 0, 0) === undefined) throw missing(file, 'the samples');
    const key = JSON.stringify([id, epoch, statOf(path, file)]);
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const args = ['novelty', path, '--json', ...(epoch === 'final' ? [] : [`--epoch=${epoch + 1}`])];
    const found = this.last.then(async () => {
      const signal = AbortSignal.any([this.abort.signal, AbortSignal.timeout(PATIENCE)]);
      return (await runCommand(this.command, this.root, args, signal)) as Novelty;
    });
    this.last = found.catch(() => this.known.delete(key));
    this.known.set(key, found);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= KEPT) break;
      this.known.delete(oldest);
    }
    return found;
  }

  close(): void {
    this.abort.abort();
  }
}
