import type { CleaningMode } from '../../corpus/cleaning/index.js';
import { MAX_CONTEXT_LENGTH } from '../../nn/config.js';
import { optionGroup } from './group.js';
import { choice, collect, integer } from './parsers.js';

/** Heading of the options that name texts. */
export const TEXTS = 'Texts:';

/** Parses `--clean`, in every command that has it. */
export const cleaningMode = choice<CleaningMode>(['headlines', 'none']);

/** Adds the options that say which texts to use: the same words in every command. */
export const addDataOptions = optionGroup((command) =>
  command
    .optionsGroup(TEXTS)
    .option('--data <path>', '.txt, .csv, .tsv, .jsonl or .parquet file, or a folder (default: built-in corpus)')
    .option('--column <name>', 'column that holds the texts; repeatable', collect)
    .option('--clean <how>', 'headlines or none (default: headlines; none for the built-in corpus)', cleaningMode)
    .option(
      '--alphabet <which>',
      'english (a-z and space), or auto: the characters of the training texts (default: english)',
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
