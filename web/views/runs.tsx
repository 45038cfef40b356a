import { list, runs } from '../state.js';
import { hrefOf } from '../route.js';

export function RunsView() {
  if (list.value === undefined) return <p class="empty">Reading the folder…</p>;
  return (
    <ul>
      {runs.value.map((run) => (
        <li key={run.id}>
          <a href={hrefOf('run', run.id)}>{run.id}</a> {run.state} {run.bestValNll}
        </li>
      ))}
    </ul>
  );
}
