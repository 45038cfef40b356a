import type { FormField } from '../../src/studio/api.js';
import { query, setQuery } from '../route.js';

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
      ) : expects.kind === 'text' ? (
        <input {...described} onInput={set} />
      ) : (
        <input
          {...described}
          type="number"
          min={expects.min}
          max={expects.max}
          step={expects.kind === 'integer' ? 1 : 'any'}
          onInput={set}
        />
      )}
      <small id={`${id}-help`}>{help}</small>
    </div>
  );
}
