import type { Inspection } from '../../../runs/analysis-schema.js';
import type { Block } from '../../../render/document.js';
import { attentionFigure } from '../../../figures/index.js';
import { headWidthOf } from '../../../nn/config.js';
import { figure, formula, paragraph, left, right, section, table } from '../../writing/blocks.js';
import { capital, counted, inWords, percent } from '../../writing/numbers.js';
import { code, prose } from '../../writing/prose.js';
import { FIRST_COUNTED, headHabits, PLACES, type HeadHabit } from './head-habits.js';
import { positionWords } from './position-words.js';
import { shownToken, type Subject } from './subject.js';

/** Heads that are shown. */
const MAX_HEADS = 6;

const NEEDS_POSITIONS = {
  learned:
    'A head of the first block can count one, two or three characters back only because the positions are added to the characters.',
  rotary:
    'A head of the first block can count one, two or three characters back only because its keys and queries are turned by their positions.',
} as const;

/** Why positions are needed, and what attention does: formulas, and the heads of the trained model. */
export function explainPositions(subject: Subject): Block[] {
  const { shape, inspection } = subject;
  const { heads, layers: count } = shape;
  const width = headWidthOf(shape);
  const blocks: Block[] = [
    section('positions', 'Why positions'),
    paragraph(
      prose`What a character needs to know of the characters before it is brought to it by _attention_. Each position $t$ makes a query
        $\mathbf{q}_t$, a key $\mathbf{k}_t$ and a value $\mathbf{v}_t$ from its own vector, with three trained matrices. The query is compared with
        the keys of all positions up to its own, the softmax makes weights of it, and the weighted sum of the values is the result:`,
    ),
    formula(
      String.raw`a_{ts} = \frac{e^{\mathbf{q}_t \cdot \mathbf{k}_s / \sqrt{d}}}{\sum_{r \le t} e^{\mathbf{q}_t \cdot \mathbf{k}_r / \sqrt{d}}} \quad (s \le t), \qquad \mathbf{o}_t = \sum_{s \le t} a_{ts} \mathbf{v}_s`,
      'The weight of position s for position t is the softmax, over positions up to t, of the product of query and key over the root of the head width d; the output is the sum of the values with these weights.',
    ),
    paragraph(
      prose`That only positions $s \le t$ take part is the _causal mask_: nothing comes from characters that are still to be predicted. This
        model has ${heads} heads in each of ${count} blocks, each ${width} numbers wide; every head has matrices of its own.`,
    ),
    paragraph(
      prose`A sum does not depend on the order of its terms. With character embeddings alone, the first block would get the same
        sum for ${code('was')}, ${code('saw')} and ${code('asw')} when it predicts what comes next: the same keys and values, in another order.
        (Later blocks could make something of the mask, since each position sees another number of characters; that is a weak
        clue.)`,
    ),
    ...positionWords(shape),
  ];
  if (inspection !== undefined) blocks.push(...showHeads(subject, inspection));
  return blocks;
}

function showHeads({ name, shape }: Subject, inspection: Inspection): Block[] {
  const [text] = inspection.texts;
  if (text === undefined) return [];
  const all = headHabits(inspection.texts.map(({ attention }) => attention));
  const shown = [...all].sort((a, b) => b.weight - a.weight).slice(0, MAX_HEADS);
  if (shown.length === 0) return [];
  const nameOf = ({ block, head }: HeadHabit) => `block ${block + 1}, head ${head + 1}`;
  const fixed = all.filter(({ weight }) => weight > 0.5).length;
  const counts = shown.some(({ block, place, weight }) => weight > 0.5 && block === 0 && isBack(place));
  return [
    figure(
      'attention-heads',
      attentionFigure({
        title: 'Where heads look',
        subtitle: `the ${shown.length} heads of ${name} that look most at one place`,
        characters: ['cls', ...Array.from(text.text, shownToken)],
        heads: shown.map((habit) => ({
          label: nameOf(habit),
          weights: text.attention[habit.block]![habit.head]!,
        })),
      }),
      prose`Attention weights on the test text ${code(text.text)}. A row is the position that asks (from ${code('cls')} at the
        top), a column the position it looks at; the stronger the colour, the more weight. The weights of a row add up to 1. Above the diagonal there is
        nothing: the causal mask.`,
      `Triangles of attention weights of ${shown.length} heads on the text “${text.text}”.`,
    ),
    table(
      `The same heads on ${counted(inspection.texts.length, 'test text')}, from position ${FIRST_COUNTED + 1} on: the place, of itself, one, two and three characters back and the start, that they give most weight to, whatever character stands there; and the weight that it would have if they looked everywhere evenly. ${capital(fixed === 0 ? 'none' : inWords(fixed))} of all ${all.length} heads ${fixed === 1 ? 'gives' : 'give'} more than half of ${fixed === 1 ? 'its' : 'their'} weight to one such place.`,
      [left('head'), left('looks most at'), right('mean weight'), right('evenly')],
      shown.map((habit) => [nameOf(habit), PLACES[habit.place]!, percent(habit.weight, 0), percent(habit.even, 0)]),
    ),
    ...(counts ? [paragraph(NEEDS_POSITIONS[shape.positions])] : []),
  ];
}

/** Whether a place is a number of characters back. */
function isBack(place: number): boolean {
  return place > 0 && place < FIRST_COUNTED;
}
