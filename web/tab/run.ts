import { toLines } from '../../src/escapes.js';
import { toJson } from '../../src/json.js';
import { RUN_FILES, samplesFile } from '../../src/runs/layout.js';
import { STEPS_HEADING, type MetricsLine, type RunConfig, type RunResults } from '../../src/runs/schema.js';
import type { SurpriseLine } from '../../src/runs/analysis-schema.js';
import type { Increment, RunDetails, RunRow } from '../../src/studio/api.js';
import { figuresOfRow, findingsOf } from '../../src/studio/details.js';
import { parseJson } from '../data/json.js';
import { SourceError } from '../data/source-error.js';
import type { TrainingEnd, TrainingRequest, Written } from './tasks.js';
import { zip, type NamedFile } from './zip.js';

/** Characters of `steps.csv` that wait before they become part of a blob, and of an increment. */
const PORTION = 1 << 16;
const MAX_INCREMENT = 1 << 20;

/** What an interrupted training is resumed from, and what the run had then. */
interface Checkpoint {
  readonly bytes: Uint8Array;
  readonly epochs: number;
  readonly steps: Blob;
  readonly weights: Uint8Array | undefined;
}

/** A run that the tab trains, with all that its directory will have. */
export class TabRun {
  /** As its file has it: without what is undefined. */
  readonly config: RunConfig;
  state: RunRow['state'] = 'training';
  checkpoint: Checkpoint | undefined;
  /** Whether all of it was downloaded. */
  isSaved = false;
  readonly samples = new Map<number | 'final', readonly string[]>();
  private readonly metrics: MetricsLine[] = [];
  /** The browser may keep blobs on the disk. A line of each epoch, and the steps. */
  private readonly surprise = new Map<number, Blob>();
  private steps = new Blob([]);
  private newSteps = '';
  /** Characters of `steps.csv` at the end of each epoch. */
  private readonly epochEnds: number[] = [];
  private weights: Uint8Array | undefined;
  private results: RunResults | undefined;
  private problem: string | undefined;
  private changedAt = Date.now();
  /** Times that something was taken back. */
  private rewinds = 0;

  constructor(
    readonly id: string,
    readonly request: TrainingRequest,
    config: RunConfig,
  ) {
    this.config = JSON.parse(toJson(config)) as RunConfig;
  }

  add({ steps = '', isUndone = false, metrics, surprise, best }: Written): void {
    this.newSteps += steps;
    if (this.newSteps.length > PORTION) this.foldSteps();
    if (isUndone) this.undoEpoch();
    if (metrics !== undefined) {
      this.metrics.push(metrics);
      this.epochEnds.push(this.stepsSize);
    }
    if (surprise !== undefined) this.surprise.set(surprise.epoch, new Blob([`${toJson(surprise)}\n`]));
    if (best !== undefined) {
      this.samples.set(best.epoch, best.samples);
      this.weights = best.weights;
    }
    this.isSaved = false;
    this.changedAt = Date.now();
  }

  end(end: TrainingEnd): void {
    if ('checkpoint' in end) {
      this.foldSteps();
      const { steps, weights } = this;
      this.checkpoint = { bytes: end.checkpoint, epochs: this.metrics.length, steps, weights };
      this.state = 'interrupted';
    } else {
      this.results = end.results;
      if (end.samples !== undefined) this.samples.set('final', end.samples);
      this.state = end.results.stoppedBecause === 'diverged' ? 'diverged' : 'finished';
    }
    this.changedAt = Date.now();
  }

  /** Goes back to its checkpoint: what came after it, before a training that failed, is done again. */
  rewind(): void {
    const { epochs, steps, weights } = this.checkpoint!;
    this.state = 'training';
    this.problem = undefined;
    this.foldSteps();
    if (this.metrics.length === epochs && this.steps === steps) return;
    this.epochEnds.splice(epochs);
    for (const { epoch } of this.metrics.splice(epochs)) {
      this.surprise.delete(epoch);
      this.samples.delete(epoch);
    }
    this.steps = steps;
    this.weights = weights;
    this.rewinds++;
  }

  /** A training that failed is one that was interrupted, with what it had. */
  fail(error: unknown): void {
    this.state = this.checkpoint === undefined ? 'damaged' : 'interrupted';
    this.problem = error instanceof Error ? error.message : String(error);
  }

  get row(): RunRow {
    const figures = figuresOfRow(this.config, this.metrics, this.results);
    return { id: this.id, state: this.state, problem: this.problem, changedAt: this.changedAt, ...figures };
  }

  get details(): RunDetails {
    const sampleEpochs = [...this.samples.keys()].filter((epoch) => epoch !== 'final');
    return {
      ...{ row: this.row, sampleEpochs, isOwn: true },
      ...{ hasModel: this.weights !== undefined, hasSamples: this.samples.has('final') },
      ...findingsOf(this.config, this.metrics, this.results),
    };
  }

  /** @param cursor how much of each file is known */
  async increment(cursor: string): Promise<Increment> {
    const [rewinds, ...known] = cursor.split('.').map(Number);
    const isReset = cursor === '' || rewinds !== this.rewinds;
    const [metrics = 0, steps = 0] = isReset ? [] : known;
    const text = await this.stepsFrom(steps);
    const next = steps + text.length;
    return {
      metrics: this.metrics.slice(metrics),
      steps: text,
      cursor: `${this.rewinds}.${this.metrics.length}.${next}`,
      isReset,
      hasMore: next < this.stepsSize,
    };
  }

  async stepsBetween(from: number, to: number): Promise<string> {
    this.foldSteps();
    const lines = (await this.steps.text()).split('\n');
    return lines.filter((line) => parseInt(line, 10) >= from && parseInt(line, 10) <= to).join('\n');
  }

  async surpriseOf(epoch: number): Promise<SurpriseLine | undefined> {
    const text = await this.surprise.get(epoch)?.text();
    return text === undefined ? undefined : (parseJson(text) as SurpriseLine);
  }

  model(): Uint8Array<ArrayBuffer> {
    if (this.weights === undefined) throw new SourceError('there is no model yet', 'Wait for the first epoch.', 404);
    return new Uint8Array(this.weights);
  }

  /** Its run directory as a zip archive: as it is now, though a training continues while blobs are read. */
  async archive(): Promise<Blob> {
    this.foldSteps();
    const text = (name: string, data: string): NamedFile => [`${this.id}/${name}`, new TextEncoder().encode(data)];
    const bytes = (name: string, data: Uint8Array | undefined): NamedFile[] =>
      data === undefined ? [] : [[`${this.id}/${name}`, new Uint8Array(data)]];
    const lines = (values: readonly object[]): string => values.map((value) => `${toJson(value)}\n`).join('');
    const blobs = [this.steps, new Blob([...this.surprise.values()])];
    const { state, changedAt } = this;
    const files = [
      text(RUN_FILES.config, `${toJson(this.config, 2)}\n`),
      text(RUN_FILES.metrics, lines(this.metrics)),
      ...Array.from(this.samples, ([epoch, texts]) =>
        text(epoch === 'final' ? RUN_FILES.finalSamples : samplesFile(epoch), toLines(texts)),
      ),
      ...bytes(RUN_FILES.weights, this.weights),
      ...bytes(RUN_FILES.checkpoint, state === 'interrupted' ? this.checkpoint?.bytes : undefined),
      ...(this.results === undefined ? [] : [text(RUN_FILES.results, `${toJson(this.results, 2)}\n`)]),
    ];
    const [steps = '', surprise = ''] = await Promise.all(blobs.map((blob) => blob.text()));
    files.push(text(RUN_FILES.steps, STEPS_HEADING + steps), text(RUN_FILES.surprise, surprise));
    this.isSaved = state !== 'training' && state === this.state && changedAt === this.changedAt;
    return zip(files);
  }

  private async stepsFrom(offset: number): Promise<string> {
    const inBlob = this.steps.size - offset;
    if (inBlob <= 0) return this.newSteps.slice(-inBlob);
    const [blob, rest] = [this.steps, this.newSteps];
    const text = await blob.slice(offset, offset + MAX_INCREMENT).text();
    return inBlob > MAX_INCREMENT ? text.slice(0, text.lastIndexOf('\n') + 1) : text + rest;
  }

  private get stepsSize(): number {
    return this.steps.size + this.newSteps.length;
  }

  /** Takes the steps since the last epoch back. */
  private undoEpoch(): void {
    this.foldSteps();
    this.steps = this.steps.slice(0, this.epochEnds.at(-1) ?? 0);
    this.rewinds++;
  }

  private foldSteps(): void {
    if (this.newSteps === '') return;
    this.steps = new Blob([this.steps, this.newSteps]);
    this.newSteps = '';
  }
}
