import { diagnose } from '../../diagnosis/diagnose.js';
import type { DiagnosisKind } from '../../diagnosis/types.js';
import { againstBaseline } from './baseline-facts.js';
import { accuracyOf, figuresOf, meanCurve, meanQuality, predictedOf, summarizeFigure } from './figures.js';
import { isImported, modelOf, parametersOf, type RunGroup } from './run-groups.js';
import {
  FIGURE_NAMES,
  type BaselineSetFacts,
  type FigureFacts,
  type FigureName,
  type GroupFacts,
  type RunFacts,
} from './types.js';
import type { ReportRun } from '../input/report-input.js';
import { referenceOf } from '../reference.js';
import type { ModelCorrelation } from '../../statistics/correlation.js';
import { trainingSettingsSchema } from '../../train/settings.js';

export interface GroupContext {
  readonly comparable: boolean;
  /** Of NLL and top-1, for each of its runs. */
  readonly correlations: ReadonlyMap<ReportRun, ModelCorrelation>;
  /** Fitted on the group's training texts. */
  readonly baselines: BaselineSetFacts | undefined;
  /** Predicted characters of a test text on average, where they are known. */
  readonly charactersPerText: number | undefined;
}

export function groupFacts(group: RunGroup, context: GroupContext): GroupFacts {
  const { baselines, comparable } = context;
  const { config } = group;
  const runs = group.runs.map((run) => runFacts(run, context));
  const ended = runs.filter((run) => run.ended).length;
  const counts = (run: RunFacts) => run.ended || ended === 0;
  const figures = Object.fromEntries(
    FIGURE_NAMES.map((name) => [
      name,
      summarizeFigure(runs.map((run) => (counts(run) ? run.figures[name] : undefined))),
    ]),
  ) as Record<FigureName, FigureFacts>;
  const curves = runs.filter(counts).map(({ curve }) => curve);
  const unfinished = runs.length - curves.length;
  const diagnoses = diagnosesOf(runs);
  const measured = group.runs.flatMap(({ sampleQualities }) => sampleQualities?.entries ?? []);
  // The notebook's four were trained on all of its texts: fewer are another experiment.
  const isWhole = config.corpus.limit === undefined;
  const model = modelOf(config);
  return {
    name: group.name,
    role: group.role,
    secondRecipe: group.counterpart,
    runs,
    ended,
    parameters: parametersOf(group),
    shape: model && { dModel: model.dModel, heads: model.heads, layers: model.layers, mlpRatio: model.mlpRatio },
    recipe: config.recipe.name,
    padding: config.training.padding,
    precision: config.backend.precision,
    trainTexts: config.corpus.sizes.train,
    limit: config.corpus.limit,
    comparable,
    figures,
    curves: {
      trainNll: meanCurve(curves, 'trainNll', unfinished),
      valNll: meanCurve(curves, 'valNll', unfinished),
      valTop1: meanCurve(curves, 'valTop1', unfinished),
      valAccuracy: meanCurve(curves, 'valAccuracy', unfinished),
    },
    diagnoses,
    diagnosis: diagnoses.length === 1 ? diagnoses[0]!.kind : undefined,
    baselines,
    againstBaselines: (baselines?.baselines ?? [])
      .filter(({ id }) => id !== 'entropy')
      .map((baseline) => againstBaseline(figures.testNll, baseline)),
    samples: meanQuality(runs.map(({ finalSamples }) => finalSamples)),
    testTexts: measured.find(({ of }) => of === 'test')?.quality,
    unigramTexts: measured.find(({ of }) => of === 'unigram')?.quality,
    reference: isWhole ? referenceOf(model) : undefined,
  };
}

function diagnosesOf(runs: readonly RunFacts[]): { kind: DiagnosisKind; runs: number }[] {
  const counts = new Map<DiagnosisKind, number>();
  for (const { diagnosis } of runs) counts.set(diagnosis.kind, (counts.get(diagnosis.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, runs: count })).sort((a, b) => b.runs - a.runs);
}

function runFacts(run: ReportRun, { correlations, baselines, charactersPerText }: GroupContext): RunFacts {
  const { name, config, metrics, results, sampleQualities } = run;
  const entries = sampleQualities?.entries ?? [];
  // Earlier versions did not measure it; where padding is certain, it follows from top-1.
  const certain = config.training.padding === 'first';
  const derived = (valTop1: number) =>
    (certain ? accuracyOf(valTop1, baselines?.charactersPerText.val, predictedOf(config)) : undefined) ?? NaN;
  const diagnosis = diagnose(metrics, {
    baselines: baselines?.baselines,
    stoppedBecause: results?.stoppedBecause,
    schedule: trainingSettingsSchema.safeParse(config.training).data?.schedule.kind,
  });
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
      valAccuracy: metrics.map(({ valAccuracy, valTop1 }) => valAccuracy ?? derived(valTop1)),
      seconds: metrics.map(({ seconds }) => (clock += seconds)),
    },
    diagnosis: isImported(run) ? { ...diagnosis, sentences: ['Imported: its training is not known.'] } : diagnosis,
    correlation: correlations.get(run)!,
    samplesAlong: entries
      .flatMap(({ of, epoch, quality }) => (of === 'epoch' && epoch !== undefined ? [{ epoch, quality }] : []))
      .sort((a, b) => a.epoch - b.epoch),
    finalSamples: entries.find(({ of }) => of === 'final')?.quality,
  };
}
