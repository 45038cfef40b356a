/** Runs that nobody trained: their curves are formulas, so that what a report must say of them is known beforehand. */
import { corpusReport } from '../../src/texts/corpus-report.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { countParameters } from '../../src/nn/parameters.js';
import type { PresetName } from '../../src/nn/presets.js';
import { Random } from '../../src/random.js';
import type { ReportRun } from '../../src/report/input/report-input.js';
import type { CorpusReport } from '../../src/texts/texts-schema.js';
import { SCHEMA_VERSION, type MetricsLine, type RunConfig, type RunResults } from '../../src/runs/schema.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { planTraining, type PlanOptions } from '../../src/train/plan.js';
import {
  madeUpInspection,
  madeUpQualities,
  madeUpTemperatures,
  madeUpTexts,
  madeUpBaselines,
} from './made-up-analysis.js';

/** An epoch of a made-up training; top-1 follows from NLL where it is not given. */
export interface MadeUpEpoch {
  readonly trainNll: number;
  readonly valNll: number;
  readonly valTop1?: number;
}

/** What to make up; everything left out is that of an ordinary run of size 87k that converges at 96 nats per text. */
export interface MadeUpRun {
  readonly name?: string;
  readonly preset?: PresetName;
  /** Instead of a preset. */
  readonly plan?: PlanOptions;
  readonly seed?: number;
  readonly padding?: 'all' | 'first';
  readonly precision?: 'f32' | 'bf16';
  /** Only the first so many of 8,664 training texts. */
  readonly limit?: number;
  /** Other texts altogether. */
  readonly corpus?: string;
  readonly epochs?: number;
  readonly curve?: (epoch: number) => MadeUpEpoch;
  /** Whether there are `results.json` and what is made at the end; true by default. */
  readonly ended?: boolean;
  readonly stoppedBecause?: 'patience' | 'epochs';
  /** Test NLL minus the lowest validation NLL; 1.5 by default. */
  readonly testExcess?: number;
  /** Analysis files to leave out. */
  readonly without?: readonly MadeUpFile[];
  /** Whether texts were drawn at several temperatures; false by default. */
  readonly temperatures?: boolean;
  readonly secondsPerEpoch?: number;
}

/** See {@link MadeUpRun.without}. */
export type MadeUpFile = 'samples' | 'finalSamples' | 'baselines' | 'sampleQualities' | 'inspection' | 'corpusReport';

const SIZES = { train: 8664, val: 1084, test: 1084 };

/** A run with everything that a report may use. */
export function madeUpRun(wanted: MadeUpRun = {}): ReportRun {
  const { curve = falling(256, 96), epochs = 30, ended = true, without = [] } = wanted;
  const config = madeUpConfig(wanted);
  const metrics = metricsOf(curve, epochs, wanted.secondsPerEpoch ?? 12);
  const results = ended ? resultsOf(metrics, config, wanted) : undefined;
  const bestEpochs = metrics.filter(({ best }) => best).map(({ epoch }) => epoch);
  const has = (file: MadeUpFile) => !without.includes(file);
  const atEnd = (file: MadeUpFile) => ended && has(file);
  const finalNll = results?.testNll ?? NaN;
  return {
    name: wanted.name ?? `${wanted.preset ?? '87k'}-seed${config.seed}`,
    config,
    metrics,
    results,
    samples: new Map(
      has('samples') ? bestEpochs.map((epoch) => [epoch, madeUpTexts(metrics[epoch]!.valNll, epoch)]) : [],
    ),
    finalSamples: atEnd('finalSamples') ? madeUpTexts(finalNll, 1000) : undefined,
    baselines: atEnd('baselines') ? madeUpBaselines(config) : undefined,
    sampleQualities: atEnd('sampleQualities')
      ? madeUpQualities(
          bestEpochs.map((epoch) => [epoch, metrics[epoch]!.valNll]),
          finalNll,
        )
      : undefined,
    temperatures: ended && wanted.temperatures === true ? madeUpTemperatures(finalNll) : undefined,
    inspection: atEnd('inspection') && Number.isFinite(finalNll) ? madeUpInspection(config) : undefined,
    corpusReport: atEnd('corpusReport') ? madeUpCorpusReport() : undefined,
  };
}

/** config.json of {@link madeUpRun}. */
export function madeUpConfig(wanted: MadeUpRun = {}): RunConfig {
  const { preset = '87k', seed = 0, limit, corpus = 'headlines', precision = 'f32', padding = 'first' } = wanted;
  const plan = planTraining({ ...(wanted.plan ?? { preset }), padding }, 29);
  return {
    schemaVersion: SCHEMA_VERSION,
    letterpress: '0.1.0',
    createdAt: `2026-01-02T03:0${seed % 10}:05.000Z`,
    seed,
    node: 'v20.19.2',
    platform: 'linux-x64, 2 cores',
    backend: { name: 'native', isa: 'avx512', threads: 2, precision },
    corpus: {
      name: corpus,
      kind: 'folder',
      path: `data/${corpus}`,
      fingerprint: `${corpus}-${limit ?? 'all'}`,
      sizes: { ...SIZES, train: limit ?? SIZES.train },
      ...(limit === undefined ? {} : { limit }),
      cleaning: 'headlines',
    },
    tokenizer: { ...defaultTokenizer().toJSON() },
    model: { ...plan.model },
    recipe: { name: plan.recipe.name, version: plan.recipe.version },
    training: { ...plan.training },
  };
}

/** From `start` down to `floor` nats per text, a fraction e⁻¹ of the way left after `pace` epochs; training NLL runs ahead by `gap`. */
export function falling(start: number, floor: number, { pace = 4, gap = 2 } = {}): (epoch: number) => MadeUpEpoch {
  return (epoch) => {
    const valNll = floor + (start - floor) * Math.exp(-(epoch + 1) / pace);
    return { valNll, trainNll: valNll - gap * (1 - Math.exp(-epoch / pace)) };
  };
}

/** The same at first; from epoch `turn` on validation NLL rises by `rise` an epoch while training NLL goes on falling. */
export function overfitting(start: number, floor: number, turn: number, rise = 1): (epoch: number) => MadeUpEpoch {
  const before = falling(start, floor, { pace: 2 });
  return (epoch) => ({
    valNll: before(epoch).valNll + rise * Math.max(0, epoch - turn),
    trainNll: before(epoch).trainNll - 1.5 * rise * Math.max(0, epoch - turn),
  });
}

/** Flat at `nll` from the first epoch on, with small independent noise: a model that stays at a baseline. */
export function stuckAt(nll: number, noise = 0.2, seed = 0): (epoch: number) => MadeUpEpoch {
  const random = new Random(seed, 'test');
  const draws = Array.from({ length: 400 }, () => noise * random.normal());
  return (epoch) => ({
    valNll: nll + (draws[2 * epoch] ?? 0),
    trainNll: nll + 1 + (draws[2 * epoch + 1] ?? 0),
  });
}

/** Falls for some epochs, and is not finite from then on. */
export function divergingAt(broken: number): (epoch: number) => MadeUpEpoch {
  const before = falling(256, 150);
  return (epoch) => (epoch < broken ? before(epoch) : { valNll: NaN, trainNll: NaN, valTop1: 0 });
}

/** About how top-1 goes with NLL on headlines. */
export function usualTop1(nll: number): number {
  return Number.isFinite(nll) ? 0.98 - nll / 550 : 0;
}

function metricsOf(curve: (epoch: number) => MadeUpEpoch, epochs: number, seconds: number): MetricsLine[] {
  let lowest = Infinity;
  return Array.from({ length: epochs }, (_, epoch) => {
    const { trainNll, valNll, valTop1 = usualTop1(valNll) } = curve(epoch);
    const best = valNll < lowest;
    if (best) lowest = valNll;
    const step = (epoch + 1) * 271;
    return {
      epoch,
      step,
      trainNll,
      valNll,
      valTop1,
      learningRate: 1e-3,
      gradNorm: 5,
      seconds,
      tokens: 372_552,
      best,
    };
  });
}

function resultsOf(metrics: readonly MetricsLine[], config: RunConfig, wanted: MadeUpRun): RunResults {
  const best = metrics.findLast((line) => line.best);
  const diverged = metrics.some(({ valNll }) => !Number.isFinite(valNll)) && best === undefined;
  const testNll = diverged ? NaN : (best?.valNll ?? NaN) + (wanted.testExcess ?? 1.5);
  return {
    schemaVersion: SCHEMA_VERSION,
    bestEpoch: best?.epoch ?? 0,
    bestValNll: best?.valNll ?? NaN,
    valTop1: best?.valTop1 ?? NaN,
    testNll,
    testTop1: diverged ? NaN : usualTop1(testNll),
    epochsRun: metrics.length,
    stoppedBecause: wanted.stoppedBecause ?? 'epochs',
    parameters: countParameters(config.model as never),
    seconds: metrics.reduce((sum, line) => sum + line.seconds, 0),
    texts: config.corpus.sizes,
    bitsPerCharacter: testNll / Math.LN2 / 43,
  };
}

let measured: CorpusReport | undefined;

/** The real report of a small corpus: it is big, and only has to be there. */
export function madeUpCorpusReport(): CorpusReport {
  measured ??= corpusReport(gazette({ sizes: { train: 200, val: 50, test: 50 } }).splits, defaultTokenizer());
  return measured;
}
