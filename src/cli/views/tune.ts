import { asWritten } from '../../train/recipes/settings-by-path.js';
import type { Rung } from '../../tune/halving.js';
import type { TuneEvent } from '../../tune/run-tune.js';
import type { TrialResult } from '../../tune/trial.js';
import type { SettingEffect } from '../../tune/what-mattered.js';
import type { TuneReport } from '../../tune/write-tune-report.js';
import { shellWord } from '../folders.js';
import type { CliContext } from '../context.js';
import { counted, epochNumber, formatCount, formatDuration, formatNumber, formatPercent } from '../../format.js';
import { StudyLine } from '../terminal/study-line.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph, formatTable, right } from '../terminal/table.js';

/** Trials in the table at the end. */
const SHOWN = 12;

/**
 * Shows a search while it runs: a line of progress, a line for each trial, and tables at the end. With `json`, one JSON
 * document a line instead.
 *
 * @param folder of the search
 * @param announce tells the user what is searched, once nothing is wrong with it
 * @returns undefined when the search was interrupted
 */
export async function followTune(
  events: AsyncIterable<TuneEvent>,
  folder: string,
  announce: () => void,
  context: CliContext,
  json: boolean,
): Promise<TuneReport | undefined> {
  const line = new StudyLine(context);
  const print = (text: string): void => line.above(() => context.print(text));
  let outlook = new Outlook([], []);
  let report: TuneReport | undefined;
  for await (const event of events) {
    if (json && event.kind !== 'training') line.above(() => context.printJson(event, 0));
    switch (event.kind) {
      case 'tune':
        outlook = new Outlook(event.rungs, event.done);
        if (!json) announce();
        break;
      case 'training': {
        const { place, event: training } = event;
        if (training.kind !== 'step') break;
        const { epoch, done, total } = training.report;
        line.show(
          [`round ${place.rung + 1} of ${place.rungs.length}, trial ${place.trial}`, `epoch ${epochNumber(epoch)}`],
          outlook.at(epoch + done / total),
        );
        break;
      }
      case 'trial':
        outlook.add(event.result);
        if (!json) print(formatParagraph(trialLine(event.result), context.style));
        break;
      case 'budget':
        if (!json) print(`the budget of ${formatDuration(event.seconds)} is spent\n`);
        break;
      case 'paused':
        line.hide();
        context.notice(
          `\ninterrupted; nothing is lost. Continue with:\n  letterpress tune --resume ${shellWord(folder)}\n`,
        );
        break;
      case 'finished':
        line.hide();
        report = event.report;
        if (!json) context.print(reportOf(event.report, context));
        break;
    }
  }
  line.hide();
  return report;
}

/** Progress of a search, by epochs: all trials are of about one size. */
class Outlook {
  private readonly total: number;
  private done = 0;
  private seconds = 0;
  private readonly start = performance.now();

  constructor(rungs: readonly Rung[], before: readonly TrialResult[]) {
    this.total = rungs.reduce((sum, { trials, epochs }) => sum + trials * epochs, 0);
    for (const result of before) this.add(result);
  }

  add(result: TrialResult): void {
    this.done += result.epochs;
    this.seconds += result.seconds;
  }

  /** @param epochs done of the running trial */
  at(epochs: number): { done: number; seconds: number; guessed: boolean } | undefined {
    const spent = this.seconds === 0 ? (performance.now() - this.start) / 1000 : this.seconds;
    const measured = this.seconds === 0 ? epochs : this.done;
    if (measured < 0.05) return undefined;
    const done = this.done + epochs;
    return { done: done / this.total, seconds: ((this.total - done) * spent) / measured, guessed: true };
  }
}

function trialLine({ trial, rung, epochs, valNll, ended, seconds, set }: TrialResult): string {
  const nll = ended === 'diverged' ? 'diverged' : formatNumber(valNll, 3);
  const length = `${counted(epochs, 'epoch')}, ${formatDuration(seconds)}`;
  const place = `round ${rung + 1}, trial ${String(trial).padStart(2)}, ${length}`;
  return `${place}: ${nll.padStart(8)}  ${settingsText(set)}`;
}

function settingsText(set: TrialResult['set']): string {
  const parts = Object.entries(set).map(([path, value]) => `${shortName(path)}=${asWritten(value)}`);
  return parts.length === 0 ? 'the recipe as it is' : parts.join(' ');
}

/** The last part of a path: `learningRate`. */
function shortName(path: string): string {
  return path.split('.').at(-1)!;
}

function reportOf(report: TuneReport, context: CliContext): string {
  const { style } = context;
  const { ranking, effects, folder, files } = report;
  const rows = ranking
    .slice(0, SHOWN)
    .map((result, i) => [
      String(i + 1),
      String(result.trial),
      String(result.epochs),
      result.ended === 'diverged' ? 'diverged' : formatNumber(result.valNll, 3),
      result.bestEpoch < 0 ? '-' : String(epochNumber(result.bestEpoch)),
      formatCount(result.parameters),
      formatDuration(result.seconds),
      settingsText(result.set),
    ]);
  const columns = [
    right(''),
    right('trial'),
    right('epochs'),
    right('val NLL'),
    right('best epoch'),
    right('parameters'),
    right('time'),
    'settings',
  ];
  return [
    `\n${formatTable(columns, rows, style)}`,
    ranking.length > SHOWN ? `and ${ranking.length - SHOWN} more in trials.jsonl\n` : '',
    effects.length === 0 ? '' : `\n${effectsTable(effects, style)}`,
    `\n${formatParagraph(`written to ${folder}: ${['trials.jsonl', ...files].join(', ')}`, style)}`,
  ].join('');
}

/** Which settings mattered, over the trials of the first round. */
function effectsTable(effects: readonly SettingEffect[], style: Style): string {
  const rows = effects.map(({ path, share, groups }) => [
    path,
    Number.isNaN(share) ? '-' : formatPercent(share, 0),
    groups.map(({ label, meanNll, trials }) => `${label}: ${formatNumber(meanNll, 2)} (${trials})`).join(', ') || '-',
  ]);
  return formatTable(
    ['setting', right('of variance'), 'mean validation NLL of the first round, best first (trials)'],
    rows,
    style,
  );
}
