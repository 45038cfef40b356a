import { useMemo } from 'preact/hooks';
import type { SamplingStrategy } from '../../src/model/strategy.js';
import { counted } from '../format.js';
import { distributionOf, endOfBars, nameOf, ranked, share } from './characters.js';
import type { ModelInfo } from './engine-types.js';

const SHOWN = 14;

interface DistributionProps {
  readonly info: ModelInfo;
  readonly logits: Float32Array;
  readonly strategy: SamplingStrategy;
  /** The one that follows in the text. */
  readonly chosen: number | undefined;
  readonly onChoose: (token: number) => void;
}

/** Bars of the most probable characters, in the order of the model itself, so that none moves with the temperature. */
export function Distribution({ info, logits, strategy, chosen, onChoose }: DistributionProps) {
  const own = useMemo(() => distributionOf(logits), [logits]);
  const order = useMemo(() => ranked(own), [own]);
  const sampled = distributionOf(logits, strategy);
  const top = order.slice(0, SHOWN);
  if (chosen !== undefined && !top.some(([token]) => token === chosen)) top.splice(-1, 1, [chosen, own[chosen]!]);
  const end = endOfBars(Math.max(...own, ...sampled));
  const rest = 1 - top.reduce((sum, [token]) => sum + sampled[token]!, 0);
  return (
    <>
      <ol class="bars">
        {top.map(([token, probability], row) => (
          <li key={row}>
            <button
              type="button"
              class={`bar-row ${token === chosen ? 'chosen-bar' : ''}`}
              aria-disabled={token === 0}
              title={`the model's own: ${share(probability)}`}
              onClick={() => onChoose(token)}
            >
              <b>{nameOf(info, token)}</b>
              <span class="bar">
                <i style={{ width: `${(100 * sampled[token]!) / end}%` }} />
                <i class="own" style={{ width: `${(100 * probability) / end}%` }} />
              </span>
              <span>{sampled[token] === 0 ? '–' : share(sampled[token]!)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p class="small soft">
        {order.length > SHOWN ? `${counted(order.length - top.length, 'other')}: ${share(Math.max(0, rest))}. ` : ''}
        Bars end at {share(end)}. Entropy {entropy(sampled).toFixed(2)} bits; the model's own {entropy(own).toFixed(2)}.
      </p>
    </>
  );
}

function entropy(probabilities: Float64Array): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
}
