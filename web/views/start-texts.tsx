import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { TrainingSource } from '../data/source.js';
import { query, route, setQuery } from '../route.js';
import { attempt, source } from '../state.js';

const SOURCES = [
  ['builtin', 'The built-in corpus: made-up headlines'],
  ['file', 'A file of texts, one a line; or a table'],
  ['hub', 'A data set of the Hugging Face Hub'],
] as const;

/** Which texts to train on. */
export function Texts({ trainings }: { readonly trainings: TrainingSource }) {
  const { files, isSending, add } = useFiles(trainings);
  const [kind = 'builtin', ...rest] = (query.value.get('texts') ?? 'builtin').split(':');
  const value = rest.join(':');
  return (
    <fieldset>
      <legend>Texts</legend>
      {SOURCES.filter(([name]) => trainings.kinds.includes(name)).map(([name, title]) => (
        <p key={name}>
          <label class="inline">
            <input
              type="radio"
              name="texts"
              checked={name === kind}
              onChange={() =>
                setQuery({ texts: name === 'file' && files[0] !== undefined ? `file:${files.at(-1)!}` : name })
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
      <DropArea isSending={isSending} add={add}>
        {files.length === 0 ? null : <GivenFiles files={files} chosen={kind === 'file' ? value : ''} />}
      </DropArea>
    </fieldset>
  );
}

/** The files of texts that were given so far. */
function useFiles(trainings: TrainingSource) {
  const files = useSignal<readonly string[]>([]);
  const sending = useSignal<File | undefined>(undefined);
  useEffect(() => {
    void attempt(() => trainings.files()).then((found) => (files.value = found ?? []));
  }, []);
  const add = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    sending.value = file;
    const { view } = route.value;
    const before = query.value.get('texts');
    const id = await attempt(() => trainings.addFile(file));
    // The file given last is the one to train on, and not the one that arrives last.
    const isLast = sending.value === file;
    if (isLast) sending.value = undefined;
    if (id === undefined) return;
    files.value = [...new Set([...files.value, id])];
    const isChosen = isLast && route.value.view === view && query.value.get('texts') === before;
    if (isChosen) setQuery({ texts: `file:${id}` });
  };
  return { files: files.value, isSending: sending.value !== undefined, add };
}

interface DropAreaProps {
  readonly isSending: boolean;
  readonly add: (file: File | undefined) => Promise<void>;
  readonly children: ComponentChildren;
}

/** Where a file of texts is dropped or chosen. */
function DropArea({ isSending, add, children }: DropAreaProps) {
  const isOver = useSignal(false);
  const isInTab = source.value?.archive !== undefined;
  return (
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
      <label for="texts-file">{isSending ? 'Reading the file…' : 'Drop a file of texts here, or choose one: '}</label>{' '}
      <input
        id="texts-file"
        type="file"
        accept={`.txt,.csv,.tsv,.json,.jsonl,.gz${isInTab ? '' : ',.parquet'}`}
        // A file that was chosen before, and has changed since, can be chosen again.
        onClick={({ currentTarget }) => (currentTarget.value = '')}
        onChange={({ currentTarget }) => void add(currentTarget.files?.[0])}
      />
      {children}
      <p class="small soft">
        {isInTab ? (
          'It stays in this tab, and is taken as it is: nothing is cleaned.'
        ) : (
          <>
            It stays on this computer, in the folder <code>texts</code>.
          </>
        )}
      </p>
    </div>
  );
}

function GivenFiles({ files, chosen }: { readonly files: readonly string[]; readonly chosen: string }) {
  return (
    <p>
      <label class="inline">
        Files given so far{' '}
        <select
          value={chosen}
          onChange={({ currentTarget }) =>
            setQuery({ texts: currentTarget.value === '' ? 'builtin' : `file:${currentTarget.value}` })
          }
        >
          <option value="">none of them</option>
          {files.map((file) => (
            <option key={file}>{file}</option>
          ))}
        </select>
      </label>
    </p>
  );
}
