import { LetterpressError } from '../errors.js';
import { finish } from '../generators.js';
import { checkNames } from '../parse-options.js';
import { KneserNey } from './kneser-ney.js';
import { NgramCounts } from './ngram-counts.js';
import { meanNll, type SequenceShape } from './sequence-model.js';

export const MAX_TRIED_ORDER = 10;

/** Higher orders in a row without a lower NLL that end the search. */
const PATIENCE = 2;

export interface OrderTried {
  readonly order: number;
  /** Mean NLL of the validation texts, nats per text. */
  readonly valNll: number;
}

/** The model of the best order, and all orders that were tried, ascending. */
export interface BestKneserNey {
  readonly model: KneserNey;
  readonly byOrder: readonly OrderTried[];
}

export interface BestKneserNeyOptions extends SequenceShape {
  /** Default 10. */
  readonly maxOrder?: number;
}

/**
 * Fits Kneser–Ney models of the orders 1, 2, 3 … and keeps the one with the lowest validation NLL. Ends early when two
 * orders in a row are no better than the best one below.
 *
 * @param train characters as tokens; longer texts are cut at the context length
 * @param val texts to choose the order by, likewise
 * @throws BAD_INPUT for no validation texts, or a token that is no character; BAD_OPTION for sizes that no sequence
 *   has, no order, or an unknown option
 *
 * @example bestKneserNey(train, val, { vocabulary: 29, contextLength: 150 }).model.order;
 */
export function bestKneserNey(
  train: readonly ArrayLike<number>[],
  val: readonly ArrayLike<number>[],
  options: BestKneserNeyOptions,
): BestKneserNey {
  checkNames(options, { vocabulary: true, contextLength: true, maxOrder: true }, 'bestKneserNey');
  if (val.length === 0)
    throw new LetterpressError('BAD_INPUT', 'expected validation texts to choose the order by, got none', 'Give some.');
  return finish(searchKneserNey(train, val, options));
}

/** {@link bestKneserNey} in portions: yields each order that was tried. */
export function* searchKneserNey(
  train: readonly ArrayLike<number>[],
  val: readonly ArrayLike<number>[],
  { vocabulary, contextLength, maxOrder = MAX_TRIED_ORDER }: BestKneserNeyOptions,
): Generator<OrderTried, BestKneserNey> {
  const counts = new NgramCounts(train, { vocabulary, contextLength }, maxOrder);
  const byOrder: OrderTried[] = [];
  let best: { model: KneserNey; valNll: number } | undefined;
  for (let order = 1; order <= maxOrder; order++) {
    const model = new KneserNey(counts, order);
    const valNll = meanNll(model, val);
    byOrder.push({ order, valNll });
    yield { order, valNll };
    if (best === undefined || valNll < best.valNll) best = { model, valNll };
    else if (order - best.model.order >= PATIENCE) break;
  }
  return { model: best!.model, byOrder };
}
