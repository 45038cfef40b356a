import { SPLITS, type CleaningMode, type Splits } from '../../corpus/corpus.js';
import { batches } from '../../corpus/pieces.js';
import { counted, formatPercent } from '../../format.js';
import { CharacterCounts, isAlphabetLearned } from '../../tokenizer/character-counts.js';
import { partsOf } from '../../tokenizer/code-points.js';
import { learnAlphabet } from '../../tokenizer/learn-alphabet.js';
import { checkLostShare, MUCH_LOST } from '../../tokenizer/report.js';
import { defaultTokenizer, type Tokenizer } from '../../tokenizer/tokenizer.js';
import type { CliContext } from '../context.js';
import { withProgress } from '../terminal/progress.js';
import { textsDone } from './clean-splits.js';

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

/** Which alphabet is asked for. */
export interface AlphabetOptions {
  /** `english`: the notebook's 29 token values; `auto`: the characters of the training texts; see docs/data.md. */
  readonly alphabet?: 'english' | 'auto' | undefined;
  /** The notebook's recipe, which keeps its alphabet, and the empty texts of a folder. */
  readonly notebook?: boolean | undefined;
  /** Characters outside the alphabet will be errors. */
  readonly strict?: boolean | undefined;
  readonly clean: CleaningMode;
}

/** The alphabet that was asked for; where none was, the English one if it has nearly all characters of the texts. */
export async function chooseAlphabet(
  splits: Splits,
  { alphabet, notebook, strict, clean }: AlphabetOptions,
  alreadyClean: boolean,
  context: CliContext,
): Promise<Tokenizer> {
  const english = defaultTokenizer();
  if (alphabet !== 'auto' && (alreadyClean || strict)) return english;
  const counts = await countCharacters(splits, context);
  if (strict) return learnAlphabet(counts.train.characters);
  const isLearned = isAlphabetLearned(counts.train, alphabet, notebook === true);
  const chosen = isLearned ? learnAlphabet(counts.train.characters) : english;
  if (isLearned && alphabet === undefined)
    context.notice(
      `${formatPercent(counts.train.lostShare(english))} of the characters of train are not a-z or spaces: the ` +
        `alphabet is learned from train (${counted(chosen.characters.length, 'character')}; otherwise: ` +
        '--alphabet english)\n',
    );
  const remedy = isLearned
    ? 'Train on texts like those of validation and test.'
    : 'Learn the alphabet from the training texts: --alphabet auto' +
      `${clean === 'none' ? '' : ' (and --clean none to keep all characters)'}.`;
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
