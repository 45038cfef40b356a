import { entropy } from '../../texts/temperature.js';
import type { Inspection } from '../../runs/analysis-schema.js';
import type { Block, Inline } from '../../render/document.js';
import { barsFigure } from '../../figures/bars.js';
import { codeExcerpt, figure, left, paragraph, right, steps, table } from '../writing/blocks.js';
import { counted, decimal, nats, percent } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import { shownToken, specialTokens, tokenNote, tokensOf, type Subject } from './context.js';
import { cite } from './references.js';

/** More bars than this cannot be read; the least probable ones are then put together. */
const MAX_BARS = 32;
/** Characters that an example has before it at least: from fewer, a reader cannot guess either. */
const MIN_CHARACTERS = 3;

export function explainSampling(subject: Subject): Block[] {
  const { contextLength } = subject.shape;
  return [
    paragraph(
      prose`To sample a text, the factors of the product are followed one by one: sample the first character, then the
        second given the first, and so on (_ancestral sampling_). Since the product of the factors is $p(x)$, texts
        sampled in this way have exactly the model’s distribution, without approximation.`,
    ),
    steps(
      prose`Start with ${code('cls')}.`,
      prose`Compute the logits $\mathbf{z}$ at the last position from all tokens so far.`,
      prose`Divide them by the temperature $\tau$ and apply the softmax.`,
      prose`Sample a token from that categorical distribution and append it.`,
      prose`Repeat from step 2 until the token is a pad, which ends the text, or there are ${contextLength - 1}
        characters.`,
    ),
    paragraph(
      prose`At $\tau = 1$ this is the model’s own distribution. Sampling differs from _greedy decoding_, which takes
        the most probable character each time and always gives the same text. Because of the causal mask, what was
        computed for earlier positions does not change when a character is appended, so what attention reads of them is
        kept (keys and values, a _KV cache_, or the inputs that they are computed from) and only the new position is
        computed; the distribution of the texts is the same.`,
    ),
    codeExcerpt('sampling', 'One step of the loop in the sources: one more token for each text that has not ended.'),
    ...(subject.inspection === undefined ? [] : showStep(subject, subject.inspection)),
  ];
}

function showStep({ name }: Subject, inspection: Inspection): Block[] {
  const step = chooseStep(inspection);
  if (step === undefined) return [];
  const { before, next, distribution } = step;
  const { categories, values } = bars(distribution, inspection);
  const following = shownToken(inspection.tokens[next]!);
  const probability = distribution[next]!;
  const [best] = rank(distribution);
  return [
    figure(
      'next-character',
      barsFigure({
        title: `What follows “${before}”?`,
        subtitle: `distribution of the next character, ${name}`,
        xTitle: 'next character',
        yTitle: 'probability',
        height: 200,
        categories,
        series: [{ label: 'probability', values }],
        ...(categories.includes(following) ? { highlighted: categories.indexOf(following) } : {}),
      }),
      prose`One step of the scheme: the distribution from which the character after ${code(before)} is sampled at
        temperature 1. Highlighted is the character that follows in the real test text, ${code(following)}, with a
        probability of ${percent(probability)}${costOf(probability)}. Of the positions of this text from its fourth
        character on, this is the one whose entropy, ${decimal(entropy(distribution), 2)} nats, is nearest to the mean
        over all positions of ${counted(inspection.texts.length, 'test text')}.${tokenNote(categories)}`,
      `Bar chart of the probability of each next character after “${before}”. The most probable is ` +
        `${shownToken(inspection.tokens[best!]!)} with ${percent(distribution[best!])}.`,
    ),
  ];
}

export interface Step {
  readonly before: string;
  readonly next: number;
  readonly distribution: readonly number[];
}

/**
 * A typical step, chosen by a rule: the position of the first inspected text (from the fourth character on) whose
 * entropy is nearest to the mean over all positions of all texts.
 */
export function chooseStep(inspection: Inspection): Step | undefined {
  const all = inspection.texts.flatMap(({ distributions }) => distributions.map((each) => entropy(each)));
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const [text] = inspection.texts;
  if (text === undefined) return undefined;
  const characters = Array.from(text.text);
  const distance = (place: number) => Math.abs(entropy(text.distributions[place] ?? []) - mean);
  const [place] = Array.from(characters.keys())
    .slice(MIN_CHARACTERS)
    .sort((a, b) => distance(a) - distance(b));
  if (place === undefined) return undefined;
  return {
    before: characters.slice(0, place).join(''),
    next: tokensOf(text.text, inspection)[place]!,
    distribution: text.distributions[place]!,
  };
}

/** Tokens, the most probable first. */
export function rank(distribution: readonly number[]): number[] {
  return distribution.map((_, i) => i).sort((i, j) => distribution[j]! - distribution[i]!);
}

/**
 * Bars in the alphabet's order, the end last; of large alphabets the most probable characters and the sum of the
 * others.
 */
export function bars(
  distribution: readonly number[],
  inspection: Inspection,
): { categories: string[]; values: number[] } {
  const { pad, cls } = specialTokens(inspection);
  const possible = rank(distribution).filter((i) => i !== cls); // it never follows anything
  const kept = possible.length > MAX_BARS ? possible.slice(0, MAX_BARS - 1) : possible;
  const order = kept.filter((i) => i !== pad).sort((a, b) => a - b);
  if (kept.includes(pad)) order.push(pad);
  const categories = order.map((i) => shownToken(inspection.tokens[i]!));
  const values = order.map((i) => distribution[i]!);
  if (kept.length < possible.length) {
    categories.push('others');
    values.push(possible.slice(kept.length).reduce((sum, i) => sum + distribution[i]!, 0));
  }
  return { categories, values };
}

/** Why the loss compares the outputs at positions 0 … T − 1 with the tokens at 1 … T, on a real text. */
export function explainSlicing({ name, shape, inspection }: Subject): Block[] {
  const last = shape.contextLength - 1;
  const [text] = inspection?.texts ?? [];
  return [
    paragraph(
      prose`One pass through the model gives a distribution at every position, and all of them are trained at once
        (_teacher forcing_, ${cite('Williams and Zipser, 1989')}). The output at position $t$ has seen the tokens up to
        and including $x_t$, so it predicts
        the next one, $x_{t+1}$. That is the purpose of the slicing: outputs without the last, ${code('[:, :-1]')},
        are compared with tokens without the first, ${code('[:, 1:]')}.`,
    ),
    paragraph(
      prose`So the outputs at positions 0 to ${last - 1} are compared with the tokens 1 to ${last}: the first
        character is predicted from ${code('cls')} alone, and the output at the last position has nothing left to
        predict. Without the shift, the model would have to name the token that it has just read; copying it would
        bring the NLL to 0 without learning anything about
        language${shape.shift ? '' : '; this model was trained so'}. The causal mask is the other half: without it,
        attention could read the answer one position to the right. Together they make each factor depend on preceding
        tokens only, so that the product is a probability.`,
    ),
    codeExcerpt('slicing', 'The shift and the loss in the sources: targets are the inputs one position later.'),
    ...(inspection === undefined || text === undefined ? [] : [slicedText(name, last, inspection, text)]),
  ];
}

/** What a character adds to the NLL; nothing is said of a probability that cannot be written out. */
function costOf(probability: number): Inline[] {
  if (!(probability >= 0.0001)) return [];
  return prose`: it adds $-\ln ${Number(probability.toPrecision(4))} = ${decimal(-Math.log(probability), 2)}$ nats to
    the NLL`;
}

/** Positions of a table; more stand in two columns. */
const MAX_POSITIONS = 10;

function slicedText(name: string, last: number, inspection: Inspection, text: Inspection['texts'][number]): Block {
  const { pad, cls } = specialTokens(inspection);
  const characters = tokensOf(text.text, inspection);
  const inputs = [cls, ...characters];
  const targets = [...characters, pad].slice(0, last); // a text that fills the context length has no end
  const shown = targets.map((target, position) => {
    const distribution = text.distributions[position]!;
    const best = distribution.indexOf(Math.max(...distribution));
    return { position, target, probability: distribution[target]!, best };
  });
  const sum = shown.reduce((total, { probability }) => total - Math.log(probability), 0);
  const correct = shown.filter(({ best, target }) => best === target).length;
  const rest = last - shown.length;
  const nameOf = (token: number) => shownToken(inspection.tokens[token]!);
  const cells = shown.map(({ position, target, probability, best }) => ({
    position: String(position),
    input: nameOf(inputs[position]!),
    target: nameOf(target),
    probability: percent(probability),
    best: nameOf(best),
    nll: decimal(-Math.log(probability), 2),
  }));
  type Line = readonly ((typeof cells)[number] | undefined)[];
  const sides = cells.length > MAX_POSITIONS ? [0, 1] : [0];
  const height = Math.ceil(cells.length / sides.length);
  const lines = cells.slice(0, height).map((_, i): Line => sides.map((side) => cells[i + side * height]));
  const pads = rest === 1 ? 'the pad that follows adds' : `the ${rest} pads that follow add`;
  // A probability that is stored as 0 is too small for its logarithm.
  const total = !Number.isFinite(sum)
    ? `is not finite, since a probability is too small to be stored; the NLL of the text is ${nats(text.nll)}`
    : Math.abs(sum - text.nll) < 0.01
      ? `sums to ${nats(sum)} nats, the NLL of the text`
      : `sums to ${nats(sum)} nats, and ${pads} ${nats(text.nll - sum)}, which gives the text’s NLL, ` + nats(text.nll);
  const others = rest === 0 ? '' : `; the other ${rest === 1 ? 'position is' : `${rest} positions are`} padding`;
  return table(
    prose`The test text ${code(text.text)} as ${name} reads it: input and target at each position $t$. The last column
      ${total}. The most probable token is the right one at ${correct} of
      these ${shown.length} positions${others}.`,
    lines,
    sides.flatMap((side) => [
      right<Line>('t', (line) => line[side]?.position ?? ''),
      left<Line>('input', (line) => line[side]?.input ?? ''),
      left<Line>('target', (line) => line[side]?.target ?? ''),
      right<Line>('p(target)', (line) => line[side]?.probability ?? ''),
      left<Line>('most probable', (line) => line[side]?.best ?? ''),
      right<Line>('−ln p', (line) => line[side]?.nll ?? ''),
    ]),
  );
}
