import { escapeLine } from '../../escapes.js';
import type { RunResults } from '../../runs/schema.js';
import type { DivergenceReport, EpochReport, StepReport } from '../../train/train-events.js';
import type { BaselineWarning } from '../../train/baseline-watch.js';
import type { RunBegunEvent, WorkerEvent } from '../../train/worker/messages.js';
import { shellWord } from '../folders.js';
import type { CliContext } from '../context.js';
import { counted, epochNumber, formatCount, formatDuration, formatNumber } from '../../format.js';
import { ProgressBar } from '../terminal/progress.js';
import { formatParagraph } from '../terminal/table.js';

/** Samples shown at the end; the run directory has all 64. */
const SHOWN_SAMPLES = 12;

const HEADING = 'epoch  train NLL  val NLL  accuracy   top-1       lr        time';

const STOPPED: Readonly<Record<RunResults['stoppedBecause'], string>> = {
  patience: 'early stopping',
  epochs: 'all planned epochs done',
  interrupted: 'interrupted',
  diverged: 'a later one diverged',
};

/** The answer to the first Ctrl-C on a terminal. */
export const STOPPING =
  'stopping: the work in progress is finished and saved; press Ctrl-C again to stop at once without saving\n';

/**
 * Shows a training while it runs: a progress bar, a line an epoch, and at the end the results and some samples. With
 * `json`, one JSON document a line instead.
 *
 * @param announce tells the user what is trained
 * @returns the results, or undefined when the run was interrupted
 */
export async function followTraining(
  events: AsyncIterable<WorkerEvent>,
  announce: (begun: RunBegunEvent) => void,
  context: CliContext,
  json: boolean,
): Promise<RunResults | undefined> {
  const bar = new ProgressBar(context);
  const onInterrupt = (): void => bar.above(() => context.notice(STOPPING));
  // In a log file nobody waits for the second Ctrl-C.
  if (context.stderrIsTerminal) context.signal.addEventListener('abort', onInterrupt);
  const view = new TrainingView(bar, announce, context, json);
  for await (const event of events) view.show(event);
  return view.results;
}

class TrainingView {
  results: RunResults | undefined;
  private begun: RunBegunEvent | undefined;
  /** Mean over the running epoch: batches differ in length, so that a single one says little. */
  private mean = { nll: 0, steps: 0 };
  /** Time of the epochs after the running one, for the bar: known where no patience may stop the training earlier. */
  private after: string | undefined;
  private hasHeading = false;
  /** Whether the last epoch is over. */
  private isTesting = false;

  constructor(
    private readonly bar: ProgressBar,
    private readonly announce: (begun: RunBegunEvent) => void,
    private readonly context: CliContext,
    private readonly json: boolean,
  ) {}

  show(event: WorkerEvent): void {
    const { bar, context, json } = this;
    switch (event.kind) {
      case 'begun':
        this.begun = event;
        this.announce(event);
        this.showEpoch(event.epoch, event.stepInEpoch);
        break;
      case 'step':
        this.showStep(event.report);
        break;
      case 'validation':
        bar.show({ ...event, label: `epoch ${epochNumber(event.epoch)}: validation`, unit: 'texts' });
        break;
      case 'testing':
        this.isTesting = true;
        bar.show({ ...event, label: 'test', unit: 'texts' });
        break;
      case 'analysis':
        bar.show({ ...event, label: `analysis: ${event.part}`, unit: 'steps' });
        break;
      case 'epoch':
        this.endEpoch(event.report);
        break;
      case 'below-baseline':
        bar.above(() => {
          if (json) context.printJson(event, 0);
          context.notice(baselineText(event));
        });
        break;
      case 'diverged':
        this.mean = { nll: 0, steps: 0 };
        bar.above(() => {
          if (json) context.printJson(event, 0);
          context.notice(divergenceText(event));
        });
        break;
      case 'finished':
        bar.hide();
        this.results = event.results;
        if (json) context.printJson({ kind: 'results', folder: this.begun?.folder, ...event.results }, 0);
        else printResults(event.results, event.samples, context);
        break;
      case 'paused':
        bar.hide();
        context.notice(
          `\ninterrupted ${this.isTesting ? 'after the last epoch' : `in epoch ${epochNumber(event.epoch)}`}; ` +
            `nothing is lost. Continue with:\n  letterpress train --resume ${shellWord(this.begun?.folder ?? '')}\n`,
        );
        break;
      case 'done':
        bar.hide();
        break;
    }
  }

  /** Shows nothing for an epoch after the last. */
  private showEpoch(epoch: number, done: number): void {
    if (this.begun === undefined || epoch >= this.begun.settings.epochs) return;
    this.bar.show({ label: `epoch ${epochNumber(epoch)}`, unit: 'steps', total: this.begun.stepsPerEpoch, done });
  }

  private showStep({ epoch, done, total, nll }: StepReport): void {
    const { mean, after } = this;
    this.mean = { nll: (mean.nll * mean.steps + nll) / (mean.steps + 1), steps: mean.steps + 1 };
    this.bar.show({ label: `epoch ${epochNumber(epoch)}`, unit: 'steps', total, done }, [
      [`NLL ${formatNumber(this.mean.nll, 0)}`, 2],
      ...(after === undefined ? [] : [[after, 7] as const]),
    ]);
  }

  private endEpoch(report: EpochReport): void {
    const { context, begun } = this;
    this.bar.hide();
    this.mean = { nll: 0, steps: 0 };
    const { epoch, seconds } = report;
    if (begun?.settings.patience === null) this.after = comingEpochs(begun.settings.epochs - epoch - 2, seconds);
    if (this.json) context.printJson({ kind: 'epoch', ...report }, 0);
    else {
      if (!this.hasHeading) context.print(`${context.style.bold(HEADING)}\n`);
      this.hasHeading = true;
      context.print(`${epochLine(report)}\n`);
    }
    this.showEpoch(epoch + 1, 0);
  }
}

function baselineText({ epoch, epochs, valNll, baselineNll }: BaselineWarning): string {
  return (
    `epoch ${epochNumber(epoch)}: validation NLL is ${formatNumber(valNll, 2)}, ` +
    `and for ${epochs} epochs it has been above the ` +
    `${formatNumber(baselineNll, 2)} of a character unigram, which ignores the context. Often the ` +
    'learning rate is too high (--lr), or there are too few texts for the model.\n'
  );
}

function divergenceText({ divergence, learningRateFactor }: DivergenceReport): string {
  const { epoch, step, where, value } = divergence;
  const next =
    learningRateFactor === undefined
      ? 'the training ends'
      : `the epoch begins again with ${learningRateFactor} times the planned learning rate`;
  return `epoch ${epochNumber(epoch)} diverged: ${where} was ${value} in step ${formatCount(step)}; ${next}\n`;
}

/** How long the epochs after the running one will take, if they take as long as the last. */
function comingEpochs(count: number, seconds: number): string | undefined {
  return count < 1 ? undefined : `then ${counted(count, 'epoch')} of ${formatDuration(seconds)}`;
}

function epochLine(report: EpochReport): string {
  const { epoch, trainNll, valNll, valTop1, valAccuracy, learningRate, seconds, best } = report;
  return [
    String(epochNumber(epoch)).padStart(5),
    formatNumber(trainNll, 2).padStart(9),
    formatNumber(valNll, 2).padStart(7),
    formatNumber(valAccuracy, 3).padStart(8),
    formatNumber(valTop1, 4).padStart(6),
    learningRate.toExponential(1).padStart(7),
    `${formatDuration(seconds).padStart(10)}${best ? '  best' : ''}`,
  ].join('  ');
}

function printResults(results: RunResults, samples: readonly string[], { print, style }: CliContext): void {
  const { testNll, testTop1, testAccuracy, bitsPerCharacter, bestEpoch, epochsRun, bestValNll, stoppedBecause, exact } =
    results;
  if (bestEpoch < 0) {
    print('\nno epoch ended with finite numbers: there is no model to test or to sample\n');
    return;
  }
  const why = STOPPED[stoppedBecause];
  print(
    `\nbest epoch ${epochNumber(bestEpoch)} of ${epochsRun}: validation NLL ${formatNumber(bestValNll, 2)} (${why})\n`,
  );
  const bits = bitsPerCharacter === undefined ? '' : ` (${formatNumber(bitsPerCharacter, 3)} bits per character)`;
  print(
    `${style.bold('test NLL')} ${formatNumber(testNll, 3)} nats per text${bits},\n` +
      `${style.bold('accuracy')} ${formatNumber(testAccuracy, 3)} of the characters, ` +
      `${style.bold('top-1')} ${formatNumber(testTop1, 4)} of all positions, padding counted\n`,
  );
  if (exact !== undefined) {
    const perfect =
      `${formatNumber(exact.excess, 3)} nats per text from perfect: the texts' true distribution scores ` +
      `${formatNumber(exact.grammarNll, 3)} (its entropy is ${formatNumber(exact.entropy, 3)})`;
    print(formatParagraph(perfect, style, 0));
  }
  print(`\n${style.bold('samples')} at temperature 1:\n`);
  for (const sample of samples.slice(0, SHOWN_SAMPLES)) print(`  ${escapeLine(sample)}\n`);
}
