import type { FormField, TextSource, TrainingWish } from '../../src/studio/api.js';
import type { TrainingSource } from '../data/source.js';
import { query, setQuery } from '../route.js';
import { source } from '../state.js';
import { Preflight } from './preflight.js';
import { Field } from './start-field.js';
import { Texts } from './start-texts.js';

/** The options that most trainings name; the others are folded up. */
const COMMON = ['--recipe', '--size', '--epochs', '--limit', '--seed', '--alphabet'];

export function StartView() {
  const { info, trainings } = source.value!;
  if (trainings === undefined || info.form === undefined) return <p class="empty">No training can be started here.</p>;
  return <StartForm form={info.form} trainings={trainings} />;
}

/** The training that the address describes. */
function wishOf(form: readonly FormField[]): TrainingWish {
  const asked = query.value;
  const [kind = 'builtin', ...rest] = (asked.get('texts') ?? 'builtin').split(':');
  const options = form.flatMap(({ flag, expects }): [string, string | true][] => {
    const value = asked.get(flag.slice(2)) ?? '';
    return value === '' ? [] : [[flag, expects.kind === 'flag' ? true : value]];
  });
  const texts: TextSource =
    kind === 'file'
      ? { kind, id: rest.join(':') }
      : kind === 'hub'
        ? { kind, address: rest.join(':') }
        : { kind: 'builtin' };
  return { texts, name: asked.get('name') ?? '', options: Object.fromEntries(options) };
}

function StartForm({ form, trainings }: { readonly form: readonly FormField[]; readonly trainings: TrainingSource }) {
  const common = COMMON.flatMap((flag) => form.find((field) => field.flag === flag) ?? []);
  const others = form.filter((field) => !COMMON.includes(field.flag));
  const groups = [...new Set(others.map(({ group }) => group))];
  return (
    <>
      <div class="head">
        <h1>New training</h1>
      </div>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <div>
          <Texts trainings={trainings} />
          <section>
            <fieldset>
              <legend>Options</legend>
              <div class="fields">
                <div class="field">
                  <label for="name">Name of the run</label>
                  <input
                    id="name"
                    value={query.value.get('name') ?? ''}
                    onInput={({ currentTarget }) => setQuery({ name: currentTarget.value })}
                  />
                  <small>made up, if left empty</small>
                </div>
                {common.map((field) => (
                  <Field key={field.flag} field={field} />
                ))}
              </div>
            </fieldset>
          </section>
          {groups.map((group) => (
            <section key={group}>
              <details>
                <summary>More options: {group.toLowerCase()}</summary>
                <div class="fields">
                  {others
                    .filter((field) => field.group === group)
                    .map((field) => (
                      <Field key={field.flag} field={field} />
                    ))}
                </div>
              </details>
            </section>
          ))}
        </div>
        <Preflight wish={wishOf(form)} trainings={trainings} />
      </form>
    </>
  );
}
