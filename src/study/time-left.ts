/** How far a study is, and how long it will take: plain arithmetic, without clocks. */

/** What is known of one training of a study. */
export interface JobOutlook {
  /** Jobs of one group differ by their seeds alone, and are expected to take equally many epochs. */
  readonly group: string;
  /** Floating-point operations of an epoch, training and validation: only their ratios matter. */
  readonly arithmetic: number;
  readonly plannedEpochs: number;
  /** Epochs without a better one that are borne; null for any number. */
  readonly patience: number | null;
  /** Epochs to expect where patience ends the training, before any run of the group has ended. */
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

/** The time that is left, and how much of the whole is done. */
export interface TimeLeft {
  readonly seconds: number;
  /** Share of the work that is done, 0 … 1. */
  readonly done: number;
  /** Whether it rests on a guess of when patience will end a training. */
  readonly guessed: boolean;
}

/**
 * Epochs that a training is expected to run. The planned ones where nothing ends it before; else as many as the runs of
 * its group that have ended, or as are usual, but never fewer than it will run if no epoch is better any more.
 */
export function expectedEpochs(job: JobOutlook, jobs: readonly JobOutlook[]): number {
  const { group, plannedEpochs, patience, usualEpochs, epochs, bestEpoch, ended } = job;
  if (ended) return epochs;
  if (patience === null) return plannedEpochs;
  const others = jobs.filter((other) => other.ended && other.group === group);
  const guess = others.length > 0 ? mean(others.map((other) => other.epochs)) : usualEpochs;
  return Math.min(plannedEpochs, Math.max(guess, bestEpoch + patience + 2));
}

/**
 * Seconds of an epoch: its own where they were measured, or else those of the measured job that is most like it, by the
 * ratio of their arithmetic. Undefined while nothing is measured.
 */
export function epochSeconds(job: JobOutlook, jobs: readonly JobOutlook[]): number | undefined {
  if (job.secondsPerEpoch !== undefined) return job.secondsPerEpoch;
  const distance = (other: JobOutlook) => Math.abs(Math.log(other.arithmetic / job.arithmetic));
  let nearest: { other: JobOutlook; seconds: number } | undefined;
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
 * @param secondsAround of each job, for what comes before its first epoch and after its last
 * @returns undefined while nothing has been measured
 */
export function timeLeft(jobs: readonly JobOutlook[], secondsAround = 0): TimeLeft | undefined {
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

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
