import { LetterpressError } from '../errors.js';
import { finish } from '../generators.js';
import { checkNames } from '../parse-options.js';
import { Random } from '../random.js';

/** The three parts of a corpus: texts as strings, one string a text, possibly empty. */
export interface Splits {
  readonly train: readonly string[];
  readonly val: readonly string[];
  readonly test: readonly string[];
}

export const SPLITS = ['train', 'val', 'test'] as const;

export function eachSplit<T>(make: (split: keyof Splits) => T): Record<keyof Splits, T> {
  return { train: make('train'), val: make('val'), test: make('test') };
}

export function withoutEmpty(splits: Splits): Splits {
  return eachSplit((split) => splits[split].filter((text) => text.trim() !== ''));
}

/** What is known exactly about a corpus sampled from a known distribution. */
export interface ExactDistribution {
  /** Entropy in nats per text. */
  readonly entropy: number;
  /** −log p(text) in nats; `Infinity` for a text the distribution cannot produce. */
  nll(text: string): number;
}

/** How texts are cleaned: as the notebook cleaned headlines, or not at all. */
export type CleaningMode = 'headlines' | 'none';

/** Where texts came from. */
export type CorpusKind = 'builtin' | 'text' | 'folder' | 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'hub' | 'memory';

/** Texts ready to be cleaned and tokenized. */
export interface Corpus {
  /** Short name for reports and run directories, e.g. `gazette` or the file's base name. */
  readonly name: string;
  readonly kind: CorpusKind;
  /** Where the texts were read from, as the user gave it; absent for built-in and in-memory corpora. */
  readonly path?: string;
  /** Of a data set of the Hub: the configuration that was asked for, and the columns. */
  readonly config?: string;
  readonly columns?: readonly string[];
  readonly splits: Splits;
  /** True when the texts are already characters of the default alphabet, so that cleaning is off by default. */
  readonly alreadyClean: boolean;
  readonly exact?: ExactDistribution;
  /** Where the texts are pieces of one long text, one after another: characters of a piece. */
  readonly pieces?: number;
}

/** Fewer rows with something in them cannot be split in three. */
const MIN_ROWS = 3;
const ROWS_A_STEP = 1 << 17;

/** Rows of validation and of test out of `rows`: a tenth each, rounded down, at least one. */
function tenth(rows: number): number {
  return Math.max(1, Math.floor(rows / 10));
}

/**
 * Splits rows 80/10/10 by a permutation drawn from `seed`. Texts of one row stay together; within a split come
 * all texts of the first column, then all of the second, as in docs/notebook.md, section 2.
 *
 * @param columns `[columns][rows]`: one array of texts a column, all of the same length
 * @param name names the source in errors
 * @throws BAD_INPUT when fewer than three rows have a non-empty text
 */
export function splitColumns(columns: readonly (readonly string[])[], seed: number, name: string): Splits {
  return finish(splitColumnsSteps(columns, seed, name));
}

/** {@link splitColumns} in steps of some hundredths of a second. */
export function* splitColumnsSteps(
  columns: readonly (readonly string[])[],
  seed: number,
  name: string,
): Generator<void, Splits> {
  const rows = columns[0]?.length ?? 0;
  let filled = 0;
  for (let row = 0; row < rows; row++) {
    if (columns.some((column) => column[row]!.trim() !== '')) filled++;
    if (row % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
  }
  if (filled < MIN_ROWS)
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least ${MIN_ROWS} non-empty texts to split into train, val and test, ` + `got ${filled} in ${name}`,
      'Add texts, or give a folder with train.txt, val.txt and test.txt.',
    );
  const [train = [], val = [], test = []] = yield* holdOutSteps(columns, 2, seed);
  return { train, val, test };
}

/**
 * Holds out `parts` times a tenth of the rows, drawn from `seed`.
 *
 * @returns the texts of the other rows, then those of each part
 */
export function holdOut(columns: readonly (readonly string[])[], parts: number, seed: number): string[][] {
  return finish(holdOutSteps(columns, parts, seed));
}

function* holdOutSteps(
  columns: readonly (readonly string[])[],
  parts: number,
  seed: number,
): Generator<void, string[][]> {
  const rows = columns[0]?.length ?? 0;
  const order = new Random(seed, 'corpus').permutation(rows);
  const held = tenth(rows);
  const kept = rows - parts * held;
  const split: string[][] = [];
  for (let i = 0; i <= parts; i++) {
    const [from, to] = i === 0 ? [0, kept] : [kept + (i - 1) * held, kept + i * held];
    const texts: string[] = [];
    for (const column of columns)
      for (let at = from; at < to; at++) {
        texts.push(column[order[at]!]!);
        if (at % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
      }
    split.push(texts);
  }
  return split;
}

/**
 * A corpus of texts that are in memory already, split 80/10/10 by `seed` (default 0).
 *
 * @throws BAD_INPUT when an element is no string, or fewer than three are non-empty; BAD_OPTION for an unknown option,
 *   or a seed that is no whole number of at least 0
 * @example corpusFromTexts(['one headline', 'another', 'a third'], { name: 'mine' });
 */
export function corpusFromTexts(
  texts: readonly string[],
  options: { readonly name?: string; readonly seed?: number } = {},
): Corpus {
  checkNames(options, { name: true, seed: true }, 'corpusFromTexts');
  const { name = 'texts', seed = 0 } = options;
  checkTexts(texts, name);
  return { name, kind: 'memory', splits: splitColumns([texts], seed, name), alreadyClean: false };
}

/** @throws LetterpressError BAD_INPUT for anything but a list of strings */
export function checkTexts(texts: unknown, name: string): void {
  const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value);
  const bad = Array.isArray(texts) ? texts.findIndex((text: unknown) => typeof text !== 'string') : 0; // holes too
  if (bad < 0) return;
  const found = Array.isArray(texts) ? `${kindOf(texts[bad])} at index ${bad}` : kindOf(texts);
  throw new LetterpressError(
    'BAD_INPUT',
    `expected an array of strings, got ${found} (${name})`,
    'Give one string a text.',
  );
}

/**
 * The corpus with only the first `n` training texts: the notebook's `num_training_data`. Validation and test stay
 * whole.
 *
 * @throws BAD_OPTION when `n` is no integer from 1 to the number of training texts
 */
export function limitTrain(corpus: Corpus, n: number): Corpus {
  const { train } = corpus.splits;
  if (!Number.isSafeInteger(n) || n < 1 || n > train.length)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a limit of 1 to ${train.length} training texts of ${corpus.name}, got ${n}`,
      'Give a whole number in that range, or no limit to train on all texts.',
    );
  return { ...corpus, splits: { ...corpus.splits, train: train.slice(0, n) } };
}

/** What a fingerprint is the hash of. */
export function* fingerprintParts(splits: Splits): Generator<string> {
  for (const split of SPLITS) {
    yield `${split} ${splits[split].length}\n`;
    // JSON keeps line ends inside a text apart from those between texts.
    for (const text of splits[split]) yield `${JSON.stringify(text)}\n`;
  }
}
