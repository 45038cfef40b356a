import type { Command } from 'commander';
import type { CleaningMode } from '../corpus/cleaning/index.js';
import type { GazetteSizes } from '../corpus/gazette/index.js';
import { MAX_CONTEXT_LENGTH } from '../nn/config.js';
import { choice, integer } from './options.js';

/** What the user said about which texts to use and how, by {@link addDataOptions}. */
export interface DataOptions {
  readonly data?: string;
  readonly column?: readonly string[];
  readonly clean?: CleaningMode;
  readonly alphabet?: AlphabetChoice;
  /** Draws the split of a single file, or the built-in corpus. */
  readonly seed?: number;
  /** Only the first so many training texts. */
  readonly limit?: number;
  /** The data are one long text: pieces of it, `--context` characters each. */
  readonly continuous?: boolean | undefined;
  /** Characters of a piece. */
  readonly context?: number | undefined;
  /** Texts of the built-in corpus; no option, but what a run or a quick study asks for. */
  readonly corpusSizes?: GazetteSizes;
}

/** `english`: the 29 token values of the notebook; `auto`: the characters of the training texts. */
export type AlphabetChoice = 'english' | 'auto';

/** Parses `--clean`, in every command that has it. */
export const cleaningMode = choice<CleaningMode>('--clean', ['headlines', 'none']);

/** Adds the options that say which texts to use: the same words in every command. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--data <path>', 'a .txt, .csv, .tsv, .jsonl or .parquet file, or a folder (default: built-in corpus)')
    .option('--column <name>', 'column that holds the texts; may be given several times', collect)
    .option('--clean <how>', 'headlines or none (default: headlines, but none for the built-in corpus)', cleaningMode)
    .option(
      '--alphabet <which>',
      'english (a-z and space), or auto: the characters of the training texts (default: english)',
      choice('--alphabet', ['english', 'auto']),
    );
}

/** Adds the options for books and other texts that are not one a line. */
export function addLongTextOptions(command: Command): Command {
  return command
    .option('--continuous', '--data is one long text, such as a book: train on pieces of --context characters')
    .option(
      '--context <n>',
      'characters of a text, or of a piece of a long one, that the model sees (default: 149)',
      integer('--context', { min: 1, max: MAX_CONTEXT_LENGTH - 1 }),
    );
}

/** Adds `--seed`, for commands whose only use of it is to split a single file into train, val and test. */
export function addSplitSeedOption(command: Command): Command {
  return command.option(
    '--seed <n>',
    'draws the 80/10/10 split of a single file, or the built-in corpus',
    integer('--seed', { min: 0 }),
  );
}

/** Gathers an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
