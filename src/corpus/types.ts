/** The three parts of a corpus: texts as strings, one string a text, possibly empty. */
export interface Splits {
  readonly train: readonly string[];
  readonly val: readonly string[];
  readonly test: readonly string[];
}

/** What is known exactly about a corpus that was drawn from a known distribution. */
export interface ExactDistribution {
  /** Entropy in nats per text. */
  readonly entropy: number;
  /** −log p(text) in nats; `Infinity` for a text the distribution cannot produce. */
  nll(text: string): number;
}

/** Where texts came from. */
export type CorpusKind = 'builtin' | 'text' | 'folder' | 'csv' | 'tsv' | 'jsonl' | 'parquet' | 'memory';

/** Texts ready to be cleaned and tokenized. */
export interface Corpus {
  /** Short name for reports and run directories, e.g. `gazette` or the file's base name. */
  readonly name: string;
  readonly kind: CorpusKind;
  /** The path the texts were read from, as the user gave it; absent for built-in and in-memory corpora. */
  readonly path?: string;
  readonly splits: Splits;
  /** True when the texts are already characters of the default alphabet, so that cleaning is off by default. */
  readonly alreadyClean: boolean;
  readonly exact?: ExactDistribution;
  /** Where the texts are pieces of one long text, one after another: characters of a piece. */
  readonly pieces?: number;
}
