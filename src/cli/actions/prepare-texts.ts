import { resolve } from 'node:path';
import { cleanTexts, type CleaningMode } from '../../corpus/cleaning/index.js';
import { gazette } from '../../corpus/gazette/index.js';
import { limitTrain, type Corpus, type Splits } from '../../corpus/corpus.js';
import { loadCorpus } from '../../corpus/sources/load-corpus.js';
import { readLongText } from '../../corpus/sources/long-text.js';
import { cutWindows } from '../../corpus/windows.js';
import { LetterpressError } from '../../errors.js';
import { DEFAULT_CONTEXT_LENGTH } from '../../nn/presets.js';
import { learnAlphabet } from '../../tokenizer/learn-alphabet.js';
import { emptyReport, summarizeReport } from '../../tokenizer/report.js';
import { defaultTokenizer, type Tokenizer } from '../../tokenizer/tokenizer.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { createProgress } from '../terminal/progress.js';

/** Texts as a model gets them. */
export interface PreparedTexts {
  /** As it was read (its training texts limited), before cleaning. */
  readonly corpus: Corpus;
  readonly clean: CleaningMode;
  /** After cleaning. */
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
}

/**
 * Reads, cleans and prepares the texts that the options name, with a progress bar for what takes long.
 *
 * @param known the tokenizer, where it is not to be learned
 * @throws BAD_OPTION when options do not go together, and what reading and cleaning throw
 */
export async function prepareTexts(
  options: DataOptions,
  context: CliContext,
  known?: Tokenizer,
): Promise<PreparedTexts> {
  if (options.continuous) return preparePieces(options, context, known);
  const whole = await readCorpus(options);
  const corpus = options.limit === undefined ? whole : limitTrain(whole, options.limit);
  const clean = options.clean ?? (corpus.alreadyClean ? 'none' : 'headlines');
  if (clean !== 'none' && corpus.alreadyClean)
    throw new LetterpressError(
      'BAD_OPTION',
      `--clean ${clean} was given for the built-in corpus, whose texts are clean characters already`,
      'Leave --clean out, or name your own texts with --data.',
    );
  const splits = clean === 'none' ? corpus.splits : await cleanSplits(corpus.splits, clean, context);
  if (splits.train.every((text) => text === ''))
    throw new LetterpressError(
      'BAD_INPUT',
      `expected training texts with words in them; cleaning left nothing of ${corpus.path ?? corpus.name}`,
      'Check that the right file or column was read, or keep the texts as they are with --clean none.',
    );
  return { corpus, clean, splits, tokenizer: known ?? tokenizerFor(options, splits.train) };
}

/**
 * Prepared texts as those of a run, with where they came from.
 *
 * @param options those that the texts were prepared with
 */
export function runTexts(
  { corpus, clean, splits, tokenizer }: PreparedTexts,
  { column, limit }: Pick<DataOptions, 'column' | 'limit'>,
): RunTexts {
  // Absolute, so that the run can be evaluated from anywhere.
  const place = corpus.path === undefined ? {} : { path: resolve(corpus.path) };
  return { corpus: { ...corpus, ...place }, cleaning: clean, columns: column, limit, splits, tokenizer };
}

function tokenizerFor({ alphabet }: DataOptions, train: readonly string[]): Tokenizer {
  return alphabet === 'auto' ? learnAlphabet(train) : defaultTokenizer();
}

/** Pieces of one long text, in characters of the alphabet, so that each is as long as the others for a model. */
async function preparePieces(
  options: DataOptions,
  context: CliContext,
  known: Tokenizer | undefined,
): Promise<PreparedTexts> {
  const { data, column, clean, limit, context: characters = DEFAULT_CONTEXT_LENGTH - 1 } = options;
  if (data === undefined || column !== undefined || (clean ?? 'none') !== 'none') {
    throw new LetterpressError(
      'BAD_OPTION',
      `--continuous reads one long text: ${data === undefined ? 'it needs --data' : `it does not go with --${column === undefined ? 'clean' : 'column'}`}`,
      'Name a .txt file, or a folder with train.txt, val.txt and test.txt.',
    );
  }
  const { name, kind, path, parts } = await readLongText(data);
  const tokenizer = known ?? tokenizerFor(options, [parts.train]);
  const cut = (part: keyof Splits): string[] => {
    const report = emptyReport();
    const tokens = tokenizer.encode(parts[part], report);
    for (const line of summarizeReport(report)) context.notice(`${part}: ${line}\n`);
    const pieces = cutWindows(tokenizer.decode(tokens), characters);
    if (pieces.length > 0) return pieces;
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least ${characters} characters in the ${part} part of ${data}, got ${tokens.length}`,
      'Give a longer text, or a smaller --context.',
    );
  };
  const splits = { train: cut('train'), val: cut('val'), test: cut('test') };
  const whole: Corpus = { name, kind, path, splits, alreadyClean: false, pieces: characters };
  const corpus = limit === undefined ? whole : limitTrain(whole, limit);
  return { corpus, clean: 'none', splits: corpus.splits, tokenizer };
}

async function readCorpus({ data, column, seed, corpusSizes: sizes }: DataOptions): Promise<Corpus> {
  if (data !== undefined) return loadCorpus({ path: data, column, seed });
  if (column !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      '--column was given without --data; the built-in corpus has no columns',
      'Name the file with --data, or leave --column out.',
    );
  return gazette({ ...(seed === undefined ? {} : { seed }), ...(sizes === undefined ? {} : { sizes }) });
}

async function cleanSplits(splits: Splits, mode: CleaningMode, context: CliContext): Promise<Splits> {
  const total = splits.train.length + splits.val.length + splits.test.length;
  const progress = createProgress(context, { total, unit: 'texts', label: 'cleaning' });
  const cleaned = { train: [] as string[], val: [] as string[], test: [] as string[] };
  let done = 0;
  for (const split of ['train', 'val', 'test'] as const) {
    for (const batch of batches(splits[split])) {
      cleaned[split].push(...cleanTexts(batch, mode));
      progress.update((done += batch.length));
      await breathe();
    }
  }
  progress.stop();
  return cleaned;
}

/** Texts in portions of some hundredths of a second of cleaning. */
export function* batches(texts: readonly string[], size = 256): Generator<readonly string[]> {
  for (let from = 0; from < texts.length; from += size) yield texts.slice(from, from + size);
}

/** Lets Ctrl-C, closed pipes and the progress bar have their turn between portions of work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
