import type { FormField } from '../../src/studio/api.js';
import { query, setQuery } from '../route.js';

/** Keyboards of small screens. */
const INPUT_MODES = { text: 'text', integer: 'numeric', number: 'decimal' } as const;

/** One option of `letterpress train`. */
export function Field({ field: { flag, help, expects } }: { readonly field: FormField }) {
  const name = flag.slice(2);
  const id = `option-${name}`;
  const value = query.value.get(name) ?? '';
  const set = ({ currentTarget }: { currentTarget: { value: string } }): void =>
    setQuery({ [name]: currentTarget.value });
  const described = { id, value, 'aria-describedby': `${id}-help` };
  if (expects.kind === 'flag')
    return (
      <div class="field">
        <label class="inline" for={id}>
          <input
            id={id}
            type="checkbox"
            checked={value !== ''}
            aria-describedby={`${id}-help`}
            onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.checked ? '1' : undefined })}
          />
          <code>{flag}</code>
        </label>
        <small id={`${id}-help`}>{help}</small>
      </div>
    );
  return (
    <div class="field">
      <label for={id}>
        <code>{flag}</code>
      </label>
      {expects.kind === 'choice' ? (
        <select {...described} onChange={set}>
          <option value="">default</option>
          {expects.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        // Not of type "number": that gives nothing where one wrote "1e" or "1e999", and the default would be trained.
        <input {...described} inputMode={INPUT_MODES[expects.kind]} onInput={set} />
      )}
      <small id={`${id}-help`}>{help}</small>
    </div>
  );
}
