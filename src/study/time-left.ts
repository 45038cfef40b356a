import { mean, minIndex } from 'd3-array';
import { forwardArithmetic } from '../nn/flops.js';
import { rowsOfText } from '../nn/packed-batch.js';
import type { EncodedRunTexts } from '../runs/run-texts.js';
import type { MetricsLine } from '../runs/schema.js';
import type { RunPlan } from '../train/run-record.js';
import type { WorkerEvent } from '../train/worker/messages.js';
import type { StudyJob } from './plan-jobs.js';
import { usualEpochs } from './study-sizes.js';

/** The time that is left, and how much of the whole is done. */
export interface TimeLeft {
  readonly seconds: number;
  /** Fraction of the work that is done, 0 … 1. */
  readonly done: number;
  /** Whether it rests on a guess of when early stopping will end a training. */
  readonly guessed: boolean;
}

/** What is known of one training of a study. */
export interface JobProgress {
  /** Jobs of one group differ by their seeds alone, and are expected to take equally many epochs. */
  readonly group: string;
  /** Floating-point operations of an epoch, training and validation: only their ratios matter. */
  readonly arithmetic: number;
  readonly plannedEpochs: number;
  /** Early-stopping patience (epochs); null without. */
  readonly patience: number | null;
  /** Epochs to expect before early stopping, until a run of the group has ended. */
  readonly usualEpochs: number;
  /** Epochs finished so far, and the best of them; −1 for none. */
  readonly epochs: number;
  readonly bestEpoch: number;
  /** How much of the running epoch is done, 0 … 1. */
  readonly partOfEpoch: number;
  /** Seconds of an epoch, once measured. */
  readonly secondsPerEpoch?: number | undefined;
  readonly ended: boolean;
}

/**
 * Epochs that a training is expected to run. The planned ones without early stopping; else as many as the runs of its
 * group that have ended, or as are usual, but never fewer than it will run if it improves no more.
 */
export function expectedEpochs(job: JobProgress, jobs: readonly JobProgress[]): number {
  const { group, plannedEpochs, patience, usualEpochs, epochs, bestEpoch, ended } = job;
  if (ended) return epochs;
  if (patience === null) return plannedEpochs;
  const others = jobs.filter((other) => other.ended && other.group === group).map((other) => other.epochs);
  return Math.min(plannedEpochs, Math.max(mean(others) ?? usualEpochs, bestEpoch + patience + 2));
}

/**
 * Seconds of an epoch: its own where they were measured, or else those of the measured job that is most like it, scaled
 * by the ratio of their arithmetic. Undefined while nothing is measured.
 */
export function epochSeconds(job: JobProgress, jobs: readonly JobProgress[]): number | undefined {
  if (job.secondsPerEpoch !== undefined) return job.secondsPerEpoch;
  const distance = (other: JobProgress) => Math.abs(Math.log(other.arithmetic / job.arithmetic));
  // The later first, taken of equally near ones: the machine may have become slower or faster.
  const measured = jobs.filter((other) => other.secondsPerEpoch !== undefined).reverse();
  const nearest = measured[minIndex(measured, distance)];
  return nearest && (nearest.secondsPerEpoch! * job.arithmetic) / nearest.arithmetic;
}

/**
 * The time that all jobs still need.
 *
 * @param secondsAround of each job, before its first epoch and after its last
 * @returns undefined while nothing has been measured
 */
export function timeLeft(jobs: readonly JobProgress[], secondsAround = 0): TimeLeft | undefined {
  let [left, done] = [0, 0];
  let guessed = false;
  for (const job of jobs) {
    const seconds = epochSeconds(job, jobs);
    if (seconds === undefined) return undefined;
    const epochs = job.epochs + job.partOfEpoch;
    done += epochs * seconds + (job.ended ? secondsAround : 0);
    if (job.ended) continue;
    const expected = expectedEpochs(job, jobs);
    left += Math.max(0, expected - epochs) * seconds + secondsAround;
    guessed ||= expected < job.plannedEpochs;
  }
  return { seconds: left, done: done + left === 0 ? 1 : done / (done + left), guessed };
}

/** Epochs that a pace is the mean of: enough to be steady, few enough to follow the machine. */
const RECENT = 5;

/** A job, with what its pace is measured by. */
type Watched = { -readonly [K in keyof JobProgress]: JobProgress[K] } & {
  /** Fraction of an epoch's arithmetic that is training; the rest is validation. */
  readonly trainShare: number;
  /** Seconds of the last epochs. */
  readonly recent: number[];
  /** Seconds on the clock when the session's first epoch began or continued, and how much of it was done. */
  begun?: { readonly at: number; readonly part: number };
  /** Seconds of this session's epochs. */
  spent: number;
  startedAt: number;
};

/** Watches the trainings of a study, and estimates how long they all will take. */
export class TimeEstimator {
  private readonly watched = new Map<string, Watched>();
  /** Seconds that jobs took besides their epochs: starting, testing, drawing, analysing. */
  private readonly around: number[] = [];

  /** @param clock seconds on a monotonic clock */
  constructor(private readonly clock: () => number = () => performance.now() / 1000) {}

  /** Adds a job, with its epochs so far. */
  add(job: StudyJob, plan: RunPlan, texts: EncodedRunTexts, metrics: readonly MetricsLine[] = [], ended = false): void {
    const forward = ({ encoded }: EncodedRunTexts['train'], few?: number) => {
      const rows = encoded.slice(0, few).map((text) => rowsOfText(text.length, plan.model.contextLength, job.padding));
      return forwardArithmetic(plan.model, rows).total;
    };
    const [training, validation] = [3 * forward(texts.train, job.few), forward(texts.val)];
    const recent = metrics.slice(-RECENT).map(({ seconds }) => seconds);
    this.watched.set(job.name, {
      group: job.group,
      arithmetic: training + validation,
      plannedEpochs: plan.training.epochs,
      patience: plan.training.patience,
      usualEpochs: usualEpochs(job),
      epochs: metrics.length,
      bestEpoch: metrics.findLast(({ best }) => best)?.epoch ?? -1,
      partOfEpoch: 0,
      secondsPerEpoch: mean(recent),
      ended,
      trainShare: training / (training + validation),
      recent,
      spent: 0,
      startedAt: 0,
    });
  }

  remove(name: string): void {
    this.watched.delete(name);
  }

  start(name: string): void {
    const job = this.watched.get(name);
    if (job !== undefined) job.startedAt = this.clock();
  }

  /** Notes an event of a training. */
  observe(name: string, event: WorkerEvent): void {
    const job = this.watched.get(name);
    if (job === undefined) return;
    const { recent, trainShare } = job;
    switch (event.kind) {
      case 'begun':
        job.epochs = event.epoch;
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
        job.secondsPerEpoch = mean(recent);
        job.epochs = event.report.epoch + 1;
        job.partOfEpoch = 0;
        if (event.report.best) job.bestEpoch = event.report.epoch;
        break;
      case 'finished':
        job.ended = true;
        this.around.push(Math.max(0, this.clock() - job.startedAt - job.spent));
        break;
      default:
        break;
    }
  }

  /** The time left for all jobs together; undefined while nothing has been measured. */
  timeLeft(): TimeLeft | undefined {
    return timeLeft([...this.watched.values()], mean(this.around));
  }

  /** Where the running epoch is; in the first one of a training, that also tells its pace. */
  private moveTo(job: Watched, part: number): void {
    job.partOfEpoch = part;
    job.begun ??= { at: this.clock(), part };
    const [seconds, done] = [this.clock() - job.begun.at, part - job.begun.part];
    if (job.recent.length === 0 && done > 0) job.secondsPerEpoch = seconds / done;
  }
}
