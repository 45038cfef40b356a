import type { ModelCorrelation } from '../../statistics/correlation.js';
import type { DiagnosisKind } from '../../diagnosis/types.js';
import { mean } from '../../statistics/mean-interval.js';
import type { ModelConfig } from '../../nn/config.js';
import type { RunConfig } from '../../runs/schema.js';
import type { ReportRun, RunRole } from '../input/report-input.js';
import { referenceOf } from '../reference.js';
import { summarizeFigure } from './figures.js';
import { meanCurve } from './mean-curve.js';
import { qualityFigures } from './quality-figures.js';
import { runFacts } from './run-facts.js';
import { modelOf } from './same-config.js';
import { againstBaseline } from './baseline-facts.js';
import {
  FIGURE_NAMES,
  type FigureFacts,
  type FigureName,
  type GroupFacts,
  type ReferenceComparison,
  type ReferenceSize,
  type RunFacts,
  type ShapeFacts,
  type BaselineSetFacts,
} from './types.js';

/** The runs of a group, in order, as the input has them. */
export interface RunGroup {
  readonly name: string;
  readonly role: RunRole;
  /** See {@link GroupFacts.beside}. */
  readonly secondRecipe: string | undefined;
  /** At least one. */
  readonly runs: readonly ReportRun[];
  /** Of the first run: the others have the same but for their seeds. */
  readonly config: RunConfig;
}

/** What of the other groups has to be known for the facts of one. */
export interface GroupContext {
  readonly comparable: boolean;
  /** Of NLL and top-1, of each of its runs. */
  readonly correlations: ReadonlyMap<ReportRun, ModelCorrelation>;
  /** Fitted on the group's training texts. */
  readonly baselines: BaselineSetFacts | undefined;
  /** Predicted characters of a test text on average, where they are known. */
  readonly charactersPerText: number | undefined;
}

/** Runs that differ by their seeds alone, in numbers. */
export function groupFacts(group: RunGroup, context: GroupContext): GroupFacts {
  const { correlations, baselines, charactersPerText, comparable } = context;
  const { config } = group;
  const runs = group.runs.map((run) => runFacts(run, correlations.get(run)!, baselines, charactersPerText));
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
  // The notebook's four were trained on all of its texts: fewer are another experiment.
  const isWhole = config.corpus.limit === undefined;
  const model = modelOf(config);
  const reference = isWhole ? referenceOf(model) : undefined;
  return {
    name: group.name,
    role: group.role,
    secondRecipe: group.secondRecipe,
    runs,
    ended,
    parameters: parametersOf(group),
    shape: model && pickShape(model),
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
    },
    diagnoses,
    diagnosis: diagnoses.length === 1 ? diagnoses[0]!.kind : undefined,
    baselines,
    againstBaselines: (baselines?.baselines ?? [])
      .filter(({ id }) => id !== 'entropy')
      .map((baseline) => againstBaseline(figures.testNll, baseline)),
    samples: qualityFigures(runs.map(({ finalSamples }) => finalSamples)),
    testTexts: group.runs
      .flatMap(({ sampleQualities }) => sampleQualities?.entries ?? [])
      .find(({ of }) => of === 'test')?.quality,
    reference: reference && compareWithReference(reference, figures, runs),
  };
}

/** Parameters of a group's model; those of the notebook's models are known before a run has ended. */
export function parametersOf({ runs, config }: RunGroup): number | undefined {
  return (
    runs.find(({ results }) => results !== undefined)?.results?.parameters ?? referenceOf(modelOf(config))?.parameters
  );
}

function pickShape({ dModel, heads, layers, mlpRatio }: ModelConfig): ShapeFacts {
  return { dModel, heads, layers, mlpRatio };
}

function diagnosesOf(runs: readonly RunFacts[]): { kind: DiagnosisKind; runs: number }[] {
  const counts = new Map<DiagnosisKind, number>();
  for (const { diagnosis } of runs) counts.set(diagnosis.kind, (counts.get(diagnosis.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => ({ kind, runs: count })).sort((a, b) => b.runs - a.runs);
}

function compareWithReference(
  size: ReferenceSize,
  figures: Readonly<Record<FigureName, FigureFacts>>,
  runs: readonly RunFacts[],
): ReferenceComparison {
  const measuredPearson = mean(
    runs.map(({ correlation }) => correlation.pearson).filter((value) => !Number.isNaN(value)),
  );
  return {
    size,
    testNll: figures.testNll.mean - size.testNll,
    testTop1: figures.testTop1.mean - size.correctedTop1,
    bestValNll: figures.bestValNll.mean - size.bestValNll,
    pearson: measuredPearson - size.pearson,
    measuredPearson,
  };
}
