import { nameOf } from './characters.js';
import type { Engine } from './engine-types.js';
import { useAnswer } from './hooks.js';
import { Problem } from '../parts/parts.js';

const WIDTH = 640;
const HEIGHT = 560;
const MARGIN = 28;
/** Half of a character of a name where the font is largest. */
const HALF_CHARACTER = 8;

/** The characters where the model's embedding has them, in the plane in which they differ most. */
export function EmbeddingView({ engine }: { readonly engine: Engine }) {
  const { value, error } = useAnswer('', () => engine.embedding());
  if (value === undefined) return <Problem error={error} />;
  const names = value.coordinates.map((_, i) => nameOf(engine.info, i + 1));
  const longest = Math.max(...names.map((name) => name.length));
  const x = scale(
    value.coordinates.map(([across]) => across!),
    WIDTH,
    Math.max(MARGIN, HALF_CHARACTER * longest),
  );
  const y = scale(
    value.coordinates.map(([, up]) => up!),
    HEIGHT,
    MARGIN,
  );
  const [first = 0, second = 0] = value.shares;
  return (
    <section class="card">
      <h2>Embedding map</h2>
      <p class="small soft">
        The two principal components of the characters' embeddings, each stretched to the width or height of the map:{' '}
        {Math.round(100 * first)} % of their variance is across, {Math.round(100 * second)} % upwards. Similar
        embeddings lie close together, but what lies close may differ in other directions.
      </p>
      <svg
        class="embedding"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Characters by the two principal components of their embedding"
      >
        {value.coordinates.map(([across, up], i) => (
          <text key={i} x={x(across!)} y={HEIGHT - y(up!)}>
            {names[i]}
          </text>
        ))}
      </svg>
    </section>
  );
}

function scale(values: readonly number[], size: number, margin: number): (value: number) => number {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return (value) => margin + ((size - 2 * margin) * (value - min)) / (max - min || 1);
}
