import type { Inspection } from '../../runs/analysis-schema.js';
import type { Block } from '../../render/document.js';
import { attentionFigure } from '../../figures/attention.js';
import { headWidthOf, type ModelConfig } from '../../nn/config.js';
import { figure, formula, listed, paragraph } from '../writing/blocks.js';
import { capital, counted, inWords, percent, whole } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import { shownToken, type Subject } from './context.js';
import { cite } from './references.js';

const MAX_HEADS = 3;

export function explainPositions(subject: Subject): Block[] {
  const { shape, inspection } = subject;
  return [
    paragraph(
      prose`_Attention_ passes information from earlier positions to the current one. Each position $t$ computes a
        query $\mathbf{q}_t$, a key $\mathbf{k}_t$ and a value $\mathbf{v}_t$ from its vector with three trained
        matrices. The query is compared with the keys of all positions up to its own, the softmax turns the scores
        into weights, and the result is the weighted sum of the values:`,
    ),
    formula(
      String.raw`a_{ts} = \frac{e^{\mathbf{q}_t \cdot \mathbf{k}_s / \sqrt{d}}}{\sum_{r \le t} e^{\mathbf{q}_t \cdot
        \mathbf{k}_r / \sqrt{d}}} \quad (s \le t), \qquad \mathbf{o}_t = \sum_{s \le t} a_{ts} \mathbf{v}_s`,
      'The weight of position s for position t is the softmax, over positions up to t, of the product of query ' +
        'and key over the root of the head width d; the output is the sum of the values with these weights.',
    ),
    paragraph(
      prose`The restriction to $s \le t$ is the _causal mask_: nothing is read from characters that are still to be
        predicted${shape.causal ? '' : '; this model was trained without it, and its heads look ahead too'}. This model
        has ${counted(shape.heads, 'head')} in
        ${shape.layers === 1 ? 'its only block' : `each of ${shape.layers} blocks`},
        ${headWidthOf(shape)} numbers wide${shape.heads === 1 ? '' : ' each, and every head has its own matrices'}.`,
    ),
    paragraph(
      prose`A sum does not depend on the order of its terms. Without positions, the output $\mathbf{o}_t$ of the first
        block depends only on the token $x_t$, which makes the query, and on the multiset of the tokens before it.
        After ${code('saw')} and ${code('asw')} it would be the same: the query comes from ${code('w')} both times,
        and keys and values are those of the same characters in another order. After ${code('was')} it would differ,
        since the query comes from ${code('s')}. A causal model without positions is not entirely blind to them, since
        the weight on ${code('cls')} can tell how many positions there are, and later blocks can use that
        (${cite('Haviv et al., 2022')}; ${cite('Kazemnejad et al., 2023')}); but the model has to learn it.`,
    ),
    ...positionWords(shape),
    ...(inspection === undefined ? [] : showHeads(subject, inspection)),
  ];
}

/** How a model knows the positions of characters: by an embedding of positions, or by rotating keys and queries. */
export function positionWords(shape: ModelConfig): Block[] {
  const { contextLength, dModel } = shape;
  const learned = () => [
    paragraph(
      prose`So a second table $P$ with a row for each of the ${contextLength} positions is added, and each vector then
        says which character it is and where it stands:`,
    ),
    formula(
      String.raw`\mathbf{h}_t^{(0)} = E_{x_t} + P_t, \qquad P \in \mathbb{R}^{${contextLength} \times D}`,
      'The input of the first block at position t is the embedding of the character plus the embedding of the ' +
        'position.',
    ),
    paragraph(
      prose`The positions cost $${contextLength} \times ${dModel} = ${whole(contextLength * dModel)}$ parameters and
        limit the model to texts within the context length: rows are those of positions 0 to ${contextLength - 1}.`,
    ),
  ];
  const rotary = () => [
    paragraph(
      prose`This model adds nothing to the characters. Each head rotates its queries and keys before they are compared
        (_rotary positions_, ${cite('Su et al., 2021')}): their numbers are taken in pairs, as points in a plane, and
        at position $t$ pair $c$ of
        $h$ is rotated by the angle $t \cdot 10000^{-c/h}$. With $R_t$ for this rotation, the product depends only on
        the difference of the two positions, and there are no parameters:`,
    ),
    formula(
      String.raw`(R_t \mathbf{q}_t) \cdot (R_s \mathbf{k}_s) = \mathbf{q}_t \cdot (R_{s-t} \mathbf{k}_s)`,
      'The product of a query rotated by its position t and a key rotated by its position s is that of the ' +
        'query itself and the key rotated by the difference of the positions.',
    ),
  ];
  const none = () => [paragraph('This model adds no positions: it has only that count.')];
  return [
    ...{ learned, rotary, none }[shape.positions](),
    ...(shape.positions === 'none'
      ? []
      : [paragraph('So a head can look for “the preceding character”, “the beginning of this word” or “the last e”.')]),
    ...(shape.queryKeyNorm
      ? [
          paragraph(
            prose`This model also scales each head’s queries and keys to a mean square of 1 before they are
              ${shape.positions === 'rotary' ? 'rotated' : 'compared'}, and multiplies each component by a trained scale
              (_query-key norm_), so that scores can grow only with these scales.`,
          ),
        ]
      : []),
  ];
}

/** Characters of the text that attention is shown on: more would be too small to read in print. */
const MAX_ATTENTION = 20;

function showHeads({ name }: Subject, inspection: Inspection): Block[] {
  const all = headHabits(inspection.texts.map(({ attention }) => attention));
  const shown = [...all].sort((a, b) => b.weight - a.weight).slice(0, MAX_HEADS);
  const text = inspection.texts.find((each) => Array.from(each.text).length <= MAX_ATTENTION) ?? inspection.texts[0];
  if (shown.length === 0 || text === undefined) return [];
  // What a causal model attends to in the beginning of a text does not depend on the rest.
  const characters = Array.from(text.text).slice(0, MAX_ATTENTION);
  const fixed = all.filter(({ weight }) => weight > 0.5).length;
  const subject =
    all.length === 1
      ? `The head ${fixed === 0 ? 'does not give' : 'gives'}`
      : `${capital(fixed === 0 ? 'none' : inWords(fixed))} of the ${all.length} heads ${fixed < 2 ? 'gives' : 'give'}`;
  const heads = counted(shown.length, 'head');
  const first = `${shown[0]!.block + 1}.${shown[0]!.head + 1}`;
  const nameOf = ({ block, head }: HeadHabit) => `block ${block + 1}, head ${head + 1}`;
  return [
    figure(
      'attention-heads',
      attentionFigure({
        title: 'Where heads look',
        subtitle: `the ${heads} of ${name} with the highest mean weight on one relative position`,
        characters: ['cls', ...characters.map(shownToken)],
        heads: shown.map((habit) => ({
          label: `${habit.block + 1}.${habit.head + 1}: ${PLACES[habit.place]!}, ${percent(habit.weight, 0)}`,
          weights: text.attention[habit.block]![habit.head]!.slice(0, characters.length + 1),
        })),
      }),
      prose`Attention weights on ${code(characters.join(''))}, from a test text. Rows are the positions of queries
        (${code('cls')} at the top), columns those of keys; what is above the diagonal is masked, and the weights of a
        row sum to 1. Above each head, ${first} being ${nameOf(shown[0]!)}: the relative position (itself, one to three
        back, the start) with the highest
        mean weight over ${counted(inspection.texts.length, 'test text')}, from position ${FIRST_COUNTED} on, and that
        weight; with uniform attention it would be ${percent(shown[0]!.even, 0)}.
        ${subject} more than half of ${fixed < 2 ? 'its' : 'their'} weight to one such position.`,
      `Triangles of attention weights of ${heads} on the text “${characters.join('')}”: ${listed(
        shown.map((habit) => `${nameOf(habit)} looks at ${PLACES[habit.place]!} with ${percent(habit.weight, 0)}`),
      )}.`,
    ),
  ];
}

const PLACES = ['itself', 'one back', 'two back', 'three back', 'the start'] as const;

/**
 * The first query position that counts, from 0. From there on the start is none of the other places, so that
 * the weights on all of them are of different keys and add up to 1 at most.
 */
const FIRST_COUNTED = PLACES.length - 1;

/** The place that a head looks at most: index into {@link PLACES}, mean weight on it, and that of uniform attention. */
interface HeadHabit {
  readonly block: number;
  readonly head: number;
  readonly place: number;
  readonly weight: number;
  readonly even: number;
}

/**
 * Where each head looks most of all {@link PLACES}, on average over the positions of some texts from {@link
 * FIRST_COUNTED} on. Empty where no text is long enough.
 *
 * @param texts `[text][block][head][query][key]`, with the keys up to the query
 */
export function headHabits(texts: readonly (readonly number[][][][])[]): HeadHabit[] {
  const weightAt = (row: readonly number[], place: number) =>
    (place === FIRST_COUNTED ? row[0] : row[row.length - 1 - place]) ?? 0;
  return (texts[0] ?? []).flatMap((heads, block) =>
    heads.flatMap((_, head) => {
      const rows = texts.flatMap((text) => text[block]![head]!.slice(FIRST_COUNTED));
      if (rows.length === 0) return [];
      const mean = (valueOf: (row: readonly number[]) => number) =>
        rows.reduce((sum, row) => sum + valueOf(row), 0) / rows.length;
      const weights = PLACES.map((_place, place) => mean((row) => weightAt(row, place)));
      const weight = Math.max(...weights);
      return [{ block, head, place: weights.indexOf(weight), weight, even: mean((row) => 1 / row.length) }];
    }),
  );
}
