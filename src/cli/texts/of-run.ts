import { resolve } from 'node:path';
import { STANDARD_INPUT } from '../../corpus/sources/file-errors.js';
import { LetterpressError } from '../../errors.js';
import { asRunError } from '../../model/load-model.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { RunConfig } from '../../runs/schema.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { CliContext } from '../context.js';
import { checkNamed, columnsOf, flagOfReading, type FileReading } from '../options/data.js';
import { prepareTexts } from './prepare.js';
import type { DataOptions, PreparedTexts } from './types.js';

/** Prepared texts as those of a run, with where they came from. */
export function runTexts(
  { corpus, clean, splits, tokenizer, emptyTexts }: PreparedTexts,
  options: DataOptions,
): RunTexts {
  const { limit } = options;
  const columns = corpus.columns ?? columnsOf(options);
  // Absolute, so that the run can be evaluated from anywhere.
  const { path, kind } = corpus;
  const place = path === undefined ? {} : { path: kind === 'hub' || path === STANDARD_INPUT ? path : resolve(path) };
  const reading = emptyTexts && { emptyTexts, ...withoutAbsent(options) };
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

/** Which texts, and how they are read: the options of `addMovedOptions`. */
export type MovedTexts = FileReading & Pick<DataOptions, 'data'>;

/**
 * The texts of a run or a study, read again as its config says.
 *
 * @param moved where they are now, if not where they were, and how they are read there
 */
export async function textsOfRun(
  { folder, config }: Recorded,
  context: CliContext,
  moved: MovedTexts = {},
): Promise<RunTexts> {
  const { kind, path, columns, cleaning, limit, sizes, reading } = config.corpus;
  checkNamed(moved.data, flagOfReading(moved), 'the texts are read as the run was');
  const unread = path === STANDARD_INPUT ? 'was trained on texts from standard input or a pipe' : UNREAD[kind];
  if (moved.data === undefined && unread !== undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      `${folder} ${unread}, which cannot be read again`,
      'Give the same texts again, from a file or a pipe (data).',
    );
  if (moved.data === undefined && path === undefined && kind !== 'builtin')
    throw new LetterpressError(
      'BAD_RUN',
      `config.json of ${folder} does not say where its texts are (corpus.path)`,
      'Give them (data), or restore the file from a copy.',
    );
  const { format, delimiter, quote, header, emptyTexts } = { ...reading, ...withoutAbsent(moved) };
  const own: DataOptions = {
    ...piecesOf(config),
    data: moved.data ?? path,
    column: columnsOf(moved) ?? columns,
    config: moved.config ?? config.corpus.config,
    ...{ format, delimiter, quote, header, emptyTexts: emptyTexts ?? 'kept' },
    // Generated as large as it was, cut to a limit or not: larger splits begin with smaller ones.
    ...(kind === 'builtin' && moved.data === undefined ? { corpusSizes: sizes } : { clean: cleaning, limit }),
  };
  const { corpus, clean, splits, tokenizer } = await prepareTexts(own, context, tokenizerOf(config));
  return { corpus, cleaning: clean, columns, limit, reading, splits, tokenizer };
}

/** Other texts for a run, read as the options say, and cleaned and cut as its own. */
export function otherTexts(
  { config }: Pick<Recorded, 'config'>,
  options: MovedTexts & Pick<DataOptions, 'clean'>,
  context: CliContext,
): Promise<PreparedTexts> {
  const { cleaning, reading } = config.corpus;
  const { data, column, columns, format, delimiter, quote, header } = options;
  const named = { data, column, columns, config: options.config, format, delimiter, quote, header };
  const emptyTexts = reading?.emptyTexts ?? 'kept';
  const clean = options.clean ?? cleaning;
  return prepareTexts({ ...named, ...piecesOf(config), emptyTexts, clean }, context, tokenizerOf(config));
}

/** Only what says something else than the default. */
function withoutAbsent({ format, delimiter, quote, header }: FileReading): FileReading {
  return {
    ...(format === undefined ? {} : { format }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(header === false ? { header } : {}),
  };
}

function piecesOf({ corpus: { pieces } }: Recorded['config']): DataOptions {
  return pieces === undefined ? {} : { continuous: true, contextLength: pieces + 1 };
}

function tokenizerOf(config: Recorded['config']): Tokenizer {
  return asRunError(() => Tokenizer.fromJSON(config.tokenizer));
}
