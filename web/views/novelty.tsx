import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { RunDetails } from '../../src/studio/api.js';
import { alignTexts, type AlignedPiece, type Novelty, type TextNovelty } from '../../src/texts/novelty.js';
import { useRuns, type RunData } from '../data/run-data.js';
import { counted, number, percent, visible, whole } from '../format.js';
import { useAnswer } from '../model/hooks.js';
import { Problem, RunHead, Tiles } from '../parts/parts.js';
import { query, setQuery } from '../route.js';
import { source } from '../state.js';

/** How new the samples of a run are: each beside its nearest training text. */
export function NoveltyView({ id }: { readonly id: string }) {
  const [data] = useRuns([id]) as [RunData];
  const { value: details } = data.details;
  return (
    <>
      <RunHead id={id} current="novelty" />
      {details !== undefined ? (
        <Samples details={details} />
      ) : data.problem.value === undefined ? (
        <p class="empty">Reading the run…</p>
      ) : (
        <Problem error={data.problem.value} />
      )}
    </>
  );
}

function Samples({ details }: { readonly details: RunDetails }) {
  const { row, sampleEpochs, hasSamples } = details;
  const epochs = [...sampleEpochs].reverse();
  const choices = hasSamples ? ['final' as const, ...epochs] : epochs;
  const asked = query.value.get('epoch');
  // A training continues while one reads: the newest epoch is that of when the view was opened.
  const opened = useRef<number>(undefined);
  const newest = choices[0] === 'final' ? 'final' : (opened.current ??= choices[0]);
  const chosen = choices.find((each) => each !== 'final' && String(each + 1) === asked) ?? newest;
  const measure = source.value!.novelty;
  const key = chosen === undefined || measure === undefined ? undefined : `${row.id} ${chosen}`;
  const { value, error } = useAnswer(key, async () => ({ key, found: await measure!(row.id, chosen!) }));
  if (measure === undefined || chosen === undefined)
    return (
      <p class="empty">
        {measure === undefined
          ? 'Novelty cannot be measured here.'
          : 'There are no samples yet: a training writes them after its first epoch.'}
      </p>
    );
  return (
    <>
      <form class="settings row" onSubmit={(event) => event.preventDefault()} aria-label="Samples">
        <label class="inline">
          samples of{' '}
          <select
            value={String(chosen)}
            onChange={({ currentTarget: { value: next } }) =>
              setQuery({ epoch: next === 'final' ? undefined : String(Number(next) + 1) })
            }
          >
            {choices.map((each) => (
              <option key={each} value={String(each)}>
                {each === 'final' ? 'the best model' : `epoch ${each + 1}`}
              </option>
            ))}
          </select>
        </label>
        <label class="inline">
          <input
            type="checkbox"
            checked={query.value.get('order') === 'copied'}
            onChange={({ currentTarget }) => setQuery({ order: currentTarget.checked ? 'copied' : undefined })}
          />
          most copied first
        </label>
      </form>
      <Problem error={error} />
      {value?.key === key && value !== undefined ? (
        <Compared found={value.found} />
      ) : error === undefined ? (
        <p class="empty" role="status">
          Reading the training texts, and comparing…
        </p>
      ) : null}
    </>
  );
}

function Compared({ found: { texts, searched, trainingTexts } }: { readonly found: Novelty }) {
  const mean = (of: (text: TextNovelty) => number): number =>
    texts.reduce((sum, text) => sum + of(text), 0) / Math.max(1, texts.length);
  const copies = texts.filter(({ nearest }) => nearest?.edits === 0).length;
  const isSorted = query.value.get('order') === 'copied';
  const shown = isSorted ? [...texts].sort((a, b) => b.copiedShare - a.copiedShare) : texts;
  return (
    <>
      <Tiles
        tiles={[
          ['Copied', percent(mean((text) => text.copiedShare)), 'of a sample’s characters, on average'],
          ['Copies', `${whole(copies)} of ${whole(texts.length)}`, 'samples are training texts'],
          [
            'Nearest',
            number(
              mean(({ nearest }) => nearest?.edits ?? 0),
              1,
            ),
            'edits on average',
          ],
          ['Searched', whole(searched), `of ${whole(trainingTexts)} training texts`],
        ]}
      />
      <p class="soft small">
        <u class="copied">Copied</u>: spans of at least 12 characters that a training text has. Below each sample stands
        the nearest training text (fewest edits per character of the longer of the two); characters are{' '}
        <mark>replaced</mark>, <ins>added</ins> in the sample or <del>missing</del> from it.
      </p>
      <ol class="novelty card">
        {shown.map((each, i) => (
          <Sample key={i} novelty={each} />
        ))}
      </ol>
    </>
  );
}

function Sample({ novelty: { text, nearest, copied, copiedShare } }: { readonly novelty: TextNovelty }) {
  const pieces = nearest === undefined ? [{ isSame: true, text, other: '' }] : alignTexts(text, nearest.text);
  let at = 0;
  return (
    <li>
      <p>
        {text === '' ? '(empty)' : null}
        {pieces.map((piece, i) => {
          const begin = at;
          const characters = Array.from(piece.text);
          at += characters.length;
          const isCopied = (j: number): boolean =>
            copied.some(({ start, characters: length }) => begin + j >= start && begin + j < start + length);
          const parts = characters.reduce<{ text: string; isCopied: boolean }[]>((all, character, j) => {
            const last = all.at(-1);
            if (last?.isCopied === isCopied(j)) last.text += character;
            else all.push({ text: character, isCopied: isCopied(j) });
            return all;
          }, []);
          const inside = parts.map((part, j) =>
            part.isCopied ? (
              <u key={j} class="copied">
                {visible(part.text)}
              </u>
            ) : (
              visible(part.text)
            ),
          );
          return <Marked key={i} piece={piece} of="text" children={inside} />;
        })}
      </p>
      <p class="soft">
        {nearest === undefined ? null : nearest.edits === 0 ? (
          'This is a training text.'
        ) : (
          <>
            {pieces.map((piece, i) => (
              <Marked key={i} piece={piece} of="other" children={visible(piece.other)} />
            ))}
          </>
        )}
      </p>
      <small class="soft">
        {percent(copiedShare)} copied{nearest === undefined ? '' : `, ${counted(nearest.edits, 'edit')}`}
      </small>
    </li>
  );
}

interface MarkedProps {
  readonly piece: AlignedPiece;
  readonly of: 'text' | 'other';
  readonly children: ComponentChildren;
}

/** A piece of one of two aligned texts, marked where they differ. */
function Marked({ piece, of, children }: MarkedProps) {
  if (piece[of] === '') return null;
  if (piece.isSame) return <>{children}</>;
  if (piece.text !== '' && piece.other !== '') return <mark>{children}</mark>;
  return of === 'text' ? <ins>{children}</ins> : <del>{children}</del>;
}
