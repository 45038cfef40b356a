import { useMemo } from 'preact/hooks';
import type { RunDetails } from '../../src/studio/api.js';
import { useRuns, type RunData } from '../data/run-data.js';
import { counted, duration, number, percent, visible, whole } from '../format.js';
import type { Reference } from '../parts/chart-props.js';
import { CurveControls, useCloseLook, useCurveSettings } from '../parts/controls.js';
import { ACCURACY, FigureChart, STEP_FIGURES, TOP1, TRAINING, VALIDATION } from '../parts/figures.js';
import { DownloadButton } from '../parts/download-button.js';
import { Name, Problem, RunTabs, Tiles } from '../parts/parts.js';
import { Settings } from '../parts/settings.js';
import { latest, redrawWith, source } from '../state.js';
import { RunsView } from './runs.js';
import { Scrubber } from './scrubber.js';
import { TrainingButtons } from './training-buttons.js';

export function RunView({ id }: { readonly id: string }) {
  const [data] = useRuns([id]) as [RunData];
  const { value: details } = data.details;
  const problem = data.problem.value;
  if (details === undefined)
    return (
      <>
        <Name id={id} />
        {problem === undefined ? <p class="empty">Reading the run…</p> : <Problem error={problem} />}
      </>
    );
  if (details.row.state === 'damaged')
    return (
      <>
        <Name id={id} />
        <Problem error={details.row.problem ?? 'The run cannot be read.'} />
      </>
    );
  return (
    <>
      <Head data={data} details={details} />
      <Problem error={problem} />
      <Figures data={data} details={details} />
      {details.diagnosis.length === 0 ? null : (
        <p class="diagnosis" role="status">
          {details.diagnosis.join(' ')}
        </p>
      )}
      <Curves data={data} details={details} />
      <Scrubber data={data} details={details} />
      <Settings config={details.config} summary={details.summary} />
    </>
  );
}

/** The run that is being trained, whichever it is. */
export function LatestView() {
  const id = latest.value?.id;
  return id === undefined ? <RunsView /> : <RunView key={id} id={id} />;
}

interface Part {
  readonly data: RunData;
  readonly details: RunDetails;
}

function Head({ data, details }: Part) {
  const { row } = details;
  const { epochs = 0, plannedEpochs } = row;
  const done = data.steps.last('step') ?? 0;
  redrawWith(data.version);
  const total = (plannedEpochs ?? 0) * (details.stepsPerEpoch ?? 0);
  return (
    <>
      <div class="head">
        <div>
          <Name id={row.id} />
          <p class="soft">
            <span class={`chip ${row.state}`}>{row.state}</span> {visible(row.corpus ?? '')},{' '}
            {counted(row.texts, 'training text')} · recipe {visible(row.recipe ?? '')} · {whole(row.parameters)}{' '}
            parameters · seed {row.seed}
          </p>
        </div>
        <div class="row">
          <DownloadButton
            label="Download run"
            file={`${row.id}.zip`}
            make={source.value?.archive?.bind(undefined, row.id)}
          />
          <TrainingButtons row={row} isOwn={details.isOwn} />
        </div>
      </div>
      {details.hasModel ? <RunTabs id={row.id} current="run" /> : null}
      {row.state === 'training' && total > 0 ? (
        <>
          <progress value={done} max={total} aria-label="Training" />
          <p class="small soft">
            {done >= total
              ? 'All epochs are done: the best model is tested and analysed.'
              : `Epoch ${whole(Math.min(epochs + 1, plannedEpochs!))} of at most ${whole(plannedEpochs)}, ` +
                `step ${whole(done)} of ${whole(total)}; ${timeLeft(data, done, total)}`}
          </p>
        </>
      ) : null}
    </>
  );
}

/** By the pace of the last steps, which includes validations. */
function timeLeft({ steps }: RunData, done: number, total: number): string {
  const last = steps.count - 1;
  const first = Math.max(0, last - 500);
  const [step, seconds] = [steps.column('step'), steps.column('seconds')];
  const pace = (seconds[last]! - seconds[first]!) / (step[last]! - step[first]!);
  return Number.isFinite(pace)
    ? `${duration(pace * (total - done))} left at this pace, if it is not stopped early`
    : 'measuring';
}

function Figures({ data, details }: Part) {
  redrawWith(data.version);
  const { row, results } = details;
  const { epochs } = data;
  const accuracy = epochs.last('valAccuracy');
  // Runs of older versions have top-1 alone; an epoch that diverged has neither.
  const hasAccuracy = !Number.isNaN(accuracy ?? 0) || Number.isNaN(epochs.last('valTop1'));
  return (
    <Tiles
      tiles={[
        ['Best validation NLL', number(row.bestValNll), 'nats per text'],
        ['Last training NLL', number(epochs.last('trainNll')), 'nats per text'],
        ...(results === undefined ? [] : [['Test NLL', number(results.testNll), 'nats per text'] as const]),
        row.accuracy !== undefined
          ? ['Accuracy', percent(row.accuracy), 'of test characters']
          : hasAccuracy
            ? ['Accuracy', percent(accuracy), 'of validation characters']
            : ['Top-1', percent(epochs.last('valTop1')), 'padding counted'],
        ...(results === undefined ? [] : [['Bits per character', number(row.bitsPerCharacter, 3), 'test'] as const]),
        ['Speed, last epoch', whole(row.speed && Math.round(row.speed)), 'characters/s'],
        ['Time', duration(row.seconds), results === undefined ? 'of training' : 'in all'],
      ]}
    />
  );
}

function Curves({ data, details }: Part) {
  const settings = useCurveSettings();
  redrawWith(data.version);
  const runs = useMemo(() => [data], [data]);
  useCloseLook(runs, settings);
  const common = { settings, runs };
  const hasAccuracy = ACCURACY.of(data, settings.x) !== undefined;
  return (
    <section>
      <h2 class="visually-hidden">Curves</h2>
      <CurveControls settings={settings} />
      <div class="charts">
        <FigureChart {...common} title="NLL" figures={[TRAINING, VALIDATION]} references={references(details)} isTall />
        {[hasAccuracy ? ACCURACY : TOP1, ...STEP_FIGURES].map((figure) => (
          <FigureChart key={figure.title} {...common} figures={[figure]} />
        ))}
      </div>
    </section>
  );
}

/** The weaker baselines, the strongest n-gram model, and the limit, where they are known. */
const SHOWN: readonly string[] = ['unigram', 'bigram', 'kneser-ney', 'entropy'];

function references({ baselines = [], config }: RunDetails): Reference[] {
  const known = baselines.flatMap(({ id, label, valNll }) =>
    valNll === undefined || !SHOWN.includes(id) ? [] : [{ label, value: valNll }],
  );
  const entropy = config?.corpus.entropy;
  return entropy === undefined || baselines.some(({ id }) => id === 'entropy')
    ? known
    : [...known, { label: 'entropy', value: entropy }];
}
