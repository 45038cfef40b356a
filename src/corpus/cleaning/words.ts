import { anyCase, DIGIT, END, isBlank, SPACE, splitAtSpace, WORD } from './python-text.js';

/** One substitution: every match of the pattern becomes the replacement. */
type Rule = readonly [pattern: RegExp, replacement: string] | ((text: string) => string);

// Python's `\b` beside a character that is a letter itself, as at both ends of every contraction.
const wordStart = `(?<!${WORD})`;
const wordEnd = `(?!${WORD})`;

/** Not split off as an opening quote: what follows an apostrophe inside a word, as in `it's`, `they're`. */
const clitic = ['re', 've', 'll', 'm', 't', 's', 'd', 'n'].map(anyCase).join('|');

function contraction(before: string, first: string, second: string, after: string): Rule {
  return [new RegExp(`${before}(${anyCase(first)})(${anyCase(second)})${after}`, 'gv'), ' $1 $2 '];
}

function makeRules(): Record<'beforeSpaces' | 'afterSpaces', readonly Rule[]> {
  const openingQuotes: readonly Rule[] = [
    [/([«“‘„]|`+)/gu, ' $1 '],
    [/^"/u, '``'],
    [/(``)/gu, ' $1 '],
    [/([ ([{<])("|'{2})/gu, '$1 `` '],
    [new RegExp(`(')(?!${clitic})(${WORD})${wordEnd}`, 'gv'), '$1 $2'],
  ];

  const punctuation: readonly Rule[] = [
    finalPeriod(/^[\])}>"'»”’ ]*/u, ' '),
    [new RegExp(`([:,])((?!${DIGIT})[^])`, 'gv'), ' $1 $2'],
    [new RegExp(`([:,])${END}`, 'gv'), ' $1 '],
    [/\.{2,}/gu, ' $& '],
    [/[;@#$%&]/gu, ' $& '],
    finalPeriod(/^[\])}>"']*/u, ''),
    [/[?!]/gu, ' $& '],
    [/([^'])' /gu, "$1 ' "],
    [/\*/gu, ' $& '],
  ];

  const bracketsAndDashes: readonly Rule[] = [
    [/[\][(){}<>]/gu, ' $& '],
    [/--/gu, ' -- '],
  ];

  const closingQuotes: readonly Rule[] = [
    [/([»”’])/gu, ' $1 '],
    [/''/gu, " '' "],
    [/"/gu, " '' "],
    [/([^' ])('[sS]|'[mM]|'[dD]|') /gu, '$1 $2 '],
    [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /gu, '$1 $2 '],
  ];

  const contractions: readonly Rule[] = [
    contraction(wordStart, 'can', 'not', wordEnd),
    contraction(wordStart, 'd', "'ye", wordEnd),
    contraction(wordStart, 'gim', 'me', wordEnd),
    contraction(wordStart, 'gon', 'na', wordEnd),
    contraction(wordStart, 'got', 'ta', wordEnd),
    contraction(wordStart, 'lem', 'me', wordEnd),
    contraction(wordStart, 'more', "'n", wordEnd),
    contraction(wordStart, 'wan', 'na', `(?=${SPACE})`),
    contraction(' ', "'t", 'is', wordEnd),
    contraction(' ', "'t", 'was', wordEnd),
  ];

  return {
    beforeSpaces: [...openingQuotes, ...punctuation, ...bracketsAndDashes],
    afterSpaces: [...closingQuotes, ...contractions],
  };
}

/** Made when a first text is cleaned: patterns of classes as large as WORD take a millisecond or two. */
let rules: ReturnType<typeof makeRules> | undefined;

/**
 * NLTK's `([^.])(\.)(CLOSING*)\s*$` to `\1 \2BETWEEN\3 `: as a pattern it would try every white space behind a period
 * as the last one, in cubic time. The period must be the last, since none can follow it in the match.
 */
function finalPeriod(closing: RegExp, between: string): Rule {
  return (text) => {
    const at = text.lastIndexOf('.');
    if (at < 1 || text[at - 1] === '.') return text;
    const behind = text.slice(at + 1);
    const marks = closing.exec(behind)![0];
    return isBlank(behind.slice(marks.length)) ? `${text.slice(0, at)} .${between}${marks} ` : text;
  };
}

/** UTF-16 units that all rules together pass in some milliseconds. */
const LONG = 1 << 14;

function* apply(text: string, rules: readonly Rule[]): Generator<void, string> {
  let result = text;
  for (const rule of rules) {
    result = typeof rule === 'function' ? rule(result) : result.replace(...rule);
    if (text.length > LONG) yield;
  }
  return result;
}

/**
 * Splits a sentence into words and punctuation as NLTK 3.8's `NLTKWordTokenizer.tokenize` does: Treebank
 * rules with Unicode quotes, each a substitution that puts spaces around what it splits off, in this order.
 * Straight double quotes come out as ` `` ` and `''`. Steps are short for a sentence of some megabytes too.
 *
 * @example finish(wordSteps("They can't go.")) // ['They', 'ca', "n't", 'go', '.']
 */
export function* wordSteps(sentence: string): Generator<void, string[]> {
  rules ??= makeRules();
  const spaced = yield* apply(sentence, rules.beforeSpaces);
  return splitAtSpace(yield* apply(` ${spaced} `, rules.afterSpaces));
}
