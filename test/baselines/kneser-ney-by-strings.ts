/**
 * Interpolated modified Kneser–Ney once more, in the plainest way and sharing nothing with the real one: n-grams are
 * strings, counts are maps, probabilities are the recursion of the textbook.
 */
const START = '^';
const END = '$';

export class KneserNeyByStrings {
  /** raw[k]: how often each n-gram of k characters occurs. */
  private readonly raw: Map<string, number>[] = [];
  private readonly discounts: number[][] = [];

  constructor(
    texts: readonly (readonly number[])[],
    private readonly characters: number,
    contextLength: number,
    private readonly order: number,
  ) {
    for (let k = 0; k <= order + 1; k++) this.raw.push(new Map());
    for (const text of texts) {
      const fits = text.slice(0, contextLength - 1);
      const string = START + fits.map(symbol).join('') + (fits.length < contextLength - 1 ? END : '');
      for (let last = 1; last < string.length; last++)
        for (let k = 1; k <= Math.min(order + 1, last + 1); k++) {
          const gram = string.slice(last + 1 - k, last + 1);
          this.raw[k]!.set(gram, (this.raw[k]!.get(gram) ?? 0) + 1);
        }
    }
    this.discounts.push([]);
    for (let k = 1; k <= order; k++)
      this.discounts.push(discountsOf([...this.raw[k]!.keys()].map((gram) => this.adjusted(gram))));
  }

  /** The probability of each character and of the end (index 0) after a text's beginning. */
  distribution(context: readonly number[]): number[] {
    const history = (START + context.map(symbol).join('')).slice(this.order === 1 ? Infinity : 1 - this.order);
    const outcomes = [END, ...Array.from({ length: this.characters }, (_, i) => symbol(i + 1))];
    return outcomes.map((outcome) => this.p(history, outcome, outcomes));
  }

  private p(history: string, outcome: string, outcomes: readonly string[]): number {
    const shorter = (): number => (history === '' ? 1 / outcomes.length : this.p(history.slice(1), outcome, outcomes));
    const discount = (count: number): number =>
      count === 0 ? 0 : this.discounts[history.length + 1]![Math.min(count, 3) - 1]!;
    let total = 0;
    let share = 0;
    for (const other of outcomes) {
      const count = this.adjusted(history + other);
      total += count;
      share += discount(count);
    }
    if (total === 0) return shorter();
    const count = this.adjusted(history + outcome);
    return (count - discount(count)) / total + (share / total) * shorter();
  }

  private adjusted(gram: string): number {
    if (gram.length === this.order || gram.startsWith(START)) return this.raw[gram.length]!.get(gram) ?? 0;
    const before = [START, ...Array.from({ length: this.characters }, (_, i) => symbol(i + 1))];
    return before.filter((character) => this.raw[gram.length + 1]!.has(character + gram)).length;
  }
}

function symbol(character: number): string {
  return String.fromCharCode(96 + character);
}

function discountsOf(counts: readonly number[]): number[] {
  const n = (k: number): number => counts.filter((count) => count === k).length;
  if (n(1) === 0 || n(2) === 0) return [0.5, 1, 1.5];
  const y = n(1) / (n(1) + 2 * n(2));
  const estimates = [1, 2, 3].map((k) => k - ((k + 1) * y * n(k + 1)) / n(k));
  const sound = estimates.every((estimate, i) => estimate > 0 && estimate <= i + 1);
  return sound ? estimates : [y, y, y];
}
