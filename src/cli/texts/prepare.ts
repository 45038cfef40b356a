import { basename } from 'node:path';
import { limitTrain, withoutEmpty, type Corpus, type Splits } from '../../corpus/corpus.js';
import { gazette } from '../../corpus/gazette/index.js';
import { kindOfPath } from '../../corpus/sources/file-errors.js';
import { parseHubAddress } from '../../corpus/sources/hub/address.js';
import type { HubAccess } from '../../corpus/sources/hub/load-hub.js';
import { loadCorpus } from '../../corpus/sources/load-corpus.js';
import { readTexts, type FileOptions } from '../../corpus/sources/read-file.js';
import { LetterpressError } from '../../errors.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { CliContext } from '../context.js';
import { checkNamed, columnsOf, flagOfReading, type FileReading } from '../options/data.js';
import { ProgressBar } from '../terminal/progress.js';
import { chooseAlphabet } from './alphabet.js';
import { checkFilled, cleanSplits, noteEmpty, type EmptyTexts } from './clean-splits.js';
import { preparePieces } from './long-text.js';
import { noteReading } from './notices.js';
import type { DataOptions, PreparedTexts } from './types.js';

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
  const tokenizer = known ?? (await chooseAlphabet(splits, { ...options, clean }, corpus.alreadyClean, context));
  return { corpus, clean, splits, tokenizer, ...(corpus.alreadyClean ? {} : { emptyTexts }) };
}

/** The notebook's recipe keeps the empty texts of a folder and of the Hub, so that its numbers stay what they were. */
async function keepsEmptyTexts({ data, notebook }: DataOptions): Promise<boolean> {
  if (notebook !== true || data === undefined) return false;
  return parseHubAddress(data) !== undefined || (await kindOfPath(data)) === 'folder';
}

async function readCorpus(options: DataOptions, emptyTexts: EmptyTexts, context: CliContext): Promise<Corpus> {
  const { data, config, seed, limit, corpusSizes: sizes } = options;
  if (data !== undefined)
    return withDownloads(context, (hub) =>
      loadCorpus({
        ...fileOptions(options, context),
        ...{ path: data, config, seed, limit, hub },
        keepBlankLines: emptyTexts === 'kept',
      }),
    );
  checkNamed(data, flagOfReading(options), 'the built-in corpus is no file');
  return gazette({ ...(seed === undefined ? {} : { seed }), ...(sizes === undefined ? {} : { sizes }) });
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

/** How {@link readAll} reads. */
export interface AllOptions extends FileReading {
  /** Only these texts, as {@link prepareTexts} divides them. */
  readonly split?: keyof Splits | undefined;
  /** Blank lines of text files are texts. */
  readonly keepBlankLines?: boolean | undefined;
}

/** Whether the options ask for all texts of one file, in its order. */
export async function isWholeFile(path: string, { split, config }: AllOptions): Promise<boolean> {
  if (split !== undefined || config !== undefined || parseHubAddress(path) !== undefined) return false;
  return (await kindOfPath(path)) === 'file';
}

/** The texts of a file, a folder or a data set of the Hub; of several splits, those of train, val and test in turn. */
export async function readAll(path: string, options: AllOptions, context: CliContext): Promise<readonly string[]> {
  if (await isWholeFile(path, options)) {
    const { columns } = await readTexts(path, {
      ...fileOptions(options, context),
      keepBlankLines: options.keepBlankLines,
    });
    return columns.length === 1 ? columns[0]! : columns.flat();
  }
  const { splits } = await readCorpus(
    { ...options, data: path },
    options.keepBlankLines ? 'kept' : 'left out',
    context,
  );
  return options.split === undefined ? [...splits.train, ...splits.val, ...splits.test] : splits[options.split];
}

/** How the options of a command ask the library to read a file. */
export function fileOptions(options: FileReading, context: CliContext): FileOptions {
  const { format, delimiter, quote, header } = options;
  const reading = { column: columnsOf(options), format, delimiter, quote, header };
  return { ...reading, stdin: context.stdin, onNote: noteReading(context) };
}
