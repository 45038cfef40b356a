/** File names in a run directory, relative to it. Safe for browsers. */

export const RUN_FILES = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  steps: 'steps.csv',
  surprise: 'surprise.jsonl',
  results: 'results.json',
  summary: 'summary.txt',
  weights: 'model.safetensors',
  checkpoint: 'checkpoint.safetensors',
  nllArray: 'nll.npy',
  top1Array: 'rec.npy',
  nllSvg: 'curves/nll.svg',
  nllPdf: 'curves/nll.pdf',
  top1Svg: 'curves/top1.svg',
  top1Pdf: 'curves/top1.pdf',
  finalSamples: 'samples/final.txt',
  baselines: 'baselines.json',
  corpusReport: 'corpus.json',
  sampleQualities: 'samples/quality.json',
  inspection: 'inspection.json',
  temperatures: 'temperatures.json',
} as const;

/** Names that schema version 1 had for files of a run. */
export const FORMER_RUN_FILES = ['yardsticks.json'] as const;

/** Event files for TensorBoard, one for each session of a training. */
export const TENSORBOARD_FILES = {
  folder: 'tensorboard',
  name: (seconds: number) =>
    `events.out.tfevents.${Math.floor(seconds)}.${Math.floor((seconds % 1) * 1e6)}.letterpress`,
  isName: (name: string) => /^events\.out\.tfevents\.\d+\.\d+\.letterpress$/.test(name),
} as const;

/** The sub-folders that every run directory has. */
export const RUN_FOLDERS = ['curves', 'samples'] as const;

/** The file for the samples after an epoch: epoch 7 gives `samples/epoch-0007.txt`. */
export function samplesFile(epoch: number): string {
  return `samples/epoch-${String(epoch).padStart(4, '0')}.txt`;
}

/** The epoch of a name in `samples/`, or undefined for other names. */
export function epochOfSamplesName(name: string): number | undefined {
  const digits = /^epoch-(\d{4,})\.txt$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The epochs of the files in the folder of samples, ascending. */
export function epochsOfSamples(names: readonly string[]): number[] {
  return names
    .map(epochOfSamplesName)
    .filter((epoch) => epoch !== undefined)
    .sort((a, b) => a - b);
}

/** In every folder while it is written: who writes it. */
export const LOCK_FILE = '.letterpress-lock';

/** The file that makes a folder a mixture. */
export const MIXTURE_FILE = 'mixture.json';

/** Folder of a study's runs, and of runs by default. */
export const RUNS_FOLDER = 'runs';
