import type { Engine, Wish } from './engine-types.js';
import { useAnswer } from './hooks.js';
import { Problem, Samples } from '../parts/parts.js';

export const TEMPERATURES = '0.3 0.7 1 1.4';
const COUNT = 5;
const MAX_COLUMNS = 6;

interface SideBySideProps {
  readonly engine: Engine;
  readonly wish: Wish;
  readonly temperatures: string;
  readonly onChange: (temperatures: string) => void;
}

/** Texts of the same prompt and seeds at several temperatures. */
export function SideBySide({ engine, wish, temperatures, onChange }: SideBySideProps) {
  const columns = parseTemperatures(temperatures);
  const key = JSON.stringify([wish.prompt, wish.seed, wish.topK, wish.topP, columns]);
  const { value, error } = useAnswer(key, async () => {
    const { signal } = new AbortController();
    const found = [];
    for (const temperature of columns)
      found.push({ temperature, texts: await engine.sample({ ...wish, temperature, count: COUNT }, signal) });
    return found;
  });
  return (
    <section>
      <h2>Temperatures side by side</h2>
      <p class="small soft">The same prompt and seed, {COUNT} texts at each temperature.</p>
      <label class="inline">
        temperatures
        <input
          type="text"
          inputMode="decimal"
          value={temperatures}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </label>
      {columns.length === 0 ? (
        <p class="small soft" role="status">
          Enter temperatures from 0.01 to 100, such as {TEMPERATURES}.
        </p>
      ) : null}
      <Problem error={error} />
      <div class="columns">
        {value?.map(({ temperature, texts }, i) => (
          <div key={i} class="card">
            <h3>at {temperature}</h3>
            <Samples kind="samples" texts={texts} />
          </div>
        ))}
      </div>
    </section>
  );
}

function parseTemperatures(text: string): number[] {
  return text
    .split(/[\s;]+/)
    .map((each) => Number(each.replace(',', '.')))
    .filter((value) => value >= 0.01 && value <= 100)
    .slice(0, MAX_COLUMNS);
}
