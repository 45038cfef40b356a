import { basename, resolve } from 'node:path';
import { cleanTextsSteps, type CleaningMode } from '../corpus/cleaning/index.js';
import { limitTrain, type Corpus, type Splits } from '../corpus/corpus.js';
import { gazette, type GazetteSizes } from '../corpus/gazette/index.js';
import { kindOfPath, sourceName, STANDARD_INPUT } from '../corpus/sources/file-errors.js';
import { parseHubAddress } from '../corpus/sources/hub/address.js';
import type { HubAccess } from '../corpus/sources/hub/load-hub.js';
import { loadCorpus } from '../corpus/sources/load-corpus.js';
import { readLongText } from '../corpus/sources/long-text.js';
import { readTexts } from '../corpus/sources/read-file.js';
import type { ReadingNote } from '../corpus/sources/table.js';
import { batches, pieceSteps } from '../corpus/pieces.js';
import { LetterpressError } from '../errors.js';
import { formatCount, formatPercent } from '../format.js';
import { relay } from '../generators.js';
import type { TextModel } from '../model/text-model.js';
import { asRunError } from '../model/load-model.js';
import { DEFAULT_CONTEXT_LENGTH } from '../nn/presets.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { RunConfig } from '../runs/schema.js';
import { CharacterCounts } from '../tokenizer/character-counts.js';
import { partsOf } from '../tokenizer/code-points.js';
import { encodeSplitSteps, type EncodedSplit } from '../tokenizer/encode-split.js';
import { learnAlphabet } from '../tokenizer/learn-alphabet.js';
import { checkLostShare, emptyReport, lostShare, summarizeReport, type EncodingReport } from '../tokenizer/report.js';
import { defaultTokenizer, Tokenizer } from '../tokenizer/tokenizer.js';
import type { CliContext } from './context.js';
import type { FileReading } from './options/data.js';
import { ProgressBar, withProgress, type Stage } from './terminal/progress.js';
import type { Style } from './terminal/style.js';
import { formatParagraph } from './terminal/table.js';

/** What becomes of blank lines, and of texts that cleaning leaves nothing of. */
type EmptyTexts = 'kept' | 'left out';

/** Which texts to read, and how: the options of `addDataOptions` and `addLongTextOptions`, and what a run recorded. */
export interface DataOptions extends FileReading {
  readonly data?: string | undefined;
  readonly clean?: CleaningMode | undefined;
  /** `english`: the notebook's 29 token values; `auto`: the characters of the training texts; see docs/data.md. */
  readonly alphabet?: 'english' | 'auto' | undefined;
  /** The notebook's recipe, which keeps its alphabet, and the empty texts of a folder. */
  readonly notebook?: boolean | undefined;
  readonly emptyTexts?: EmptyTexts | undefined;
  /** Characters outside the alphabet will be errors. */
  readonly strict?: boolean | undefined;
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
  /** Of texts from files. */
  readonly emptyTexts?: EmptyTexts;
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
  const emptyTexts = options.emptyTexts ?? ((await keepsEmptyTexts(options)) ? 'kept' : 'left out');
  const whole = await readCorpus(options, emptyTexts, context);
  const corpus = options.limit === undefined ? whole : limitTrain(whole, options.limit);
  const clean = options.clean ?? (corpus.alreadyClean ? 'none' : 'headlines');
  if (clean !== 'none' && corpus.alreadyClean)
    throw new LetterpressError(
      'BAD_OPTION',
      `--clean ${clean} was given for the built-in corpus, which is clean already`,
      'Leave --clean out, or name your own texts with --data.',
    );
  const cleaned = clean === 'none' ? corpus.splits : await cleanSplits(corpus.splits, clean, context);
  const leftOut = !corpus.alreadyClean && emptyTexts === 'left out';
  const splits = leftOut ? withoutEmpty(cleaned) : cleaned;
  checkFilled(splits, corpus, clean);
  if (leftOut) noteEmpty(cleaned, splits, clean, context);
  const tokenizer = known ?? (await alphabetOf(splits, { ...options, clean }, corpus, context));
  return { corpus, clean, splits, tokenizer, ...(corpus.alreadyClean ? {} : { emptyTexts }) };
}

/** Prepared texts as those of a run, with where they came from. */
export function runTexts(
  { corpus, clean, splits, tokenizer, emptyTexts }: PreparedTexts,
  options: DataOptions,
): RunTexts {
  const { limit, format, delimiter, quote, header } = options;
  const columns = corpus.columns ?? columnsOf(options);
  // Absolute, so that the run can be evaluated from anywhere.
  const { path, kind } = corpus;
  const place = path === undefined ? {} : { path: kind === 'hub' || path === STANDARD_INPUT ? path : resolve(path) };
  const reading = emptyTexts && {
    emptyTexts,
    ...(format === undefined ? {} : { format }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(header === false ? { header } : {}),
  };
  return { corpus: { ...corpus, ...place }, cleaning: clean, columns, limit, reading, splits, tokenizer };
}

/** What a run or a study recorded of its texts. */
interface Recorded {
  readonly folder: string;
  readonly config: Pick<RunConfig, 'corpus' | 'tokenizer'>;
}

/** Kinds of corpora that cannot be read again, and why. */
const UNREAD: Readonly<Record<string, string>> = {
  memory: 'was trained on texts that a program gave',
  imported: 'was imported without its texts',
};

/**
 * The texts of a run or a study, read again as its config says.
 *
 * @param other texts to read in the same way instead
 */
export async function textsOfRun(
  { folder, config }: Recorded,
  context: CliContext,
  other: Pick<DataOptions, 'data' | 'clean' | keyof FileReading> = {},
): Promise<RunTexts> {
  const { kind, path, columns, cleaning, limit, sizes, pieces, reading } = config.corpus;
  const emptyTexts = reading?.emptyTexts ?? 'kept';
  const unread = path === STANDARD_INPUT ? 'was trained on texts from standard input' : UNREAD[kind];
  if (other.data === undefined && unread !== undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      `${folder} ${unread}, which cannot be read again`,
      'Evaluate it on a file by letterpress evaluate --data; to continue such a training, start it again on a file.',
    );
  const asPieces: DataOptions = pieces === undefined ? {} : { continuous: true, contextLength: pieces + 1 };
  const tokenizer = asRunError(() => Tokenizer.fromJSON(config.tokenizer));
  const own: DataOptions = {
    data: path,
    column: columns,
    config: config.corpus.config,
    ...asPieces,
    ...reading,
    emptyTexts,
    // Generated as large as it was, cut to a limit or not: larger splits begin with smaller ones.
    ...(kind === 'builtin' ? { corpusSizes: sizes } : { clean: cleaning, limit }),
  };
  const named: DataOptions = { ...other, ...asPieces, emptyTexts, clean: other.clean ?? cleaning };
  const prepared = await prepareTexts(other.data === undefined ? own : named, context, tokenizer);
  const { corpus, clean, splits } = prepared;
  return { corpus, cleaning: clean, columns, limit, reading, splits, tokenizer };
}

/**
 * The texts of one file for a model that there is, all of them, in their order, and as the model gets them: cleaned as
 * its own texts were, unless the options say otherwise.
 */
export async function textsForModel(
  path: string,
  options: FileReading & Pick<DataOptions, 'clean'>,
  { cleaning }: Pick<RunConfig['corpus'], 'cleaning'>,
  context: CliContext,
): Promise<{ readonly texts: string[]; readonly cleaned: string[] }> {
  const { columns } = await readTexts(path, { ...options, stdin: context.stdin, onNote: noteReading(context) });
  const texts = columns.length === 1 ? columns[0]! : columns.flat();
  const mode = options.clean ?? cleaning;
  const none = { val: [], test: [] };
  const cleaned = mode === 'none' ? texts : [...(await cleanSplits({ train: texts, ...none }, mode, context)).train];
  if (cleaned.some((text) => text.trim() !== '')) return { texts, cleaned };
  throw new LetterpressError(
    'BAD_INPUT',
    `expected texts with words in them; cleaning left nothing of ${sourceName(path)}`,
    'Check that the right file or column was read, or keep the texts as they are (clean none).',
  );
}

/** Texts as a model reads them. */
export function encodeFor(
  { tokenizer, maxCharacters }: Pick<TextModel, 'tokenizer' | 'maxCharacters'>,
  texts: readonly string[],
  context: CliContext,
): Promise<EncodedSplit> {
  const stage = { label: 'encoding', unit: 'texts', total: texts.length };
  return withProgress(encodeSplitSteps(texts, tokenizer, { maxCharacters }), (done) => ({ ...stage, done }), context);
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

/** Says which texts of validation and test a model has seen in training. */
export function noteOverlap({ train, val, test }: Splits, { notice }: Pick<CliContext, 'notice'>): void {
  const known = new Set(train);
  const count = (texts: readonly string[]) => ({
    texts: texts.length,
    inTrain: texts.reduce((sum, text) => sum + (known.has(text) ? 1 : 0), 0),
  });
  const sentence = describeOverlap({ val: count(val), test: count(test) });
  if (sentence !== undefined) notice(`${sentence}\n`);
}

type Overlap = Readonly<Record<'texts' | 'inTrain', number>>;

/** `3 of 1,084 validation texts are also in the training set`; nothing when none are. */
export function describeOverlap({ val, test }: { readonly val: Overlap; readonly test: Overlap }): string | undefined {
  const counts = Object.entries({ validation: val, test }).flatMap(([name, { texts, inTrain }]) =>
    inTrain === 0 ? [] : [`${formatCount(inTrain)} of ${formatCount(texts)} ${name} texts`],
  );
  return counts.length === 0 ? undefined : `${counts.join(' and ')} are also in the training set`;
}

/** What to do about what was noted of a file. */
const ADVICE: Readonly<Record<ReadingNote['about'], string>> = {
  header: ' (if it is a text: --no-header)',
  delimiter: ' (otherwise: --delimiter)',
  'line ends': ' (if quotes are characters like any other there: --quote none)',
  limit: ', because of --limit',
};

/** Says what could be read, but perhaps not as it was meant. */
export function noteReading({ notice }: Pick<CliContext, 'notice'>): (note: ReadingNote) => void {
  return ({ about, sentence }) => notice(`${sentence}${ADVICE[about]}\n`);
}

/** Above this share of characters outside the alphabet, another is advised, or learned where none was named. */
const MUCH_LOST = 0.03;

/**
 * Warns when many characters of the texts are outside a model's alphabet.
 *
 * @param share of the characters that are replaced or dropped
 * @param where the texts, for messages
 * @param remedy what to do about it
 * @throws LetterpressError BAD_INPUT when they are more than a third
 */
export function checkAlphabet(
  share: number,
  where: string,
  remedy: string,
  { notice, errorStyle }: Pick<CliContext, 'notice' | 'errorStyle'>,
): void {
  checkLostShare(share, where, remedy);
  if (share <= MUCH_LOST) return;
  const lost = `${formatPercent(share)} of the characters of ${where} are outside the alphabet`;
  notice(`${errorStyle.yellow('warning:')} ${lost}. ${remedy}\n`);
}

/** For texts that a trained model is to read. */
export const OTHER_MODEL = 'Use texts like those of its training, or train a model on such texts with --alphabet auto.';

/** The alphabet that was asked for; where none was, the English one if it has nearly all characters of the texts. */
async function alphabetOf(
  splits: Splits,
  { alphabet, notebook, strict, clean }: Pick<DataOptions, 'alphabet' | 'notebook' | 'strict' | 'clean'>,
  { alreadyClean }: Pick<Corpus, 'alreadyClean'>,
  context: CliContext,
): Promise<Tokenizer> {
  const english = defaultTokenizer();
  if (alphabet !== 'auto' && (alreadyClean || strict)) return english;
  const counts = await countCharacters(splits, context);
  const learned = (): Tokenizer => learnAlphabet(counts.train.characters);
  if (strict) return learned();
  let chosen = alphabet === 'auto' ? learned() : english;
  if (alphabet === undefined && !notebook) {
    const share = counts.train.lostShare(english);
    if (share > MUCH_LOST) {
      chosen = learned();
      context.notice(
        `${formatPercent(share)} of the characters of train are not a-z or spaces: the alphabet is learned from ` +
          `train (${formatCount(chosen.characters.length)} characters; otherwise: --alphabet english)\n`,
      );
    }
  }
  const remedy =
    chosen === english
      ? 'Learn the alphabet from the training texts: --alphabet auto' +
        `${clean === 'none' ? '' : ' (and --clean none to keep all characters)'}.`
      : 'Train on texts like those of validation and test.';
  for (const split of SPLITS) checkAlphabet(counts[split].lostShare(chosen), split, remedy, context);
  return chosen;
}

function countCharacters(splits: Splits, context: CliContext): Promise<Record<keyof Splits, CharacterCounts>> {
  const steps = function* (): Generator<number, Record<keyof Splits, CharacterCounts>> {
    const counts = { train: new CharacterCounts(), val: new CharacterCounts(), test: new CharacterCounts() };
    let done = 0;
    for (const split of SPLITS)
      for (const batch of batches(splits[split])) {
        for (const text of batch)
          for (const part of partsOf(text)) {
            counts[split].add(part);
            if (part.length < text.length) yield done;
          }
        yield (done += batch.length);
      }
    return counts;
  };
  return withProgress(steps(), textsDone('counting characters', splits), context);
}

/** For the progress bar. */
function textsDone(label: string, { train, val, test }: Splits): (done: number) => Stage {
  const total = train.length + val.length + test.length;
  return (done) => ({ label, unit: 'texts', total, done });
}

/** Pieces of one long text, cut by characters of the alphabet, so that all are equally long for a model. */
async function preparePieces(
  options: DataOptions,
  context: CliContext,
  known: Tokenizer | undefined,
): Promise<PreparedTexts> {
  const { data, clean, limit, contextLength = DEFAULT_CONTEXT_LENGTH } = options;
  const column = columnsOf(options);
  const characters = contextLength - 1;
  if (data === undefined || column !== undefined || (clean ?? 'none') !== 'none') {
    const wrong = column === undefined ? '--clean' : '--column';
    throw new LetterpressError(
      'BAD_OPTION',
      `--continuous reads one long text: ${data === undefined ? 'it needs --data' : `it does not go with ${wrong}`}`,
      'Name a .txt file, or a folder with train.txt, val.txt and test.txt.',
    );
  }
  if (parseHubAddress(data) !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      '--continuous reads a file or a folder, not a data set of the Hub',
      'Download the file, and name it with --data.',
    );
  const { name, kind, path, parts } = await readLongText(data, context.stdin);
  const whole = { train: [parts.train], val: [parts.val], test: [parts.test] };
  const tokenizer = known ?? (await alphabetOf(whole, { ...options, clean: 'none' }, { alreadyClean: false }, context));
  const cut = async (part: keyof Splits): Promise<string[]> => {
    const report = emptyReport();
    const steps = pieceSteps(parts[part], tokenizer, characters, report);
    const { pieces, characters: read } = await withProgress(steps, () => undefined, context);
    for (const line of summarizeReport({ ...report, empty: 0 })) context.notice(`${part}: ${line}\n`);
    if (known !== undefined) checkAlphabet(lostShare(report), part, OTHER_MODEL, context);
    if (pieces.length > 0) return pieces;
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least ${characters} characters in the ${part} part of ${data}, got ${read}`,
      'Give a longer text, or a smaller --context-length.',
    );
  };
  const splits = { train: await cut('train'), val: await cut('val'), test: await cut('test') };
  const all: Corpus = { name, kind, path, splits, alreadyClean: false, pieces: characters };
  const corpus = limit === undefined ? all : limitTrain(all, limit);
  return { corpus, clean: 'none', splits: corpus.splits, tokenizer };
}

/** The notebook's recipe keeps the empty texts of a folder and of the Hub, so that its numbers stay what they were. */
async function keepsEmptyTexts({ data, notebook }: DataOptions): Promise<boolean> {
  if (notebook !== true || data === undefined) return false;
  return parseHubAddress(data) !== undefined || (await kindOfPath(data)) === 'folder';
}

async function readCorpus(options: DataOptions, emptyTexts: EmptyTexts, context: CliContext): Promise<Corpus> {
  const { data, config, seed, limit, corpusSizes: sizes, format, delimiter, quote, header } = options;
  const column = columnsOf(options);
  if (data !== undefined)
    return withDownloads(context, (hub) =>
      loadCorpus({
        path: data,
        ...{ column, config, format, delimiter, quote, header, seed, limit, hub },
        keepBlankLines: emptyTexts === 'kept',
        stdin: context.stdin,
        onNote: noteReading(context),
      }),
    );
  if (column !== undefined || config !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      `${column === undefined ? '--config' : '--column'} was given without --data; the built-in corpus has none`,
      'Name the texts with --data, or leave it out.',
    );
  return gazette({ ...(seed === undefined ? {} : { seed }), ...(sizes === undefined ? {} : { sizes }) });
}

/** The columns that `--column` and `--columns` name. */
export function columnsOf({ column, columns }: Pick<DataOptions, 'column' | 'columns'>): readonly string[] | undefined {
  return column === undefined || columns === undefined ? (column ?? columns) : [...column, ...columns];
}

/** Shows downloads from the Hub, and ends them with the command. */
async function withDownloads<T>(context: CliContext, work: (hub: HubAccess) => Promise<T>): Promise<T> {
  const bar = new ProgressBar(context);
  const abort = new AbortController();
  context.onFinish(() => abort.abort(new LetterpressError('IO', 'interrupted')));
  try {
    return await work({
      environment: context.environment,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'notice') bar.above(() => context.notice(`${event.message}\n`));
        else {
          const [total, done] = [Math.ceil(event.total / 1000), Math.floor(event.done / 1000)];
          bar.show({ label: `downloading ${basename(event.path)}`, unit: 'kB', total, done });
        }
      },
    });
  } finally {
    bar.hide();
  }
}

function cleanSplits(splits: Splits, mode: CleaningMode, context: CliContext): Promise<Splits> {
  return withProgress(cleanSteps(splits, mode), textsDone('cleaning', splits), context);
}

function* cleanSteps(splits: Splits, mode: CleaningMode): Generator<number, Splits> {
  let before = 0;
  const clean = function* (texts: readonly string[]): Generator<number, string[]> {
    const cleaned = yield* relay(cleanTextsSteps(texts, mode), (done) => before + done);
    before += texts.length;
    return cleaned;
  };
  return { train: yield* clean(splits.train), val: yield* clean(splits.val), test: yield* clean(splits.test) };
}

function withoutEmpty(splits: Splits): Splits {
  const filled = (texts: readonly string[]) => texts.filter((text) => text.trim() !== '');
  return { train: filled(splits.train), val: filled(splits.val), test: filled(splits.test) };
}

function noteEmpty(all: Splits, filled: Splits, clean: CleaningMode, { notice }: Pick<CliContext, 'notice'>): void {
  const counts = SPLITS.map((split) => all[split].length - filled[split].length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return;
  notice(
    `${total === 1 ? '1 text is' : `${formatCount(total)} texts are`} empty` +
      `${clean === 'none' ? '' : ' after cleaning'} and left out ` +
      `(${SPLITS.map((split, i) => `${split} ${formatCount(counts[i])}`).join(', ')})\n`,
  );
}

/** @throws LetterpressError BAD_INPUT when there is nothing to train on, to choose the best epoch by, or to test on */
function checkFilled(splits: Splits, corpus: Corpus, clean: CleaningMode): void {
  const counts = SPLITS.map((split) => splits[split].filter((text) => text.trim() !== '').length);
  if (!counts.includes(0)) return;
  const of = sourceName(corpus.path ?? corpus.name);
  const figures = SPLITS.map((split, i) => `${formatCount(counts[i])} in ${split}`).join(', ');
  throw new LetterpressError(
    'BAD_INPUT',
    clean === 'none'
      ? `expected texts in train, val and test of ${of}, got ${figures}`
      : `expected texts with words in train, val and test; cleaning left ` +
          (counts.every((count) => count === 0) ? `nothing of ${of}` : `${figures} of ${of}`),
    'Check that the right file or column was read, or give more texts' +
      `${clean === 'none' ? '' : ', or keep the texts as they are with --clean none'}.`,
  );
}
