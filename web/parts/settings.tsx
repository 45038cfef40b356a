import { isRecord } from '../../src/json.js';
import type { RunDetails } from '../../src/studio/api.js';
import { visible } from '../format.js';

/** The beginning of a fingerprint is enough to recognise it. */
const HASH = /^([0-9a-f]{12})[0-9a-f]{20,}$/;

/** Settings by path, `training.schedule.kind` and so on. */
function flatten(value: unknown, path = ''): Map<string, string> {
  if (!isRecord(value))
    return new Map([
      [path, typeof value === 'string' ? value.replace(HASH, '$1…') : value === null ? 'none' : JSON.stringify(value)],
    ]);
  return new Map(
    Object.entries(value).flatMap(([name, each]) => [...flatten(each, path === '' ? name : `${path}.${name}`)]),
  );
}

/** What of `config.json` is not about how a run is trained. */
const LEFT_OUT = /^(schemaVersion|letterpress|createdAt|tokenizer)\b/;

export function settingsOf(config: RunDetails['config']): Map<string, string> {
  return new Map([...flatten(config ?? {})].filter(([path]) => !LEFT_OUT.test(path)));
}

export function Settings({ config, summary }: Pick<RunDetails, 'config' | 'summary'>) {
  return (
    <section>
      <details class="card">
        <summary>Settings and layers</summary>
        {summary === undefined ? null : <pre tabIndex={0}>{visible(summary)}</pre>}
        <SettingsTable
          caption="Settings"
          names={['value']}
          rows={[...settingsOf(config)].map(([path, value]) => [path, [value]])}
        />
      </details>
    </section>
  );
}

interface SettingsTableProps {
  readonly caption: string;
  /** Headings of the values. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly [path: string, values: readonly string[]])[];
}

export function SettingsTable({ caption, names, rows }: SettingsTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">setting</th>
            {names.map((name) => (
              <th key={name} scope="col" class="name">
                <bdi>{visible(name)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([path, values]) => (
            <tr key={path}>
              <th scope="row" class="path">
                {visible(path)
                  .split(/(?<=\.)/)
                  .map((part, i) => (i === 0 ? part : [<wbr key={i} />, part]))}
              </th>
              {values.map((value, i) => (
                <td key={i} class="name mono">
                  {visible(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
