import { join } from 'node:path';
import { counted } from '../format.js';
import { scatterFigure } from '../figures/scatter.js';
import { writeJson, writeRunFile } from '../runs/run-file.js';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { parseRecipe, type Recipe } from '../train/recipes/index.js';
import { promote } from './halving.js';
import { planTrial, type TrialResult } from './trial.js';
import { readTrials, readTuneFile, TUNE_FILES, type Tune } from './tune-file.js';
import { observationsOf, whatMattered, type SettingEffect } from './what-mattered.js';

export interface TuneReport {
  readonly folder: string;
  /** Every trial in the highest rung that it reached; the highest rung first, and in each the lowest NLL. */
  readonly ranking: readonly TrialResult[];
  /** The recipe as it is, in the highest rung that it reached. */
  readonly unchanged: TrialResult | undefined;
  readonly effects: readonly SettingEffect[];
  /** Files that were written, relative to the folder. */
  readonly files: readonly string[];
}

/**
 * Writes what came of a search: `best.json`, a recipe with the settings of the best trial, and a figure for each
 * setting with more than one number.
 *
 * @throws LetterpressError BAD_RUN when the folder holds no search, or a damaged one
 */
export function writeTuneReport(folder: string): TuneReport {
  const tune = readTuneFile(folder);
  const trials = readTrials(folder);
  const vocabulary = Tokenizer.fromJSON(tune.tokenizer).vocabularySize;
  const plan = planTrial(tune.options, {}, tune.options.epochs, vocabulary);
  const ranking = rank(trials);
  const first = trials.filter(({ rung }) => rung === 0);
  const files: string[] = [];
  const best = ranking.find(({ valNll }) => Number.isFinite(valNll));
  if (best !== undefined) {
    writeJson(folder, TUNE_FILES.best, bestRecipe(tune, best, vocabulary));
    files.push(TUNE_FILES.best);
  }
  for (const path of Object.keys(tune.options.space)) {
    const svg = figureOf(tune, path, trials, plan);
    if (svg === undefined) continue;
    const file = join(TUNE_FILES.figures, `${path.replace(/[^\w.+-]+/g, '-')}.svg`);
    writeRunFile(folder, file, svg);
    files.push(file);
  }
  return {
    folder,
    ranking,
    unchanged: ranking.find(({ trial }) => trial === 0),
    effects: whatMattered(tune.options.space, first, plan),
    files,
  };
}

/** NLLs of different rungs do not compare, so the highest rung comes first. */
function rank(trials: readonly TrialResult[]): TrialResult[] {
  const furthest = new Map<number, TrialResult>();
  for (const result of trials) {
    const before = furthest.get(result.trial);
    if (before === undefined || result.rung > before.rung) furthest.set(result.trial, result);
  }
  const rungs = [...new Set([...furthest.values()].map(({ rung }) => rung))].sort((a, b) => b - a);
  return rungs.flatMap((rung) => {
    const members = [...furthest.values()].filter((result) => result.rung === rung);
    return promote(members, members.length, ({ valNll }) => valNll);
  });
}

/** With the best trial's shape only: no other was tried. */
function bestRecipe({ options }: Tune, best: TrialResult, vocabulary: number): Recipe {
  const { model, training } = planTrial(options, best.set, best.epochs, vocabulary);
  const { dModel, heads, layers, mlpRatio } = model;
  const notArchitecture = new Set(['dModel', 'heads', 'layers', 'mlpRatio', 'vocabulary', 'contextLength']);
  const architecture = Object.fromEntries(Object.entries(model).filter(([name]) => !notArchitecture.has(name)));
  const recipe = {
    name: `${options.recipe.name}-tuned`,
    version: 1,
    summary:
      `found by letterpress tune: trial ${best.trial}, validation NLL ${best.valNll.toFixed(3)} nats per text ` +
      `after ${counted(best.epochs, 'epoch')}`,
    architecture,
    shape: { dModel, heads, layers, mlpRatio },
    training,
    sizes: {},
    reasons: Object.fromEntries(
      Object.keys(best.set).map((path) => [path.replace(/^model/, 'architecture'), 'the best value that was tried']),
    ),
  };
  return parseRecipe(recipe, 'the best trial');
}

/** A setting's numbers against validation NLL, a colour a rung; undefined where there are fewer than two numbers. */
function figureOf(
  { options }: Tune,
  path: string,
  trials: readonly TrialResult[],
  plan: Parameters<typeof observationsOf>[2],
): string | undefined {
  const variation = options.space[path]!;
  const log = variation.kind === 'range' && variation.log;
  const rungs = [...new Set(trials.map(({ rung }) => rung))].sort((a, b) => a - b);
  let left = 0; // of which the axis has no place
  const series = rungs.map((rung) => {
    const members = trials.filter((result) => result.rung === rung);
    const numbers = observationsOf(path, members, plan).filter(({ value }) => typeof value === 'number');
    const seen = numbers.filter(({ value }) => !log || Number(value) > 0);
    left += numbers.length - seen.length;
    return {
      label: counted(members[0]!.epochs, 'epoch'),
      x: seen.map(({ value }) => (log ? Math.log10(Number(value)) : Number(value))),
      y: seen.map(({ nll }) => nll),
    };
  });
  if (new Set(series.flatMap(({ x }) => x)).size < 2) return undefined;
  return scatterFigure({
    title: path,
    subtitle:
      `each dot a trial, ${options.recipe.name}` +
      (left === 0 ? '' : `; ${counted(left, 'trial')} at 0, which has no logarithm, not shown`),
    xTitle: log ? 'logarithm to base 10 of the value' : 'value',
    yTitle: 'validation NLL (nats per text)',
    series,
  });
}
