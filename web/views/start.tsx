import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatBytes } from '../../src/format.js';
import type { DryRun, FormField, TextSource, TrainingWish } from '../../src/studio/api.js';
import { SourceError } from '../data/server.js';
import type { TrainingSource } from '../data/source.js';
import { duration, percent, whole } from '../format.js';
import { hrefOf, navigate, query, setQuery } from '../route.js';
import { attempt, refreshList, source } from '../state.js';

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

/** One option of `letterpress train`. */
function Field({ field: { flag, help, expects } }: { readonly field: FormField }) {
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

const SOURCES = [
  ['builtin', 'The built-in corpus: made-up headlines'],
  ['file', 'A file of texts, one a line; or a table'],
  ['hub', 'A data set of the Hugging Face Hub'],
] as const;

function Texts({ trainings }: { readonly trainings: TrainingSource }) {
  const isOver = useSignal(false);
  const isSending = useSignal(false);
  const files = useSignal<readonly string[]>([]);
  const [kind = 'builtin', ...rest] = (query.value.get('texts') ?? 'builtin').split(':');
  const value = rest.join(':');
  useEffect(() => {
    void attempt(() => trainings.files()).then((found) => (files.value = found ?? []));
  }, []);
  const add = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    isSending.value = true;
    const id = await attempt(() => trainings.addFile(file));
    isSending.value = false;
    if (id === undefined) return;
    files.value = [...new Set([...files.value, id])];
    setQuery({ texts: `file:${id}` });
  };
  return (
    <fieldset>
      <legend>Texts</legend>
      {SOURCES.map(([name, title]) => (
        <p key={name}>
          <label class="inline">
            <input
              type="radio"
              name="texts"
              checked={name === kind}
              onChange={() =>
                setQuery({
                  texts: name === 'file' && files.value[0] !== undefined ? `file:${files.value.at(-1)!}` : name,
                })
              }
            />
            {title}
          </label>
        </p>
      ))}
      {kind === 'hub' ? (
        <div class="field">
          <label for="hub">Address</label>
          <input
            id="hub"
            placeholder="OWNER/NAME"
            value={value}
            onInput={({ currentTarget }) => setQuery({ texts: `hub:${currentTarget.value}` })}
          />
        </div>
      ) : null}
      <div
        class={`drop ${isOver.value ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => (isOver.value = false)}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          void add(event.dataTransfer?.files[0]);
        }}
      >
        <label for="texts-file">
          {isSending.value ? 'Reading the file…' : 'Drop a file of texts here, or choose one: '}
        </label>{' '}
        <input
          id="texts-file"
          type="file"
          accept=".txt,.csv,.tsv,.json,.jsonl,.parquet,.gz"
          onChange={({ currentTarget }) => void add(currentTarget.files?.[0])}
        />
        {files.value.length === 0 ? null : (
          <p>
            <label class="inline">
              Files given so far{' '}
              <select
                value={kind === 'file' ? value : ''}
                onChange={({ currentTarget }) =>
                  setQuery({ texts: currentTarget.value === '' ? 'builtin' : `file:${currentTarget.value}` })
                }
              >
                <option value="">none of them</option>
                {files.value.map((file) => (
                  <option key={file}>{file}</option>
                ))}
              </select>
            </label>
          </p>
        )}
        <p class="small soft">
          It stays on this computer, in the folder <code>texts</code>.
        </p>
      </div>
    </fieldset>
  );
}

interface PreflightProps {
  readonly wish: TrainingWish;
  readonly trainings: TrainingSource;
}

/** What the training would be, measured; and then its start. */
function Preflight({ wish, trainings }: PreflightProps) {
  const key = JSON.stringify(wish);
  const checked = useSignal<{ readonly key: string; readonly found: DryRun } | undefined>(undefined);
  const busy = useSignal<'measuring' | 'starting' | undefined>(undefined);
  const refusal = useSignal<SourceError | undefined>(undefined);
  const attemptHere = async <T,>(what: 'measuring' | 'starting', request: () => Promise<T>): Promise<T | undefined> => {
    busy.value = what;
    refusal.value = undefined;
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      refusal.value = error;
      return undefined;
    } finally {
      busy.value = undefined;
    }
  };
  const check = async (): Promise<void> => {
    const found = await attemptHere('measuring', () => trainings.dryRun(wish, new AbortController().signal));
    if (found !== undefined) checked.value = { key, found };
  };
  const start = async (): Promise<void> => {
    const id = await attemptHere('starting', () => trainings.start(wish));
    if (id === undefined) return;
    await refreshList();
    navigate(hrefOf('run', id));
  };
  const found = checked.value?.key === key ? checked.value.found : undefined;
  return (
    <aside class="card" aria-label="Check before the start">
      <h2>Before it starts</h2>
      {refusal.value === undefined ? null : (
        <p class="problem" role="alert">
          {refusal.value.message}. {refusal.value.fix}
        </p>
      )}
      {found === undefined ? (
        <p class="soft">Reads the texts and measures a few steps, so that you know how long the training will take.</p>
      ) : (
        <Findings found={found} />
      )}
      <p class="row" aria-live="polite">
        <button
          type="button"
          class={found ? '' : 'primary'}
          disabled={busy.value !== undefined}
          onClick={() => void check()}
        >
          {busy.value === 'measuring' ? 'Measuring…' : found ? 'Measure again' : 'Check and measure'}
        </button>
        {found === undefined ? null : (
          <button type="button" class="primary" disabled={busy.value !== undefined} onClick={() => void start()}>
            {busy.value === 'starting' ? 'Starting…' : 'Start the training'}
          </button>
        )}
      </p>
    </aside>
  );
}

/** Above this share of characters outside the alphabet, it is a warning. */
const MUCH_LOST = 0.03;

function Findings({ found }: { readonly found: DryRun }) {
  const { texts, outsideAlphabet, secondsPerEpoch, seconds, epochs, stepsPerEpoch, parameters, peakMemoryBytes } =
    found;
  const lost = Math.max(...Object.values(outsideAlphabet).filter(Number.isFinite), 0);
  const rows: readonly (readonly [string, string])[] = [
    ['Texts', `${whole(texts.train)} to train, ${whole(texts.val)} to validate, ${whole(texts.test)} to test`],
    [
      'Alphabet',
      `${whole(found.alphabet)} characters; ${percent(outsideAlphabet.train)} of the training texts are others`,
    ],
    ['Model', `${whole(parameters)} parameters`],
    ['An epoch', `${duration(secondsPerEpoch)}, ${whole(stepsPerEpoch)} steps`],
    ['To the end', `${duration(seconds)} for ${whole(epochs)} epochs, unless it stops early`],
    ['Memory', formatBytes(peakMemoryBytes)],
    ['Runs on', `${found.backend}, ${whole(found.threads)} threads`],
  ];
  return (
    <>
      {lost > MUCH_LOST ? (
        <p class="problem">
          {percent(lost)} of the characters are outside the alphabet. Choose <code>--alphabet auto</code>.
        </p>
      ) : null}
      <table>
        <caption class="visually-hidden">What the training would be</caption>
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="name">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
