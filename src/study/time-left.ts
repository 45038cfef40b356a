import { forwardArithmetic } from '../nn/flops.js';
import { rowsOfText } from '../nn/packed-batch.js';
import type { EncodedTexts } from '../runs/run-texts.js';
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
  return Math.min(plannedEpochs, Math.max(meanOf(others) ?? usualEpochs, bestEpoch + patience + 2));
}

/**
 * Seconds of an epoch: its own where they were measured, or else those of the measured job that is most like it, scaled
 * by the ratio of their arithmetic. Undefined while nothing is measured.
 */
export function epochSeconds(job: JobProgress, jobs: readonly JobProgress[]): number | undefined {
  if (job.secondsPerEpoch !== undefined) return job.secondsPerEpoch;
  const distance = (other: JobProgress) => Math.abs(Math.log(other.arithmetic / job.arithmetic));
  let nearest: { other: JobProgress; seconds: number } | undefined;
  for (const other of jobs) {
    const seconds = other.secondsPerEpoch;
    if (seconds === undefined) continue;
    // Of equally near ones the later: the machine may have become slower or faster.
    if (nearest === undefined || distance(other) <= distance(nearest.other)) nearest = { other, seconds };
  }
  return nearest && (nearest.seconds * job.arithmetic) / nearest.other.arithmetic;
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

interface Watched {
  readonly progress: { -readonly [K in keyof JobProgress]: JobProgress[K] };
  /** Fraction of an epoch's arithmetic that is training; the rest is validation. */
  readonly trainShare: number;
  readonly recent: number[];
  /** Seconds on the clock when the session's first epoch began or continued, and how much of it was done. */
  begun?: { readonly at: number; readonly part: number };
  /** Seconds of this session's epochs. */
  spent: number;
  startedAt: number;
}

/** Watches the trainings of a study, and estimates how long they all will take. */
export class TimeEstimator {
  private readonly watched = new Map<string, Watched>();
  /** Seconds that jobs took besides their epochs: starting, testing, drawing, analysing. */
  private readonly around: number[] = [];

  /** @param clock seconds on a monotonic clock */
  constructor(private readonly clock: () => number = () => performance.now() / 1000) {}

  /** Adds a job, with its epochs so far. */
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
      progress: {
        group: job.group,
        arithmetic: training + validation,
        plannedEpochs: plan.training.epochs,
        patience: plan.training.patience,
        usualEpochs: usualEpochs(job),
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
    const { progress, recent, trainShare } = job;
    switch (event.kind) {
      case 'begun':
        progress.epochs = event.epoch;
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
        progress.secondsPerEpoch = meanOf(recent);
        progress.epochs = event.report.epoch + 1;
        progress.partOfEpoch = 0;
        if (event.report.best) progress.bestEpoch = event.report.epoch;
        break;
      case 'finished':
        progress.ended = true;
        this.around.push(Math.max(0, this.clock() - job.startedAt - job.spent));
        break;
      default:
        break;
    }
  }

  /** The time left for all jobs together; undefined while nothing has been measured. */
  timeLeft(): TimeLeft | undefined {
    const jobs = [...this.watched.values()].map(({ progress }) => progress);
    return timeLeft(jobs, meanOf(this.around));
  }

  /** Where the running epoch is; in the first one of a training, that also tells its pace. */
  private moveTo(job: Watched, part: number): void {
    const { progress, recent } = job;
    progress.partOfEpoch = part;
    job.begun ??= { at: this.clock(), part };
    const [seconds, done] = [this.clock() - job.begun.at, part - job.begun.part];
    if (recent.length === 0 && done > 0) progress.secondsPerEpoch = seconds / done;
  }
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}
