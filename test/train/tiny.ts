import { chooseBackend } from '../../src/backend/registry.js';
import type { Backend } from '../../src/backend/types.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import type { Corpus } from '../../src/corpus/corpus.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { planTraining, type PlanOptions, type TrainingPlan } from '../../src/train/plan.js';
import type { SettingsByPath } from '../../src/train/recipes/settings-by-path.js';
import type { TrainingSettings } from '../../src/train/settings.js';
import type { RunTexts } from '../../src/runs/run-texts.js';
import { describeRun } from '../../src/train/describe-run.js';
import type { RunConfig } from '../../src/runs/schema.js';
import type { EncodedSplits } from '../../src/train/epoch-texts.js';
import { Trainer } from '../../src/train/trainer.js';
import type { RunEvent, TrainingRun } from '../../src/train/training-run.js';

/** The fastest backend here: what is tested is the same on all. */
export const backend: Backend = chooseBackend().backend;

/** A few headlines. */
export const tinyCorpus: Corpus = gazette({ sizes: { train: 64, val: 16, test: 16 } });

const tokenizer = defaultTokenizer();

/** Characters as tokens. */
export function encode(texts: readonly string[]): Uint16Array[] {
  return texts.map((text) => tokenizer.encode(text));
}

export const tinyData: EncodedSplits = {
  train: encode(tinyCorpus.splits.train),
  val: encode(tinyCorpus.splits.val),
  space: tokenizer.spaceToken,
};

/** AdamW alone, no averaging, the fused MLP, and no query-key norms. */
export const PLAIN = {
  'training.optimizer.kind': 'adamw',
  'training.averaging': null,
  'model.activation': 'gelu',
  'model.queryKeyNorm': false,
} as const satisfies SettingsByPath;

/** A model of a few hundred parameters, with dropout wherever its recipe has one. */
export function tinyPlan(options: PlanOptions = {}): TrainingPlan {
  const shape = { dModel: 8, heads: 2, layers: 1, mlpRatio: 2 };
  return planTraining({ ...shape, dropout: 0.1, batch: 16, epochs: 3, ...options }, 29);
}

/** A trainer of the tiny model on the tiny corpus. */
export function tinyTrainer(
  plan = tinyPlan(),
  seed = 7,
  settings: Partial<TrainingSettings> = {},
  on = backend,
): Trainer {
  const model = new DecoderTransformer(plan.model, { seed });
  return new Trainer(model, on, { ...plan.training, ...settings }, tinyData, seed);
}

/** Runs a trainer for so many optimiser steps, and returns their losses. */
export function losses(trainer: Trainer, steps: number): number[] {
  const found: number[] = [];
  for (const event of trainer.run()) {
    if (event.kind === 'step') found.push(event.report.nll);
    if (found.length === steps) break;
  }
  return found;
}

export const tinyTexts: RunTexts = {
  corpus: tinyCorpus,
  cleaning: 'none',
  splits: tinyCorpus.splits,
  tokenizer,
};

/** config.json of a run of the tiny model. */
export function tinyConfig(plan = tinyPlan(), seed = 7): RunConfig {
  return describeRun(plan, tinyTexts, backend, seed);
}

/** Runs to the end, or aborts at the first event that `stop` holds of. Returns the kinds of its events, each once. */
export async function follow(
  run: TrainingRun,
  stop: (event: RunEvent) => boolean = () => false,
  reuse: readonly string[] = [],
): Promise<RunEvent['kind'][]> {
  const abort = new AbortController();
  const kinds = new Set<RunEvent['kind']>();
  for await (const event of run.events(abort.signal, { reuse })) {
    kinds.add(event.kind);
    if (stop(event)) abort.abort();
  }
  return [...kinds];
}
