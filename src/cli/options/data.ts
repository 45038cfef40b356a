import { SPLITS, type CleaningMode } from '../../corpus/corpus.js';
import { MAX_CONTEXT_LENGTH } from '../../nn/config.js';
import { LetterpressError } from '../../errors.js';
import { optionGroup } from './group.js';
import { FILE_FORMATS, type FileOptions } from '../../corpus/sources/read-file.js';
import { choice, collect, integer, list } from './parsers.js';

/** Heading of the options that name texts. */
export const TEXTS = 'Texts:';

/** Parses `--clean`, in every command that has it. */
export const cleaningMode = choice<CleaningMode>(['headlines', 'none']);

/** How a file is read: the values of {@link addFileOptions}. */
export interface FileReading extends Pick<FileOptions, 'format' | 'delimiter' | 'quote' | 'header'> {
  readonly column?: readonly string[] | undefined;
  /** More of them. */
  readonly columns?: readonly string[] | undefined;
  /** Of a data set of the Hub. */
  readonly config?: string | undefined;
}

/** Adds the options that say how texts are read: the same words in every command that reads texts. */
export const addFileOptions = optionGroup((command) =>
  command
    .option('--columns <list>', 'columns that hold the texts, between commas', list(String))
    .option('--column <name>', 'one of them, with commas in its name perhaps; repeatable', collect)
    .option('--config <name>', 'configuration of a data set of the Hugging Face Hub')
    .option('--format <kind>', `${FILE_FORMATS.join(', ')} (default: by the file's name)`, choice(FILE_FORMATS))
    .option('--delimiter <text>', 'between the cells of a CSV or TSV file, such as ; or tab', delimiterOption)
    .option('--quote <how>', 'none: quotes in a CSV or TSV file are characters like any other', choice(['none']))
    .option('--no-header', 'the first row of a CSV or TSV file is no header; columns are called 1, 2, …'),
);

function delimiterOption(text: string): string {
  return /^(tab|\\t)$/i.test(text) ? '\t' : text;
}

/** The columns that `--column` and `--columns` name. */
export function columnsOf({ column, columns }: FileReading): readonly string[] | undefined {
  return column === undefined || columns === undefined ? (column ?? columns) : [...column, ...columns];
}

const READING: Readonly<Record<string, keyof FileReading>> = {
  '--columns': 'columns',
  '--column': 'column',
  '--config': 'config',
  '--format': 'format',
  '--delimiter': 'delimiter',
  '--quote': 'quote',
};

/** The flags of {@link addMovedOptions}, which `--resume` takes too. */
export const MOVED_FLAGS = ['--data', ...Object.keys(READING), '--no-header'];

/** The first of the options that say how texts are read, if one was given. */
export function flagOfReading(reading: FileReading): string | undefined {
  const given = Object.entries(READING).find(([, field]) => reading[field] !== undefined);
  return given?.[0] ?? (reading.header === false ? '--no-header' : undefined);
}

/** @throws LetterpressError BAD_OPTION for an option that says how to read texts which were not named */
export function checkNamed(
  data: string | undefined,
  given: string | undefined,
  otherwise: string,
  flag = '--data',
): void {
  if (data !== undefined || given === undefined) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `${given} says how to read ${flag}, which was not given; ${otherwise}`,
    `Add ${flag}, or leave ${given} out.`,
  );
}

/** Adds `--data` for commands that need the texts of a run again. */
export const addMovedOptions = optionGroup((command) =>
  addFileOptions(
    command.option('--data <path>', "the run's own texts, if they have moved or came from standard input"),
  ),
);

/** Adds `--split`, for commands that read all texts unless a split is asked for. */
export const addSplitOption = optionGroup((command) =>
  command.option(
    '--split <which>',
    'train, val or test, as train divides the texts (default: all texts)',
    choice(SPLITS),
  ),
);

/** Adds the options that say which texts to use: the same words in every command. */
export const addDataOptions = optionGroup((command) =>
  addFileOptions(
    command
      .optionsGroup(TEXTS)
      .option(
        '--data <path>',
        '.txt, .csv, .tsv, .json, .jsonl or .parquet file (or .gz), - for standard input, a folder, or ' +
          'hf:OWNER/NAME (default: built-in corpus)',
      ),
  )
    .option('--clean <how>', 'headlines or none (default: headlines; none for the built-in corpus)', cleaningMode)
    .option(
      '--alphabet <which>',
      'english (a-z and space), or auto: the characters of the training texts (default: english where it has nearly ' +
        'all characters, and for the notebook recipe)',
      choice(['english', 'auto']),
    ),
);

/** Adds the options for books and other texts that are not one a line. */
export const addLongTextOptions = optionGroup((command) =>
  command
    .option('--continuous', '--data is one long text, such as a book: train on pieces of it')
    .option(
      '--context-length <n>',
      'tokens that the model sees: cls and up to n - 1 characters (default: 150)',
      integer({ min: 2, max: MAX_CONTEXT_LENGTH }),
    ),
);
