import { forwardArithmetic } from '../nn/flops.js';
import { rowsOfText } from '../nn/packed-batch.js';
import type { MetricsLine } from '../runs/schema.js';
import type { EncodedTexts } from '../runs/run-texts.js';
import type { RunPlan } from '../train/training-run.js';
import type { WorkerEvent } from '../train/worker/messages.js';
import type { StudyJob } from './plan-jobs.js';
import { REFERENCE_EPOCHS } from './study-sizes.js';
import { timeLeft, type JobOutlook, type TimeLeft } from './time-left.js';

/** Epochs that a pace is the mean of: enough to be steady, few enough to follow the machine. */
const RECENT = 5;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What is known of a job, and where its running epoch was when this session took it up. */
interface Watched {
  readonly outlook: Writable<JobOutlook>;
  /** Share of an epoch's arithmetic that is training; the rest is validation. */
  readonly trainShare: number;
  readonly recent: number[];
  /** Seconds on the clock when the session's first epoch went on, and how much of it was done. */
  begun?: { readonly at: number; readonly part: number };
  /** Seconds of this session's epochs. */
  spent: number;
  startedAt: number;
}

/** Watches the trainings of a study, and says how long they all will take. */
export class StudyOutlook {
  private readonly watched = new Map<string, Watched>();
  /** Seconds that jobs took beside their epochs: starting, testing, drawing, analysing. */
  private readonly around: number[] = [];

  /** @param clock seconds on a clock that only goes forward */
  constructor(private readonly clock: () => number = () => performance.now() / 1000) {}

  /** Adds a job that is to be done, or done already, with its epochs so far. */
  add(job: StudyJob, plan: RunPlan, texts: EncodedTexts, metrics: readonly MetricsLine[] = [], ended = false): void {
    const forward = (split: keyof EncodedTexts) => {
      const { encoded } = texts[split];
      const lengths = job.few === undefined || split !== 'train' ? encoded : encoded.slice(0, job.few);
      const { contextLength } = plan.model;
      return forwardArithmetic(
        plan.model,
        lengths.map((text) => rowsOfText(text.length, contextLength, job.padding)),
      ).total;
    };
    const [training, validation] = [3 * forward('train'), forward('val')];
    const recent = metrics.slice(-RECENT).map(({ seconds }) => seconds);
    this.watched.set(job.name, {
      outlook: {
        group: job.group,
        arithmetic: training + validation,
        plannedEpochs: plan.training.epochs,
        patience: plan.training.patience,
        usualEpochs: REFERENCE_EPOCHS[job.role === 'few-texts' ? 'few-texts' : job.size],
        epochs: metrics.length,
        bestEpoch: metrics.findLast(({ best }) => best)?.epoch ?? -1,
        partOfEpoch: 0,
        secondsPerEpoch: meanOf(recent),
        ended,
      },
      trainShare: training / (training + validation),
      recent,
      spent: 0,
      startedAt: 0,
    });
  }

  /** Takes a job out. */
  remove(name: string): void {
    this.watched.delete(name);
  }

  /** Notes that a job is started. */
  start(name: string): void {
    const job = this.watched.get(name);
    if (job !== undefined) job.startedAt = this.clock();
  }

  /** Notes what a training says. */
  observe(name: string, event: WorkerEvent): void {
    const job = this.watched.get(name);
    if (job === undefined) return;
    const { outlook, recent, trainShare } = job;
    switch (event.kind) {
      case 'begun':
        outlook.epochs = event.epoch;
        this.moveTo(job, trainShare * (event.stepInEpoch / event.stepsPerEpoch));
        break;
      case 'step':
        this.moveTo(job, trainShare * (event.report.done / event.report.total));
        break;
      case 'validation':
        this.moveTo(job, trainShare + (1 - trainShare) * (event.done / Math.max(event.total, 1)));
        break;
      case 'epoch':
        recent.push(event.report.seconds);
        if (recent.length > RECENT) recent.shift();
        job.spent += event.report.seconds;
        outlook.secondsPerEpoch = meanOf(recent);
        outlook.epochs = event.report.epoch + 1;
        outlook.partOfEpoch = 0;
        if (event.report.best) outlook.bestEpoch = event.report.epoch;
        break;
      case 'finished':
        outlook.ended = true;
        this.around.push(Math.max(0, this.clock() - job.startedAt - job.spent));
        break;
      default:
        break;
    }
  }

  /** The time left for all jobs together; undefined while nothing has been measured. */
  timeLeft(): TimeLeft | undefined {
    const jobs = [...this.watched.values()].map(({ outlook }) => outlook);
    return timeLeft(jobs, meanOf(this.around));
  }

  /** Where the running epoch is; in the first one of a training, that also tells its pace. */
  private moveTo(job: Watched, part: number): void {
    const { outlook, recent } = job;
    outlook.partOfEpoch = part;
    job.begun ??= { at: this.clock(), part };
    const [seconds, done] = [this.clock() - job.begun.at, part - job.begun.part];
    if (recent.length === 0 && done > 0) outlook.secondsPerEpoch = seconds / done;
  }
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}
