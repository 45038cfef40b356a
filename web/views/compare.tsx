import { seriesColour } from '../../src/figures/style.js';
import { useRuns, type RunData } from '../data/run-data.js';
import { number, percent, visible } from '../format.js';
import { Chart, type Curve } from '../parts/chart.js';
import { CurveControls, useCurveSettings } from '../parts/controls.js';
import { accuracyFrom, curvesOf, epochPoints, stepPoints, X_LABELS } from '../parts/curves.js';
import { settingsOf, SettingsTable } from '../parts/settings.js';
import { hrefOf, query } from '../route.js';
import { redrawWith } from '../state.js';

/** So many curves that an eye can follow. */
const MAX_RUNS = 12;

export function CompareView() {
  const ids = query.value.getAll('run').slice(0, MAX_RUNS);
  const data = useRuns(ids);
  const settings = useCurveSettings();
  if (ids.length === 0)
    return (
      <p class="empty">
        Choose runs to compare in <a href={hrefOf('runs')}>the table of runs</a>.
      </p>
    );
  const { x, range, isLog, smoothing } = settings;
  const common = { range, xLabel: X_LABELS[x] };
  const style = (run: RunData, i: number) => ({
    id: run.id,
    label: visible(run.id),
    colour: i % 7 === 6 ? 'ink' : seriesColour(i),
    isDashed: i >= 7,
  });
  const each = (make: (run: RunData, i: number) => Curve[]): Curve[] => data.flatMap(make);
  for (const run of data) redrawWith(run.version);
  return (
    <>
      <div class="head">
        <h1>{ids.length === 1 ? '1 run' : `${ids.length} runs`} compared</h1>
        <a class="button" href={hrefOf('runs', '', { run: ids })}>
          Choose others
        </a>
      </div>
      <h2 class="visually-hidden">Curves</h2>
      <CurveControls settings={settings} />
      <div class="charts">
        <Chart
          {...common}
          title="Validation NLL"
          unit="nats per text"
          isTall
          isLog={isLog}
          curves={each((run, i) =>
            curvesOf(
              style(run, i),
              epochPoints(run, x, ({ valNll }) => valNll),
              0,
            ),
          )}
          format={(value) => number(value)}
        />
        <Chart
          {...common}
          title="Training NLL"
          unit="nats per text"
          isLog={isLog}
          curves={each((run, i) =>
            curvesOf(
              style(run, i),
              epochPoints(run, x, ({ trainNll }) => trainNll),
              0,
            ),
          )}
          format={(value) => number(value)}
        />
        <Chart
          {...common}
          title="Accuracy"
          unit="characters and ends of validation texts"
          curves={each((run, i) => {
            const accuracy = accuracyFrom(run.details.value, run.metrics.value);
            return accuracy === undefined
              ? []
              : curvesOf(
                  style(run, i),
                  epochPoints(run, x, ({ valTop1 }) => accuracy(valTop1)),
                  0,
                );
          })}
          format={percent}
        />
        <Chart
          {...common}
          title="Step loss"
          unit="nats per text"
          isLog={isLog}
          curves={each((run, i) =>
            run.steps.count === 0 ? [] : curvesOf(style(run, i), stepPoints(run, x, 'nll'), smoothing),
          )}
          format={(value) => number(value)}
        />
      </div>
      <Differences data={data} />
    </>
  );
}

function Differences({ data }: { readonly data: readonly RunData[] }) {
  const settings = data.map(({ details }) => settingsOf(details.value?.config));
  const paths = [...new Set(settings.flatMap((each) => [...each.keys()]))];
  const rows = paths
    .map((path) => [path, settings.map((each) => each.get(path) ?? '–')] as const)
    .filter(([, values]) => new Set(values).size > 1);
  if (data.length < 2) return null;
  return (
    <section>
      <h2>Settings that differ</h2>
      {rows.length === 0 ? (
        <p class="soft">None: the runs have the same settings.</p>
      ) : (
        <SettingsTable caption="Settings that differ" names={data.map(({ id }) => id)} rows={rows} />
      )}
    </section>
  );
}
