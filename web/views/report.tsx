import { visible } from '../format.js';
import { Name } from '../parts/parts.js';

/** The report of a study as it is: a page of its own, without scripts. */
export function ReportView({ id }: { readonly id: string }) {
  const address = `report?${new URLSearchParams({ id }).toString()}`;
  return (
    <>
      <div class="head">
        <Name id={id} />
        <a href={address} target="_blank">
          Open by itself
        </a>
      </div>
      <iframe class="report" title={`Report of ${visible(id)}`} sandbox="" src={address} />
    </>
  );
}
