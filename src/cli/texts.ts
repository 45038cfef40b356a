import { resolve } from 'node:path';
import { cleanTexts, type CleaningMode } from '../corpus/cleaning/index.js';
import { limitTrain, type Corpus, type Splits } from '../corpus/corpus.js';
import { gazette, type GazetteSizes } from '../corpus/gazette/index.js';
import { loadCorpus } from '../corpus/sources/load-corpus.js';
import { readLongText } from '../corpus/sources/long-text.js';
import { cutIntoPieces } from '../corpus/pieces.js';
import { LetterpressError } from '../errors.js';
import { asRunError } from '../model/load-model.js';
import { DEFAULT_CONTEXT_LENGTH } from '../nn/presets.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { RunConfig } from '../runs/schema.js';
import { learnAlphabet } from '../tokenizer/learn-alphabet.js';
import { emptyReport, summarizeReport, type EncodingReport } from '../tokenizer/report.js';
import { defaultTokenizer, Tokenizer } from '../tokenizer/tokenizer.js';
import { formatCount } from '../format.js';
import type { CliContext } from './context.js';
import { withProgress } from './terminal/progress.js';
import type { Style } from './terminal/style.js';
import { formatParagraph } from './terminal/table.js';

/** Which texts to read, and how: the options of `addDataOptions` and `addLongTextOptions`, and what a run recorded. */
export interface DataOptions {
  readonly data?: string | undefined;
  readonly column?: readonly string[] | undefined;
  readonly clean?: CleaningMode | undefined;
  /** `english`: the notebook's 29 token values; `auto`: the characters of the training texts. */
  readonly alphabet?: 'english' | 'auto' | undefined;
  /** Splits a single file, or generates the built-in corpus. */
  readonly seed?: number | undefined;
  /** Only that many training texts. */
  readonly limit?: number | undefined;
  /** The data are one long text, read in pieces. */
  readonly continuous?: boolean | undefined;
  /** Tokens of a piece, cls included. */
  readonly contextLength?: number | undefined;
  readonly corpusSizes?: GazetteSizes | undefined;
}

/** Texts as a model gets them. */
export interface PreparedTexts {
  /** As it was read (its training texts limited), before cleaning. */
  readonly corpus: Corpus;
  readonly clean: CleaningMode;
  /** After cleaning. */
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
}

const SPLITS = ['train', 'val', 'test'] as const;

/**
 * Reads, cleans and prepares the texts that the options name, with a progress bar.
 *
 * @param known the tokenizer, where it is not to be learned
 * @throws LetterpressError BAD_OPTION for options that contradict each other; also what reading and cleaning throw
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
      `--clean ${clean} was given for the built-in corpus, which is clean already`,
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

/** Prepared texts as those of a run, with where they came from. */
export function runTexts(
  { corpus, clean, splits, tokenizer }: PreparedTexts,
  { column, limit }: Pick<DataOptions, 'column' | 'limit'>,
): RunTexts {
  // Absolute, so that the run can be evaluated from anywhere.
  const place = corpus.path === undefined ? {} : { path: resolve(corpus.path) };
  return { corpus: { ...corpus, ...place }, cleaning: clean, columns: column, limit, splits, tokenizer };
}

/**
 * The texts of a run or a study, read again as its config says.
 *
 * @param other texts to read in the same way instead
 */
export async function textsOfRun(
  { folder, config }: { readonly folder: string; readonly config: Pick<RunConfig, 'corpus' | 'tokenizer'> },
  context: CliContext,
  other: Pick<DataOptions, 'data' | 'column' | 'clean'> = {},
): Promise<RunTexts> {
  const { kind, path, columns, cleaning, limit, sizes, pieces } = config.corpus;
  if (other.data === undefined && (kind === 'memory' || kind === 'imported')) {
    const why = kind === 'memory' ? 'was trained on texts that a program gave' : 'was imported without its texts';
    throw new LetterpressError('BAD_INPUT', `${folder} ${why}, which cannot be read again`, 'Name texts with --data.');
  }
  const asPieces: DataOptions = pieces === undefined ? {} : { continuous: true, contextLength: pieces + 1 };
  const tokenizer = asRunError(() => Tokenizer.fromJSON(config.tokenizer));
  const own: DataOptions = {
    data: path,
    column: columns,
    ...asPieces,
    // Generated as large as it was, cut to a limit or not: larger splits begin with smaller ones.
    ...(kind === 'builtin' ? { corpusSizes: sizes } : { clean: cleaning, limit }),
  };
  const named: DataOptions = { ...other, ...asPieces, clean: other.clean ?? cleaning };
  const { corpus, clean, splits } = await prepareTexts(other.data === undefined ? own : named, context, tokenizer);
  return { corpus, cleaning: clean, columns, limit, splits, tokenizer };
}

/** Which texts, how they are trained on, and what in which folder, before a long piece of work. */
export function describeWork(
  { corpus, splits }: Pick<RunTexts, 'corpus' | 'splits'>,
  how: string,
  place: string,
  style: Style,
): string {
  const counts = SPLITS.map((split) => formatCount(splits[split].length)).join(' / ');
  const texts = `${style.bold(corpus.name)}  ${counts} texts to train / validate / test`;
  return `${formatParagraph(texts, style)}${formatParagraph(how, style)}${place}\n`;
}

/** Says what encoding folds, replaces or truncates, so that nothing is changed in silence. */
export function noteCharacters(
  reports: Readonly<Record<keyof Splits, EncodingReport>>,
  { notice }: Pick<CliContext, 'notice'>,
): void {
  for (const split of SPLITS) for (const line of summarizeReport(reports[split])) notice(`${split}: ${line}\n`);
}

function tokenizerFor({ alphabet }: DataOptions, train: readonly string[]): Tokenizer {
  return alphabet === 'auto' ? learnAlphabet(train) : defaultTokenizer();
}

/** Pieces of one long text, cut by characters of the alphabet, so that all are equally long for a model. */
async function preparePieces(
  options: DataOptions,
  { notice }: CliContext,
  known: Tokenizer | undefined,
): Promise<PreparedTexts> {
  const { data, column, clean, limit, contextLength = DEFAULT_CONTEXT_LENGTH } = options;
  const characters = contextLength - 1;
  if (data === undefined || column !== undefined || (clean ?? 'none') !== 'none') {
    const wrong = column === undefined ? '--clean' : '--column';
    throw new LetterpressError(
      'BAD_OPTION',
      `--continuous reads one long text: ${data === undefined ? 'it needs --data' : `it does not go with ${wrong}`}`,
      'Name a .txt file, or a folder with train.txt, val.txt and test.txt.',
    );
  }
  const { name, kind, path, parts } = await readLongText(data);
  const tokenizer = known ?? tokenizerFor(options, [parts.train]);
  const cut = (part: keyof Splits): string[] => {
    const report = emptyReport();
    const tokens = tokenizer.encode(parts[part], report);
    for (const line of summarizeReport(report)) notice(`${part}: ${line}\n`);
    const pieces = cutIntoPieces(tokenizer.decode(tokens), characters);
    if (pieces.length > 0) return pieces;
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least ${characters} characters in the ${part} part of ${data}, got ${tokens.length}`,
      'Give a longer text, or a smaller --context-length.',
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
  return withProgress(cleanSteps(splits, mode), (done) => ({ label: 'cleaning', unit: 'texts', total, done }), context);
}

function* cleanSteps(splits: Splits, mode: CleaningMode): Generator<number, Splits> {
  const cleaned = { train: [] as string[], val: [] as string[], test: [] as string[] };
  let done = 0;
  for (const split of SPLITS) {
    for (const batch of batches(splits[split])) {
      cleaned[split].push(...cleanTexts(batch, mode));
      yield (done += batch.length);
    }
  }
  return cleaned;
}

/** Texts in portions that take a few hundredths of a second to clean. */
export function* batches(texts: readonly string[], size = 256): Generator<readonly string[]> {
  for (let from = 0; from < texts.length; from += size) yield texts.slice(from, from + size);
}
