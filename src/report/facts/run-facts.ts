import { diagnose } from '../../diagnosis/diagnose.js';
import type { ModelCorrelation } from '../../statistics/correlation.js';
import type { ReportRun } from '../input/report-input.js';
import { figuresOf } from './figures.js';
import type { RunFacts, BaselineSetFacts } from './types.js';

/**
 * One run in numbers.
 *
 * @param correlation of its NLL and top-1
 * @param baselines fitted on its training texts
 * @param charactersPerText predicted characters of a test text on average, where they are known
 */
export function runFacts(
  run: ReportRun,
  correlation: ModelCorrelation,
  baselines: BaselineSetFacts | undefined,
  charactersPerText: number | undefined,
): RunFacts {
  const { name, config, metrics, results, sampleQualities } = run;
  const entries = sampleQualities?.entries ?? [];
  let clock = 0;
  return {
    name,
    seed: config.seed,
    ended: results !== undefined,
    stoppedBecause: results?.stoppedBecause,
    figures: figuresOf(run, charactersPerText),
    curve: {
      epochs: metrics.map(({ epoch }) => epoch),
      trainNll: metrics.map(({ trainNll }) => trainNll),
      valNll: metrics.map(({ valNll }) => valNll),
      valTop1: metrics.map(({ valTop1 }) => valTop1),
      seconds: metrics.map(({ seconds }) => (clock += seconds)),
    },
    diagnosis: diagnose(metrics, {
      baselines: baselines?.baselines,
      stoppedBecause: results?.stoppedBecause,
      patience: patienceOf(config.training['patience']),
    }),
    correlation,
    samplesAlong: entries
      .flatMap(({ of, epoch, quality }) => (of === 'epoch' && epoch !== undefined ? [{ epoch, quality }] : []))
      .sort((a, b) => a.epoch - b.epoch),
    finalSamples: entries.find(({ of }) => of === 'final')?.quality,
  };
}

/** The trainer's own field, which a run's schema keeps as it is. */
function patienceOf(value: unknown): number | null | undefined {
  return typeof value === 'number' || value === null ? value : undefined;
}
