import type { Inspection } from '../../../runs/analysis-schema.js';
import type { Block } from '../../document.js';
import { attentionFigure } from '../../figures/index.js';
import { headWidth } from '../../model-shape.js';
import { figure, formula, paragraph, left, right, section, table } from '../../writing/blocks.js';
import { counted, percent, whole } from '../../writing/numbers.js';
import { code, prose } from '../../writing/prose.js';
import { FIRST_COUNTED, headHabits, PLACES, type HeadHabit } from './head-habits.js';
import { shownToken, type Subject } from './subject.js';

/** Heads that the table names. */
const MOST_HEADS = 8;

/** Places that a head of the first block finds by their positions alone. */
const COUNTED_BACK: readonly string[] = PLACES.slice(1, FIRST_COUNTED);
const NEEDS_POSITIONS =
  'A head of the first block can count one, two or three letters back only because the positions are added to the letters.';

/** Why positions are added, and what attention does: formulas, and the heads of the trained model. */
export async function explainPositions(subject: Subject): Promise<Block[]> {
  const { shape, inspection } = subject;
  const { window, emb, heads, blocks: count } = shape;
  const width = headWidth(shape);
  const blocks: Block[] = [
    section('positions', 'Why positions'),
    paragraph(
      prose`What a letter needs to know of the letters before it is brought to it by _attention_. Each position $t$ makes a query
        $\mathbf{q}_t$, a key $\mathbf{k}_t$ and a value $\mathbf{v}_t$ from its own vector, with three trained matrices. The query is compared with
        the keys of all positions up to its own, the softmax makes weights of it, and the weighted sum of the values is the result:`,
    ),
    formula(
      String.raw`a_{ts} = \frac{e^{\mathbf{q}_t \cdot \mathbf{k}_s / \sqrt{d}}}{\sum_{r \le t} e^{\mathbf{q}_t \cdot \mathbf{k}_r / \sqrt{d}}} \quad (s \le t), \qquad \mathbf{o}_t = \sum_{s \le t} a_{ts} \mathbf{v}_s`,
      'The weight of position s for position t is the softmax, over positions up to t, of the product of query and key over the root of the head width d; the output is the sum of the values with these weights.',
    ),
    paragraph(
      prose`That only positions $s \le t$ take part is the _causal mask_: nothing comes from letters that are still to be predicted. This
        model has ${heads} heads in each of ${count} blocks, each ${width} numbers wide; every head has matrices of its own.`,
    ),
    paragraph(
      prose`A sum does not depend on the order of its terms. With letter embeddings alone, the first block would get the same
        sum for ${code('was')}, ${code('saw')} and ${code('asw')} when it predicts what comes next: the same keys and values, in another order.
        (Later blocks could make something of the mask, since each position sees another number of letters; that is a weak
        clue.) So a second table $P$ with a row for each of the ${window} positions is added, and from then on a letter’s vector says what it is and
        where it stands:`,
    ),
    formula(
      String.raw`\mathbf{h}_t^{(0)} = E_{x_t} + P_t, \qquad P \in \mathbb{R}^{T \times D}`,
      'What enters the first block at position t is the embedding of the letter plus the embedding of the position.',
    ),
    paragraph(
      prose`Queries and keys can then depend on both, so that a head can look for “the letter before”, “the beginning of this
        word” or “the last e”. The positions cost $${window} \times ${emb} = ${whole(window * emb)}$ parameters, and limit the
        model to texts that fit the window: for position ${window + 1} there is no row.`,
    ),
  ];
  if (inspection !== undefined) blocks.push(...(await showHeads(subject, inspection)));
  return blocks;
}

async function showHeads({ name }: Subject, inspection: Inspection): Promise<Block[]> {
  const [text] = inspection.texts;
  if (text === undefined) return [];
  const last = text.attention.length - 1;
  const shown = last > 0 ? [0, last] : [0];
  const heads = shown.flatMap((block) =>
    text.attention[block]!.map((weights, head) => ({
      label: `block ${block + 1}, head ${head + 1}`,
      weights,
    })),
  );
  const which = last > 0 ? 'the first and the last block' : 'the only block';
  const habits = headHabits(inspection.texts.map(({ attention }) => attention));
  return [
    await figure(
      'attention-heads',
      attentionFigure({
        title: 'Where heads look',
        subtitle: `${which} of ${name}`,
        letters: ['cls', ...Array.from(text.text, shownToken)],
        heads,
      }),
      prose`Attention weights of all heads of ${which} on the test text ${code(text.text)}. A row is the position that asks
        (from ${code('cls')} at the top), a column the position it looks at; the darker, the more weight. The weights of a row add
        up to 1. Above the diagonal there is nothing: the causal mask.`,
      `Triangles of attention weights of ${heads.length} heads on the text “${text.text}”.`,
    ),
    ...describeHabits(habits, inspection.texts.length),
  ];
}

function describeHabits(habits: readonly HeadHabit[], texts: number): Block[] {
  const fixed = habits.filter(({ weight }) => weight > 0.5).sort((a, b) => b.weight - a.weight);
  const measured = `On ${counted(texts, 'test text')}, from position ${FIRST_COUNTED + 1} on`;
  if (habits.length === 0) return [];
  if (fixed.length === 0)
    return [
      paragraph(
        `${measured}, none of the ${habits.length} heads puts more than half of its weight on one and the same place (itself, one, two or three positions before, the start).`,
      ),
    ];
  const named = fixed.slice(0, MOST_HEADS);
  const rest = fixed.length > named.length ? `; the ${named.length} strongest are shown` : '';
  return [
    table(
      `${measured}, ${fixed.length} of the ${habits.length} heads ${fixed.length === 1 ? 'puts' : 'put'} more than half of ${fixed.length === 1 ? 'its' : 'their'} weight on one and the same place, whatever letter stands there${rest}.`,
      [left('head'), left('looks mostly at'), right('mean weight')],
      named.map(({ block, head, place, weight }) => [
        `block ${block + 1}, head ${head + 1}`,
        PLACES[place]!,
        percent(weight, 0),
      ]),
    ),
    ...(fixed.some(({ block, place }) => block === 0 && COUNTED_BACK.includes(PLACES[place]!))
      ? [paragraph(NEEDS_POSITIONS)]
      : []),
  ];
}
