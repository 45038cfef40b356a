import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatBytes } from '../../src/format.js';
import type { DryRun, TrainingWish } from '../../src/studio/api.js';
import { MUCH_LOST } from '../../src/tokenizer/report.js';
import { SourceError } from '../data/source-error.js';
import type { TrainingSource } from '../data/source.js';
import { counted, duration, percent, whole } from '../format.js';
import { ActionButton, Problem } from '../parts/parts.js';
import { hrefOf, navigate, route } from '../route.js';
import { isLost, refreshList } from '../state.js';

interface PreflightProps {
  readonly wish: TrainingWish;
  readonly trainings: TrainingSource;
}

/** What the training would be, measured; and then its start. */
export function Preflight({ wish, trainings }: PreflightProps) {
  const key = JSON.stringify(wish);
  const checked = useSignal<{ readonly key: string; readonly found: DryRun } | undefined>(undefined);
  const busy = useSignal<'measuring' | 'starting' | undefined>(undefined);
  const refusal = useSignal<SourceError | undefined>(undefined);
  useEffect(() => void (refusal.value = undefined), [isLost.value]);
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
    const { view } = route.value;
    const id = await attemptHere('starting', () => trainings.start(wish));
    if (id === undefined) return;
    await refreshList();
    // Who has left meanwhile finds it among the runs.
    if (route.value.view === view) navigate(hrefOf('run', id));
  };
  const found = checked.value?.key === key ? checked.value.found : undefined;
  return (
    <aside class="card" aria-label="Check before the start">
      <h2>Before it starts</h2>
      <Problem error={refusal.value} />
      <div aria-live="polite">
        {found === undefined ? (
          <p class="soft">
            Reads the texts and measures a few steps, so that you know how long the training will take.
          </p>
        ) : (
          <Findings found={found} />
        )}
      </div>
      <p class="row" aria-live="polite">
        <ActionButton isPrimary={found === undefined} isBusy={busy.value !== undefined} onClick={() => void check()}>
          {busy.value === 'measuring' ? 'Measuring…' : found ? 'Measure again' : 'Check and measure'}
        </ActionButton>
        <ActionButton isPrimary={found !== undefined} isBusy={busy.value !== undefined} onClick={() => void start()}>
          {busy.value === 'starting' ? 'Starting…' : 'Start the training'}
        </ActionButton>
      </p>
    </aside>
  );
}

function Findings({ found }: { readonly found: DryRun }) {
  const { texts, outsideAlphabet, secondsPerEpoch, seconds, epochs, stepsPerEpoch, parameters, peakMemoryBytes } =
    found;
  const lost = Math.max(...Object.values(outsideAlphabet).filter(Number.isFinite), 0);
  const rows: readonly (readonly [string, string])[] = [
    ['Texts', `${whole(texts.train)} to train, ${whole(texts.val)} to validate, ${whole(texts.test)} to test`],
    [
      'Alphabet',
      `${whole(found.alphabet)} characters; ${percent(outsideAlphabet.train)} of those in the training texts are others`,
    ],
    ['Model', `${whole(parameters)} parameters`],
    ['An epoch', `${duration(secondsPerEpoch)}, ${counted(stepsPerEpoch, 'step')}`],
    ['To the end', `${duration(seconds)} for ${counted(epochs, 'epoch')}, unless it stops early`],
    ...(Number.isFinite(peakMemoryBytes) ? [['Memory', formatBytes(peakMemoryBytes)] as const] : []),
    ['Runs on', `${found.backend}, ${counted(found.threads, 'thread')}`],
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
