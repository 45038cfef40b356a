/** Rows that a page keeps of a run's steps, and of its epochs: 3.7 MB and 4.2 MB. */
export const MAX_ROWS = 1 << 16;
/** Rows of which few are kept. */
const GROUP = 8;

/**
 * Numbers of a training by column, of which the first ascends. Of very many rows, some are kept: in each group those
 * with the lowest and the highest of what is looked at for peaks, and the last; so that no peak is lost, however long a
 * training is.
 */
export class Table<Name extends string> {
  count = 0;
  isThinned = false;
  private columns: Float64Array[];

  /** @param peaks columns, each with what to keep of it */
  constructor(
    private readonly names: readonly Name[],
    private readonly peaks: readonly (readonly [name: Name, kind: 'low' | 'high'])[],
    private readonly max = MAX_ROWS,
  ) {
    this.columns = names.map(() => new Float64Array(1024));
  }

  column(name: Name): Float64Array {
    return this.columns[this.names.indexOf(name)]!;
  }

  /** A number of the last row. */
  last(name: Name): number | undefined {
    return this.count === 0 ? undefined : this.column(name)[this.count - 1];
  }

  clear(): void {
    this.count = 0;
    this.isThinned = false;
  }

  /** Adds a row, in the place of those that are not before it: the epoch began again. */
  add(values: readonly number[]): void {
    this.cut(values[0]!);
    if (this.count >= this.max) this.thin();
    if (this.count === this.columns[0]!.length) this.grow();
    this.columns.forEach((column, i) => (column[this.count] = values[i]!));
    this.count++;
  }

  /** Forgets the rows from a number on. */
  cut(from: number): void {
    const [first] = this.columns as [Float64Array];
    while (this.count > 0 && first[this.count - 1]! >= from) this.count--;
  }

  /** This table, with all rows of a part of it. */
  with(part: Table<Name>): Table<Name> {
    const merged = new Table(this.names, this.peaks, Infinity);
    merged.isThinned = this.isThinned;
    const own = this.columns[0]!.subarray(0, this.count);
    const others = part.columns[0]!.subarray(0, part.count);
    const before = own.findIndex((number) => number >= (others[0] ?? Infinity));
    const first = before < 0 ? this.count : before;
    const after = own.findIndex((number) => number > (others.at(-1) ?? Infinity));
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

  private thin(): void {
    const peaks = this.peaks.map(([name, kind]) => [this.column(name), kind === 'low' ? -1 : 1] as const);
    let kept = 0;
    for (let begin = 0; begin < this.count; begin += GROUP) {
      const end = Math.min(begin + GROUP, this.count);
      const rows = peaks.map(([column, sign]) => {
        let best = begin;
        for (let i = begin + 1; i < end; i++) if (sign * column[i]! > sign * column[best]!) best = i;
        return best;
      });
      for (const row of [...new Set([...rows, end - 1])].sort((a, b) => a - b)) {
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

/** Columns of `steps.csv`; `seconds` is the wall-clock time of the run so far. */
const STEP_COLUMNS = ['step', 'epoch', 'nll', 'gradNorm', 'learningRate', 'tokens', 'seconds'] as const;
export type StepColumn = (typeof STEP_COLUMNS)[number];
export type Steps = Table<StepColumn>;

export function stepTable(max?: number): Steps {
  return new Table(
    STEP_COLUMNS,
    [
      ['nll', 'low'],
      ['nll', 'high'],
      ['gradNorm', 'high'],
    ],
    max,
  );
}

/** Adds lines of `steps.csv`. */
export function addSteps(table: Steps, lines: string): void {
  for (const line of lines.split('\n')) {
    const values = line.split(',').map(Number);
    if (values.length >= STEP_COLUMNS.length && Number.isFinite(values[0])) table.add(values);
  }
}

/** Figures of `metrics.jsonl`, NaN where there are none; `seconds` is the time of all epochs so far, `best` 0 or 1. */
const EPOCH_COLUMNS = ['epoch', 'step', 'trainNll', 'valNll', 'valTop1', 'valAccuracy', 'seconds', 'best'] as const;
export type EpochColumn = (typeof EPOCH_COLUMNS)[number];
export type Epochs = Table<EpochColumn>;

export function epochTable(max?: number): Epochs {
  return new Table(
    EPOCH_COLUMNS,
    [
      ['valNll', 'low'],
      ['valNll', 'high'],
    ],
    max,
  );
}

export function addEpoch(table: Epochs, line: Readonly<Record<string, unknown>>): void {
  table.cut(Number(line['epoch']));
  const seconds = (table.last('seconds') ?? 0) + Number(line['seconds']);
  table.add(EPOCH_COLUMNS.map((name) => (name === 'seconds' ? seconds : Number(line[name] ?? NaN))));
}
