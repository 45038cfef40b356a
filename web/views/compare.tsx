import { seriesColour } from '../../src/figures/style.js';
import { sameHeldOutTexts } from '../../src/runs/compare-configs.js';
import { listed } from '../../src/format.js';
import { useRuns, type RunData } from '../data/run-data.js';
import { counted, visible } from '../format.js';
import { CurveControls, useCloseLook, useCurveSettings } from '../parts/controls.js';
import { ACCURACY, FigureChart, STEP_FIGURES, TRAINING, VALIDATION } from '../parts/figures.js';
import { Problem } from '../parts/parts.js';
import { settingsOf, SettingsTable } from '../parts/settings.js';
import { hrefOf, query } from '../route.js';
import { redrawWith } from '../state.js';

/** So many curves that an eye can follow. */
const MAX_RUNS = 12;

export function CompareView() {
  const chosen = query.value.getAll('run');
  const ids = chosen.slice(0, MAX_RUNS);
  const data = useRuns(ids);
  const settings = useCurveSettings();
  useCloseLook(data, settings);
  if (ids.length === 0)
    return (
      <div class="empty">
        <h1>Nothing to compare yet</h1>
        <p>
          Tick runs in <a href={hrefOf('runs')}>the table of runs</a>.
        </p>
      </div>
    );
  const style = (run: RunData, i: number) => ({
    id: run.id,
    label: visible(run.id),
    colour: i % 7 === 6 ? 'ink' : seriesColour(i),
    isDashed: i >= 7,
  });
  for (const run of data) redrawWith(run.version);
  return (
    <>
      <div class="head">
        <h1>{counted(ids.length, 'run')} compared</h1>
        <a class="button" href={hrefOf('runs', '', { run: chosen })}>
          Choose others
        </a>
      </div>
      {chosen.length > MAX_RUNS ? (
        <p class="problem" role="status">
          {chosen.length} runs were chosen, of which the first {MAX_RUNS} are compared: an eye follows no more curves.
        </p>
      ) : null}
      {data.map(({ id, problem }) =>
        problem.value === undefined ? null : (
          <Problem key={id} error={`Run ${id}: ${problem.value.message}. ${problem.value.fix}`} />
        ),
      )}
      <OtherTexts data={data} />
      <h2 class="visually-hidden">Curves</h2>
      <CurveControls settings={settings} />
      <div class="charts">
        {[VALIDATION, TRAINING, ACCURACY, ...STEP_FIGURES].map((figure) => (
          <FigureChart
            key={figure.title}
            {...{ settings, runs: data, styleOf: style }}
            figures={[figure]}
            isTall={figure === VALIDATION}
          />
        ))}
      </div>
      <Differences data={data} />
    </>
  );
}

/** As `letterpress compare` says it, which leaves these out. */
function OtherTexts({ data }: { readonly data: readonly RunData[] }) {
  const [first, ...others] = data.flatMap(({ id, details }) => {
    const config = details.value?.config;
    return config === undefined ? [] : [{ id, config, characters: undefined }];
  });
  const apart = others.filter((other) => !sameHeldOutTexts(first!, other));
  if (apart.length === 0) return null;
  const names = listed(apart.map(({ id }) => visible(id)));
  return (
    <p class="problem" role="status">
      {names} {apart.length === 1 ? 'was' : 'were'} measured on other texts than {visible(first!.id)}, or{' '}
      {apart.length === 1 ? 'encodes' : 'encode'} them differently: nats per text cannot be compared.
    </p>
  );
}

function Differences({ data }: { readonly data: readonly RunData[] }) {
  const known = data.filter(({ details }) => details.value !== undefined);
  const settings = known.map(({ details }) => settingsOf(details.value?.config));
  const paths = [...new Set(settings.flatMap((each) => [...each.keys()]))];
  const rows = paths
    // What has settings of its own in another run says nothing here.
    .filter((path) => !paths.some((other) => other.startsWith(`${path}.`)))
    .map((path) => [path, settings.map((each) => each.get(path) ?? '–')] as const)
    .filter(([, values]) => new Set(values).size > 1);
  if (known.length < 2) return null;
  return (
    <section>
      <h2>Settings that differ</h2>
      {rows.length === 0 ? (
        <p class="soft">None: the runs have the same settings.</p>
      ) : (
        <SettingsTable caption="Settings that differ" names={known.map(({ id }) => id)} rows={rows} />
      )}
    </section>
  );
}
