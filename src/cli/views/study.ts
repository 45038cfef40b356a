import type { StudyEvent, JobPlace } from '../../study/study-events.js';
import { titleOf } from '../../study/plan-jobs.js';
import { readStudy } from '../../study/read-study.js';
import type { WorkerEvent } from '../../train/worker/messages.js';
import { isProgress } from '../../train/worker/progress-filter.js';
import { shellWord } from '../folders.js';
import type { CliContext } from '../context.js';
import { DIAGNOSIS_WORDS } from '../../report/writing/group-text.js';
import { epochNumber, formatDuration, formatNumber } from '../../format.js';
import { StudyLine } from '../terminal/study-line.js';
import { formatParagraph } from '../terminal/table.js';
import { describeReport, noteMissingCharacters } from '../commands/report.js';
import { noteCharacters } from '../texts/notices.js';
import { figuresTable } from './comparison.js';
import { STOPPING } from './training.js';

type JobDone = Extract<StudyEvent, { kind: 'job-done' }>;
type Finished = Extract<StudyEvent, { kind: 'finished' }>;

/**
 * Shows a study while it runs: a line of progress, a line for each finished run, and a table of all at the end. With
 * `json`, one JSON document a line instead.
 *
 * @param announce tells the user what is studied, once nothing is wrong with it
 */
export async function followStudy(
  events: AsyncIterable<StudyEvent>,
  announce: () => void,
  context: CliContext,
  json: boolean,
): Promise<void> {
  const { signal } = context;
  const line = new StudyLine(context);
  const onInterrupt = (): void => line.above(() => context.notice(STOPPING));
  // In a log file nobody waits for the second Ctrl-C.
  if (context.stderrIsTerminal) signal.addEventListener('abort', onInterrupt);

  let seeds = 1;
  let charactersNoted = false;
  const print = (text: string) => line.above(() => context.print(text));
  for await (const event of events) {
    if (json && !isOnlyProgress(event)) line.above(() => context.printJson(asJson(event), 0));
    switch (event.kind) {
      case 'study':
        seeds = 1 + Math.max(...event.jobs.map(({ seed }) => seed));
        if (!json) announce();
        break;
      case 'job':
        line.show([placeOf(event, seeds)], event.left);
        break;
      case 'training': {
        const activity = activityOf(event.event);
        if (activity.length > 0) line.show([placeOf(event, seeds), ...activity], event.left);
        if (event.event.kind === 'begun' && !charactersNoted) {
          charactersNoted = true;
          const begun = event.event;
          line.above(() => noteCharacters(begun.characters, context));
        }
        break;
      }
      case 'analysis':
        line.show([placeOf(event, seeds), `analysis: ${event.progress.part}`], event.left);
        break;
      case 'job-done':
        line.show([placeOf(event, seeds)], event.left);
        if (!json) print(formatParagraph(`${placeOf(event, seeds)}: ${outcomeOf(event)}`, context.style));
        break;
      case 'best':
        if (!json) print(formatParagraph(bestOf(event), context.style));
        break;
      case 'temperatures':
        line.show([`texts of ${event.run} at several temperatures`]);
        break;
      case 'report':
        line.show([`report: ${event.step.part}`]);
        break;
      case 'paused':
        line.hide();
        context.notice(
          `\ninterrupted; nothing is lost. Continue with the same command, or with:\n` +
            `  letterpress study --resume ${shellWord(event.folder)}\n`,
        );
        break;
      case 'finished':
        line.hide();
        if (!json) printEnd(event, context);
        break;
    }
  }
  line.hide();
}

/** `run 3 of 7: 5m, seed 0`. */
function placeOf({ job, place, runs }: JobPlace, seeds: number): string {
  return `run ${place} of ${runs}: ${titleOf(job, seeds)}`;
}

function activityOf(event: WorkerEvent): string[] {
  switch (event.kind) {
    case 'begun':
      return [`epoch ${epochNumber(event.epoch)}`];
    case 'step': {
      const { epoch, done, total } = event.report;
      return [`epoch ${epochNumber(epoch)}`, `${done}/${total} steps`];
    }
    case 'validation':
      return [`epoch ${epochNumber(event.epoch)}`, 'validation'];
    case 'testing':
      return ['test'];
    case 'analysis':
      return [`analysis: ${event.part}`];
    default:
      return [];
  }
}

function outcomeOf({ results, diagnosis, begins }: JobDone): string {
  const { bestEpoch, epochsRun, bestValNll, testNll, testTop1, testAccuracy, seconds } = results;
  const figures = [
    `best epoch ${epochNumber(bestEpoch)} of ${epochsRun}`,
    `validation NLL ${formatNumber(bestValNll, 2)}`,
    `test NLL ${formatNumber(testNll, 2)}`,
    `accuracy ${formatNumber(testAccuracy, 3)}`,
    `top-1 ${formatNumber(testTop1, 4)}`,
  ];
  return [
    ...(bestEpoch < 0 ? ['no epoch ended with finite numbers'] : figures),
    DIAGNOSIS_WORDS[diagnosis],
    begins === 'reused' ? 'done before' : formatDuration(seconds),
  ].join(', ');
}

function bestOf({ best }: Extract<StudyEvent, { kind: 'best' }>): string {
  if (best === undefined) return 'all sizes diverged: there is no best one to train on few texts';
  return `best size: ${best.size}, by its validation NLL of ${formatNumber(best.meanValNll, 2)} nats per text`;
}

/** All figures side by side, and the report's files. */
function printEnd({ folder, report }: Finished, context: CliContext): void {
  if (report === undefined) return;
  noteMissingCharacters(report, context);
  const { print, style } = context;
  print(`\n${figuresTable(report.facts, readStudy(folder), style)}\n${describeReport(report, style)}`);
}

function isOnlyProgress(event: StudyEvent): boolean {
  if (event.kind === 'training') return isProgress(event.event);
  return event.kind === 'analysis' || event.kind === 'temperatures' || event.kind === 'report';
}

/** An event for programs: of a job its name, and of a report where it lies. */
function asJson(event: StudyEvent): object {
  if ('job' in event) return { ...event, job: event.job.name };
  if (event.kind !== 'finished' || event.report === undefined) return event;
  const { facts, ...report } = event.report;
  return { ...event, report: { ...report, missing: facts.missing } };
}
