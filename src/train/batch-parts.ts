import type { Backend } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch, rowsOfText, type PackedBatch } from '../nn/packed-batch.js';
import { streamKey } from '../random.js';
import type { Loss } from '../tensor/ops/cross-entropy.js';
import { Tape } from '../tensor/tape.js';
import type { TrainingText } from './epoch-texts.js';
import type { TrainingSettings } from './settings.js';

/** As many threads can compute a step without waiting for each other; each part's gradient takes memory. */
const MAX_PARTS = 2;

/** Smaller parts would be slower: every operation has a cost of its own. */
const MIN_ROWS = 200;

/** Some of a batch's texts, and what computes their gradient: a model that shares its weights, not its gradients. */
export interface BatchPart {
  readonly texts: readonly TrainingText[];
  readonly batch: PackedBatch;
  readonly model: DecoderTransformer;
  readonly tape: Tape;
}

/**
 * Computes the gradient of a batch in parts that wait for each other only at its end (synchronous data parallelism):
 * see {@link Backend.together}. How a batch is cut depends on its texts alone, and the parts' gradients are added in
 * their order, so that the bits are the same on any number of threads.
 */
export class BatchParts {
  private readonly workers: { readonly model: DecoderTransformer; readonly tape: Tape }[];

  constructor(
    model: DecoderTransformer,
    private readonly backend: Backend,
    private readonly padding: TrainingSettings['padding'],
    private readonly seed: number,
  ) {
    this.workers = [{ model, tape: new Tape(backend) }];
  }

  /** Bytes of activation memory, kept between steps; constant from the largest batch on. */
  get memoryBytes(): number {
    return this.workers.reduce((sum, { tape }) => sum + tape.bytes, 0);
  }

  /** Neighbouring texts together, parts of about as many rows. */
  cut(texts: readonly TrainingText[]): readonly BatchPart[] {
    const { config } = this.workers[0]!.model;
    const { padding } = this;
    const rows = texts.map(({ tokens }) => rowsOfText(tokens.length, config.contextLength, padding));
    return cutEvenly(rows).map(([from, end], i) => {
      const some = texts.slice(from, end);
      const tokens = some.map((text) => text.tokens);
      return { texts: some, batch: packBatch(tokens, config, padding), ...this.worker(i) };
    });
  }

  /**
   * Leaves the sum of the parts' gradients in the model's.
   *
   * @param step of the training @param lossOf a part: runs its model on its tape, forward and backward
   * @returns of each part; their rows have values now, not before
   */
  gradients(parts: readonly BatchPart[], step: number, lossOf: (part: BatchPart) => Loss): readonly Loss[] {
    const { backend } = this;
    const [key0, key1] = streamKey(this.seed, 'dropout');
    const losses: Loss[] = [];
    backend.together(
      parts.map((part, i) => () => {
        part.tape.begin({ training: true, dropout: { key0, key1, step: step * MAX_PARTS + i } });
        const { gradients } = part.model.parameters;
        backend.clear({ length: gradients.length, x: gradients });
        losses.push(lossOf(part));
      }),
    );
    const [sum, ...others] = parts.map(({ model }) => model.parameters.gradients);
    for (const gradients of others) {
      backend.weightedSum({ length: sum!.length, x: sum!, y: gradients, scaleX: 1, scaleY: 1, out: sum! });
    }
    return losses;
  }

  private worker(index: number) {
    while (this.workers.length <= index) {
      const model = this.workers[0]!.model.withOwnGradients(this.backend);
      this.workers.push({ model, tape: new Tape(this.backend) });
    }
    return this.workers[index]!;
  }
}

/** Where parts begin and end, of texts with so many rows each. */
function cutEvenly(rows: readonly number[]): (readonly [from: number, end: number])[] {
  const total = rows.reduce((sum, each) => sum + each, 0);
  const parts = Math.max(1, Math.min(MAX_PARTS, rows.length, Math.floor(total / MIN_ROWS)));
  const found: (readonly [number, number])[] = [];
  let [from, sum] = [0, 0];
  for (const [i, each] of rows.entries()) {
    sum += each;
    const isLast = i === rows.length - 1;
    if (!isLast && sum < (total * (found.length + 1)) / parts) continue;
    found.push([from, i + 1]);
    from = i + 1;
  }
  return found;
}
