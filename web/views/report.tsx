import { visible } from '../format.js';
import { notAnswered, SourceError } from '../data/source-error.js';
import { useAnswer } from '../model/hooks.js';
import { Name, Problem } from '../parts/parts.js';

async function checkThere(address: string): Promise<true> {
  const response = await fetch(address, { method: 'HEAD' }).catch(() => undefined);
  if (response?.ok === true) return true;
  throw response === undefined
    ? notAnswered()
    : new SourceError('there is no report here', 'A study writes it at its end.', response.status);
}

/** The report of a study as it is: a page of its own, without scripts. */
export function ReportView({ id }: { readonly id: string }) {
  const address = `report?${new URLSearchParams({ id }).toString()}`;
  const { value, error } = useAnswer(address, () => checkThere(address));
  if (value === undefined)
    return (
      <>
        <Name id={id} />
        <Problem error={error} />
      </>
    );
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
