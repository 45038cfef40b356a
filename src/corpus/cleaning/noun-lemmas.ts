/** WordNet's nouns, as far as words of letters only are concerned. */
export interface NounLexicon {
  /** Every noun in the index that is wholly alphabetic, in lower case. */
  readonly nouns: ReadonlySet<string>;
  /** Irregular forms, each with the lemmas the exception list gives it. */
  readonly exceptions: ReadonlyMap<string, readonly string[]>;
}

/** Reads the texts of `data/wordnet-nouns.txt` and `data/wordnet-noun-exceptions.txt`. */
export function parseNounLexicon(nouns: string, exceptions: string): NounLexicon {
  return {
    nouns: new Set(nouns.trimEnd().split('\n')),
    exceptions: new Map(
      exceptions
        .trimEnd()
        .split('\n')
        .map((line) => {
          const [form = '', ...lemmas] = line.split(' ');
          return [form, lemmas];
        }),
    ),
  };
}

/** WordNet's rules of detachment for nouns, in its order: an ending, and what replaces it. */
const DETACHMENTS: readonly (readonly [ending: string, replacement: string])[] = [
  ['s', ''],
  ['ses', 's'],
  ['ves', 'f'],
  ['xes', 'x'],
  ['zes', 'z'],
  ['ches', 'ch'],
  ['shes', 'sh'],
  ['men', 'man'],
  ['ies', 'y'],
];

function detach(forms: readonly string[]): string[] {
  return forms.flatMap((form) =>
    DETACHMENTS.filter(([ending]) => form.endsWith(ending)).map(
      ([ending, replacement]) => form.slice(0, form.length - ending.length) + replacement,
    ),
  );
}

/** The first of the shortest forms that are nouns. */
function shortestNoun(forms: readonly string[], nouns: ReadonlySet<string>): string | undefined {
  let best: string | undefined;
  for (const form of forms) if (nouns.has(form) && (best === undefined || form.length < best.length)) best = form;
  return best;
}

/**
 * The noun lemma of a lower-case word, as NLTK 3.8's `WordNetLemmatizer().lemmatize(word)` gives it: the
 * shortest of the candidates that WordNet knows, or the word itself if it knows none. Candidates are the
 * word with its exceptions where it has any, else the word with each rule applied once; only if none of
 * those is a noun are the rules applied again, until one is or no rule fits (`discusses` gives `discus`).
 *
 * @example nounLemma('churches', lexicon) // 'church'
 */
export function nounLemma(word: string, { nouns, exceptions }: NounLexicon): string {
  const irregular = exceptions.get(word);
  if (irregular !== undefined) return shortestNoun([word, ...irregular], nouns) ?? word;
  let forms = detach([word]);
  let lemma = shortestNoun([word, ...forms], nouns);
  while (lemma === undefined && forms.length > 0) {
    forms = detach(forms);
    lemma = shortestNoun(forms, nouns);
  }
  return lemma ?? word;
}
