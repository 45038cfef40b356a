import type { PunktModel } from './punkt-model.js';
import { Context } from './punkt-model.js';
import { DIGIT, END, isBlank, NON_SPACE, SPACE, startsLower, startsUpper, WORD } from './python-text.js';

/** A token of Punkt's own word split, with what is decided about it. */
interface Token {
  readonly text: string;
  /** Lower-case, with any number as `##number##`. */
  readonly type: string;
  endsSentence: boolean;
  isAbbreviation: boolean;
  readonly isEllipsis: boolean;
}

/** Characters that end a word wherever they stand; for the `v` flag. */
export const NON_WORD = '[\\)";\\}\\]*:@\'\\(\\{\\[!?]';

const RUN_OF_PUNCTUATION = `(?:-{2,}|\\.{2,}|(?:\\.${SPACE}){2,}\\.)`;
const WORD_START = '[^\\("`\\{\\[:;&#*@\\)\\}\\]\\-,]';
const WORD_END = `${SPACE}|${END}|${NON_WORD}|${RUN_OF_PUNCTUATION}`;

const token = new RegExp(
  `${RUN_OF_PUNCTUATION}|(?=${WORD_START})${NON_SPACE}+?(?=${WORD_END}|,(?=${WORD_END}))|${NON_SPACE}`,
  'gv',
);
const number = new RegExp(`^-?[.,]?${DIGIT}[${DIGIT},.\\-]*\\.?$`, 'v');
const initial = new RegExp(`^(?!${DIGIT})${WORD}\\.$`, 'v');
const ellipsis = /^\.\.+$/;

/** Cuts a text into tokens with a first guess at each: what its own letters tell, without its neighbours. */
function tokensOf(text: string, model: PunktModel): Token[] {
  return text
    .split('\n')
    .filter((line) => !isBlank(line))
    .flatMap((line) => line.match(token) ?? [])
    .map((word) => firstGuess(word, model));
}

function firstGuess(text: string, model: PunktModel): Token {
  const lower = text.toLowerCase();
  const result: Token = {
    text,
    type: lower.replace(number, '##number##'),
    endsSentence: text === '.' || text === '?' || text === '!',
    isAbbreviation: false,
    isEllipsis: ellipsis.test(text),
  };
  if (!result.endsSentence && text.endsWith('.') && !text.endsWith('..')) {
    const word = text.slice(0, -1).toLowerCase();
    const lastPart = word.slice(word.lastIndexOf('-') + 1);
    result.isAbbreviation = model.abbreviations.has(word) || model.abbreviations.has(lastPart);
    result.endsSentence = !result.isAbbreviation;
  }
  return result;
}

function withoutPeriod(type: string): string {
  return type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type;
}

/** The type as a word that may follow a period: its own period goes only when it ends the sentence. */
function followingType(next: Token): string {
  return next.endsSentence ? withoutPeriod(next.type) : next.type;
}

/** Whether the case of a token, against the cases its type was seen in, says that it starts a sentence. */
function looksLikeStart(next: Token, model: PunktModel): boolean | 'unknown' {
  if (/^[;:,.!?]$/.test(next.text)) return false;
  const seen = model.contexts.get(followingType(next)) ?? 0;
  if (startsUpper(next.text) && (seen & Context.lower) !== 0 && (seen & Context.middleUpper) === 0) return true;
  if (startsLower(next.text) && ((seen & Context.upper) !== 0 || (seen & Context.beginLower) === 0)) return false;
  return 'unknown';
}

/** Corrects the first guess at `current` by what comes after it (Kiss and Strunk 2006, sections 4.1 to 4.3). */
function correct(current: Token, next: Token, model: PunktModel): void {
  if (!current.text.endsWith('.')) return;
  const type = withoutPeriod(current.type);
  const nextType = followingType(next);
  const isInitial = initial.test(current.text);

  if (model.collocations.get(type)?.has(nextType) === true) {
    current.endsSentence = false;
    current.isAbbreviation = true;
    return;
  }
  if ((current.isAbbreviation || current.isEllipsis) && !isInitial) {
    if (looksLikeStart(next, model) === true || (startsUpper(next.text) && model.sentenceStarters.has(nextType))) {
      current.endsSentence = true;
      return;
    }
  }
  if (isInitial || type === '##number##') {
    const start = looksLikeStart(next, model);
    const neverSmall = ((model.contexts.get(nextType) ?? 0) & Context.lower) === 0;
    if (start === false || (start === 'unknown' && isInitial && startsUpper(next.text) && neverSmall)) {
      current.endsSentence = false;
      current.isAbbreviation = true;
    }
  }
}

/** Whether a sentence ends inside `text`, which is a possible last word with what follows it. */
export function containsSentenceEnd(text: string, model: PunktModel): boolean {
  const tokens = tokensOf(text, model);
  // The last token has nothing after it, so it cannot end a sentence inside the text.
  return tokens.slice(0, -1).some((current, index) => {
    correct(current, tokens[index + 1]!, model);
    return current.endsSentence;
  });
}
