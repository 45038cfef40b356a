/**
 * The gazette, the built-in corpus: invented headlines sampled from a weighted grammar that is proved
 * unambiguous, so that the probability of every text and the entropy of the grammar are known exactly.
 * docs/gazette.md says what it is for.
 */

import { LetterpressError } from '../../errors.js';
import { checkNames } from '../../parse-options.js';
import { Random } from '../../random.js';
import type { Corpus, Splits } from '../corpus.js';
import { gazetteAutomaton, gazetteGrammar } from './gazette-grammar.js';
import { sampleText } from './grammar.js';
import { surprisal } from './surprisal.js';

/** Texts in each split. */
export type GazetteSizes = Readonly<Record<keyof Splits, number>>;

export interface GazetteOptions {
  /** A non-negative integer; other seeds draw other texts from the same distribution. 1 unless given. */
  readonly seed?: number;
  readonly sizes?: GazetteSizes;
}

/** The sizes of the notebook's data set. */
const GAZETTE_SIZES: GazetteSizes = { train: 8664, val: 1084, test: 1084 };

/** Each split has its own range of random streams, so that changing one size leaves the other texts as they are. */
const FIRST_STREAM = { train: 0, val: 0x4000_0000, test: 0x8000_0000 } as const;
const MAX_SPLIT = 0x4000_0000;

/**
 * Draws the corpus. A text depends on the seed, its split and its index alone: a smaller split is a prefix
 * of a larger one. `exact.entropy` is in nats per text; `exact.nll` scores any string, in nats, and is
 * `Infinity` for one that the grammar cannot produce.
 *
 * @throws LetterpressError `BAD_OPTION` for a size or seed that is not a non-negative integer, or an unknown option
 *
 * @example
 * const { splits, exact } = gazette();
 * const mean = splits.test.reduce((sum, text) => sum + exact.nll(text), 0) / splits.test.length;
 */
export function gazette(options: GazetteOptions = {}): Corpus & Required<Pick<Corpus, 'exact'>> {
  checkNames(options, { seed: true, sizes: true }, 'gazette');
  const { seed = 1, sizes = GAZETTE_SIZES } = options;
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a seed that is an integer from 0; got ${seed}`,
      'Give another seed.',
    );
  const grammar = gazetteGrammar();
  const draw = (split: keyof Splits): string[] => {
    const size = sizes[split];
    if (!Number.isSafeInteger(size) || size < 0 || size > MAX_SPLIT)
      throw new LetterpressError(
        'BAD_OPTION',
        `expected the size of ${split} to be an integer from 0 to ${MAX_SPLIT}; got ${size}`,
        'Give another size.',
      );
    return Array.from({ length: size }, (_, index) =>
      sampleText(grammar, new Random(seed, 'corpus', FIRST_STREAM[split] + index)),
    );
  };
  return {
    name: 'gazette',
    kind: 'builtin',
    splits: { train: draw('train'), val: draw('val'), test: draw('test') },
    alreadyClean: true,
    exact: {
      entropy: surprisal(grammar).entropy,
      nll: (text) => gazetteAutomaton().nll(text),
    },
  };
}
