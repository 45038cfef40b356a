import { nameOf } from './characters.js';
import type { Engine } from './engine-types.js';
import { useAnswer } from './hooks.js';
import { Problem } from '../parts/parts.js';

const WIDTH = 640;
const HEIGHT = 560;
const MARGIN = 28;

/** The characters where the model's embedding has them, in the plane in which they differ most. */
export function EmbeddingView({ engine }: { readonly engine: Engine }) {
  const { value, error } = useAnswer('', () => engine.embedding());
  if (value === undefined) return <Problem error={error} />;
  const [x, y] = [0, 1].map((axis) =>
    scale(
      value.coordinates.map((point) => point[axis]!),
      axis === 0 ? WIDTH : HEIGHT,
    ),
  );
  const [first = 0, second = 0] = value.shares;
  return (
    <section class="card">
      <h2>Embedding map</h2>
      <p class="small soft">
        Characters that the model treats alike lie close together. Of all differences between their embeddings,{' '}
        {Math.round(100 * first)} % go across and {Math.round(100 * second)} % upwards.
      </p>
      <svg
        class="embedding"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Characters by the two principal components of their embedding"
      >
        {value.coordinates.map(([across, up], i) => (
          <text key={i} x={x!(across!)} y={HEIGHT - y!(up!)}>
            {nameOf(engine.info, i + 1)}
          </text>
        ))}
      </svg>
    </section>
  );
}

function scale(values: readonly number[], size: number): (value: number) => number {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return (value) => MARGIN + ((size - 2 * MARGIN) * (value - min)) / (max - min || 1);
}
