import type { OtherFolder } from '../../src/studio/api.js';
import { ago, visible } from '../format.js';
import { hrefOf } from '../route.js';
import { list } from '../state.js';

const TITLES: Readonly<Record<OtherFolder['kind'], string>> = {
  study: 'Studies',
  mixture: 'Mixtures',
  search: 'Searches',
};

/** Studies, mixtures and searches, below the runs. */
export function OtherFolders() {
  const others = list.value?.others ?? [];
  return (
    <>
      {(['study', 'mixture', 'search'] as const).map((kind) => {
        const some = others.filter((each) => each.kind === kind);
        return some.length === 0 ? null : <Folders key={kind} kind={kind} folders={some} />;
      })}
    </>
  );
}

function Folders({ kind, folders }: { readonly kind: OtherFolder['kind']; readonly folders: readonly OtherFolder[] }) {
  return (
    <section>
      <h2>{TITLES[kind]}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={TITLES[kind]}>
        <table>
          <caption class="visually-hidden">{TITLES[kind]}</caption>
          <thead>
            <tr>
              <th scope="col">Folder</th>
              <th scope="col">State</th>
              <th scope="col">Changed</th>
              {kind === 'study' ? <th scope="col">Report</th> : null}
            </tr>
          </thead>
          <tbody>
            {folders.map(({ id, about, changedAt, isWritten, hasReport }) => (
              <tr key={id}>
                <td class="name folder">
                  <bdi>{visible(id)}</bdi>
                </td>
                <td class="name">
                  {isWritten ? <span class="chip training">running</span> : null} {visible(about)}
                </td>
                <td>{ago(changedAt)}</td>
                {kind === 'study' ? (
                  <td>{hasReport ? <a href={hrefOf('report', id)}>Read the report</a> : 'not yet'}</td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
