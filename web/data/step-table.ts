/** Columns of `steps.csv`, and the wall-clock time of each step. */
const STEP_COLUMNS = ['step', 'epoch', 'nll', 'gradNorm', 'learningRate', 'tokens', 'seconds'] as const;
export type StepColumn = (typeof STEP_COLUMNS)[number];

/** Steps that a page keeps of a run: 3.7 MB. */
export const MAX_STEPS = 1 << 16;
/** Steps of which four are kept. */
const GROUP = 8;

/**
 * The steps of a training, by column. Of very many, some are kept: in each group the lowest and the highest NLL, the
 * highest gradient norm, and the last; so that no peak is lost, however long a training is. The others are asked for
 * where one looks closely.
 */
export class StepTable {
  count = 0;
  isThinned = false;
  private columns = STEP_COLUMNS.map(() => new Float64Array(1024));

  constructor(private readonly max = MAX_STEPS) {}

  column(name: StepColumn): Float64Array {
    return this.columns[STEP_COLUMNS.indexOf(name)]!;
  }

  clear(): void {
    this.count = 0;
    this.isThinned = false;
  }

  /** Adds lines of `steps.csv`. A line with an earlier step replaces what follows it: the epoch began again. */
  add(lines: string): void {
    for (const line of lines.split('\n')) {
      const values = line.split(',').map(Number);
      const [step = NaN] = values;
      if (values.length >= STEP_COLUMNS.length && Number.isFinite(step)) this.addRow(values, step);
    }
  }

  /** This table, with all steps of a part of it. */
  with(part: StepTable): StepTable {
    const merged = new StepTable(Infinity);
    merged.isThinned = this.isThinned;
    const own = this.column('step').subarray(0, this.count);
    const others = part.column('step').subarray(0, part.count);
    const before = own.findIndex((step) => step >= (others[0] ?? Infinity));
    const first = before < 0 ? this.count : before;
    const after = own.findIndex((step) => step > (others.at(-1) ?? Infinity));
    const rest = after < 0 ? this.count : after;
    merged.count = first + part.count + this.count - rest;
    merged.columns = this.columns.map((column, c) => {
      const all = new Float64Array(merged.count);
      all.set(column.subarray(0, first));
      all.set(part.columns[c]!.subarray(0, part.count), first);
      all.set(column.subarray(rest, this.count), first + part.count);
      return all;
    });
    return merged;
  }

  private addRow(values: readonly number[], step: number): void {
    const steps = this.columns[0]!;
    while (this.count > 0 && steps[this.count - 1]! >= step) this.count--;
    if (this.count >= this.max) this.thin();
    if (this.count === this.columns[0]!.length) this.grow();
    this.columns.forEach((column, i) => (column[this.count] = values[i]!));
    this.count++;
  }

  private thin(): void {
    const [nll, norm] = [this.column('nll'), this.column('gradNorm')];
    let kept = 0;
    for (let begin = 0; begin < this.count; begin += GROUP) {
      const end = Math.min(begin + GROUP, this.count);
      let [low, high, steep] = [begin, begin, begin];
      for (let i = begin + 1; i < end; i++) {
        if (nll[i]! < nll[low]!) low = i;
        if (nll[i]! > nll[high]!) high = i;
        if (norm[i]! > norm[steep]!) steep = i;
      }
      const rows = [...new Set([low, high, steep, end - 1])].sort((a, b) => a - b);
      for (const row of rows) {
        for (const column of this.columns) column[kept] = column[row]!;
        kept++;
      }
    }
    this.count = kept;
    this.isThinned = true;
  }

  private grow(): void {
    this.columns = this.columns.map((column) => {
      const larger = new Float64Array(2 * column.length);
      larger.set(column);
      return larger;
    });
  }
}
