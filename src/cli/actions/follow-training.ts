import type { RunResults } from '../../runs/schema.js';
import type { EpochReport } from '../../train/trainer.js';
import type { TrainingRun } from '../../train/training-run.js';
import type { CliContext } from '../context.js';
import { formatDuration, formatNumber } from '../terminal/format.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { breathe } from './prepare-texts.js';

/** Samples shown at the end; the run directory has all 64. */
const SHOWN_SAMPLES = 12;

/** The terminal gets its turn (bar, Ctrl-C) this often, in milliseconds. */
const BREATH = 40;

const HEADING = 'epoch  train NLL  val NLL   top-1     rate      time';

/**
 * Runs a training and shows it: a progress bar, a line an epoch, and at the end the results and some samples. With
 * `json`, one JSON document a line instead.
 *
 * @returns the results, or undefined when the run was interrupted
 */
export async function followTraining(
  run: TrainingRun,
  context: CliContext,
  json: boolean,
): Promise<RunResults | undefined> {
  const { signal, style } = context;
  let progress: Progress | undefined;
  let bar = '';
  const show = (label: string, total: number, unit: string, done: number, note?: string) => {
    if (bar !== label) {
      progress?.stop();
      progress = createProgress(context, { label, total, unit });
      bar = label;
    }
    progress?.update(done, note);
  };
  const hide = () => {
    progress?.stop();
    bar = '';
  };

  /** What comes after the running epoch, for the bar: known where no patience may end the training before. */
  let after = '';
  const { epochs, patience } = run.trainer.settings;

  let results: RunResults | undefined;
  let lastBreath = performance.now();
  let headed = false;
  for await (const event of run.events(signal)) {
    switch (event.kind) {
      case 'step': {
        const { epoch, done, total, nll } = event.report;
        show(`epoch ${epoch}`, total, 'steps', done, `NLL ${formatNumber(nll, 0)}${after}`);
        break;
      }
      case 'validation':
        show(`epoch ${event.epoch}: validation`, event.total, 'texts', event.done);
        break;
      case 'testing':
        show('test', event.total, 'texts', event.done);
        break;
      case 'epoch':
        hide();
        after = patience === null ? comingEpochs(epochs - event.report.epoch - 2, event.report.seconds) : '';
        if (json) context.print(`${JSON.stringify({ kind: 'epoch', ...event.report })}\n`);
        else {
          if (!headed) context.print(`${style.bold(HEADING)}\n`);
          headed = true;
          context.print(`${epochLine(event.report)}\n`);
        }
        if (!Number.isFinite(event.report.valNll)) {
          context.notice(
            `epoch ${event.report.epoch}: the training has diverged, its NLL is no number; try a smaller --lr\n`,
          );
        }
        break;
      case 'finished':
        hide();
        results = event.results;
        if (json) context.print(`${JSON.stringify({ kind: 'results', folder: run.folder, ...results })}\n`);
        else printResults(event.results, event.samples, context);
        break;
      case 'paused':
        hide();
        context.notice(
          `\ninterrupted in epoch ${event.epoch}; nothing is lost. Go on with: letterpress train --resume ${run.folder}\n`,
        );
        break;
      case 'done':
        break;
    }
    if (performance.now() - lastBreath > BREATH) {
      await breathe();
      lastBreath = performance.now();
    }
  }
  hide();
  return results;
}

/** How long the epochs after the running one will take, if they take as long as the last. */
function comingEpochs(count: number, seconds: number): string {
  if (count < 1) return '';
  return `, then ${formatDuration(count * seconds)}`;
}

function epochLine(report: EpochReport): string {
  const { epoch, trainNll, valNll, valTop1, learningRate, seconds, best } = report;
  return [
    String(epoch).padStart(5),
    formatNumber(trainNll, 2).padStart(9),
    formatNumber(valNll, 2).padStart(7),
    formatNumber(valTop1, 4).padStart(6),
    learningRate.toExponential(1).padStart(7),
    `${formatDuration(seconds).padStart(8)}${best ? '  best' : ''}`,
  ].join('  ');
}

function printResults(results: RunResults, samples: readonly string[], { print, style }: CliContext): void {
  const { testNll, testTop1, bitsPerLetter, bestEpoch, bestValNll, stoppedBecause, exact } = results;
  const why = stoppedBecause === 'patience' ? 'no better epoch for a while' : 'all planned epochs done';
  print(`\nbest epoch ${bestEpoch}: validation NLL ${formatNumber(bestValNll, 2)} (${why})\n`);
  const bits = bitsPerLetter === undefined ? '' : ` (${formatNumber(bitsPerLetter, 3)} bits per letter)`;
  print(
    `${style.bold('test NLL')} ${formatNumber(testNll, 3)} nats per text${bits}, ` +
      `${style.bold('top-1')} ${formatNumber(testTop1, 4)}\n`,
  );
  if (exact !== undefined) {
    print(
      `${formatNumber(exact.excess, 3)} nats per text from perfect: the texts' true distribution scores ` +
        `${formatNumber(exact.grammarNll, 3)}\n(its entropy is ${formatNumber(exact.entropy, 3)})\n`,
    );
  }
  print(`\n${style.bold('samples')} at temperature 1:\n`);
  for (const sample of samples.slice(0, SHOWN_SAMPLES)) print(`  ${sample}\n`);
}
