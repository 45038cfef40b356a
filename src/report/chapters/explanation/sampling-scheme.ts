import { entropy } from '../../../texts/temperature.js';
import type { Inspection } from '../../../runs/analysis-schema.js';
import type { Block } from '../../../render/document.js';
import { barsFigure } from '../../../figures/index.js';
import { figure, formula, paragraph, section, steps } from '../../writing/blocks.js';
import { decimal, percent } from '../../writing/numbers.js';
import { code, prose } from '../../writing/prose.js';
import { SHOWN_TOKENS, shownToken, specialTokens, tokensOf, type Subject } from './subject.js';

/** More bars than this cannot be read; the least probable ones are then put together. */
const MAX_BARS = 32;
/** Characters that an example has before it at least: of fewer, a reader cannot guess either. */
const MIN_CHARACTERS = 3;

/** How texts are drawn, with one step of it as an example. */
export function explainSampling(subject: Subject): Block[] {
  const { contextLength } = subject.shape;
  const blocks: Block[] = [
    section('sampling', 'The sampling scheme'),
    paragraph(
      prose`To draw a text, the factors of the product are followed one by one: draw the first character, then the second given the
        first, and so on (_ancestral sampling_). Since the product of the factors is $p(x)$, texts drawn in this way have exactly the model’s
        distribution; no approximation is made.`,
    ),
    steps(
      prose`Begin with ${code('cls')}.`,
      prose`Compute the logits $\mathbf{z}$ at the last position, from all tokens so far.`,
      prose`Divide them by the temperature $\tau$ and take the softmax.`,
      prose`Draw a token from that distribution, and append it.`,
      prose`Go back to the second step, until the token drawn is the first pad, or ${contextLength - 1} characters are there.`,
    ),
    formula(
      String.raw`x_t \sim p_\tau(\,\cdot \mid x_1, \dots, x_{t-1}), \qquad p_{\tau,i} = \frac{e^{z_i/\tau}}{\sum_j e^{z_j/\tau}}`,
      'The next token is drawn from the softmax of the logits divided by the temperature tau.',
    ),
    paragraph(
      prose`At $\tau = 1$ this is the model’s own distribution. Drawing is not the same as taking the most probable character each
        time: that would give one and the same text always. What a step computed for earlier characters does not change when a character
        is appended, because of the causal mask, so Letterpress keeps it and computes only the new position. The source went through the whole
        text again for every character; the texts have the same distribution.`,
    ),
  ];
  if (subject.inspection !== undefined) blocks.push(...showStep(subject, subject.inspection));
  return blocks;
}

function showStep({ name }: Subject, inspection: Inspection): Block[] {
  const step = chooseStep(inspection);
  if (step === undefined) return [];
  const { before, next, distribution } = step;
  const { categories, values } = bars(distribution, inspection);
  const following = shownToken(inspection.tokens[next]!);
  const probability = distribution[next]!;
  const [best] = rank(distribution);
  const nats = decimal(entropy(distribution), 2);
  return [
    figure(
      'next-character',
      barsFigure({
        title: `What follows “${before}”?`,
        subtitle: `distribution of the next character, ${name}`,
        xTitle: 'next character',
        yTitle: 'probability',
        height: 260,
        categories,
        series: [{ label: 'probability', values }],
        ...(categories.includes(following) ? { highlighted: categories.indexOf(following) } : {}),
      }),
      prose`One step of the scheme: the distribution from which the character after ${code(before)} is drawn, at temperature 1. Highlighted is the
        character that follows in the real test text, ${code(following)}, with a probability of ${percent(probability)}: it adds
        $-\ln ${decimal(probability, 4)} = ${decimal(-Math.log(probability), 2)}$ nats to the NLL. The entropy of this distribution is ${nats} nats, about the mean over
        the positions of the texts that were looked at. ${SHOWN_TOKENS}.`,
      `Bar chart of the probability of each next character after “${before}”. The most probable is ${shownToken(inspection.tokens[best!]!)} with ${percent(distribution[best!])}.`,
    ),
  ];
}

/** One position of a text: what stands before it, what follows, and what the model expects. */
export interface Step {
  readonly before: string;
  /** Token value that follows. */
  readonly next: number;
  readonly distribution: readonly number[];
}

/**
 * A typical step, by a rule and not by taste: of the first text that was looked at, the position (from the fourth character on) whose entropy is nearest to
 * the mean over all positions of all texts.
 */
export function chooseStep(inspection: Inspection): Step | undefined {
  const all = inspection.texts.flatMap(({ distributions }) => distributions.map((each) => entropy(each)));
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const [text] = inspection.texts;
  if (text === undefined) return undefined;
  const characters = Array.from(text.text);
  const tokens = tokensOf(text.text, inspection);
  let chosen: { place: number; distance: number } | undefined;
  for (let place = MIN_CHARACTERS; place < characters.length; place++) {
    const distance = Math.abs(entropy(text.distributions[place] ?? []) - mean);
    if (chosen === undefined || distance < chosen.distance) chosen = { place, distance };
  }
  if (chosen === undefined) return undefined;
  return {
    before: characters.slice(0, chosen.place).join(''),
    next: tokens[chosen.place]!,
    distribution: text.distributions[chosen.place]!,
  };
}

/** Token values by probability, most probable first. */
function rank(distribution: readonly number[]): number[] {
  return distribution.map((_, i) => i).sort((i, j) => distribution[j]! - distribution[i]!);
}

/** Bars in the alphabet's order, the end last; of large alphabets the most probable characters and the sum of the others. */
export function bars(
  distribution: readonly number[],
  inspection: Inspection,
): { categories: string[]; values: number[] } {
  const { pad, cls } = specialTokens(inspection);
  const drawn = rank(distribution).filter((i) => i !== cls); // it never follows anything
  const kept = drawn.length > MAX_BARS ? drawn.slice(0, MAX_BARS - 1) : drawn;
  const order = kept.filter((i) => i !== pad).sort((a, b) => a - b);
  if (kept.includes(pad)) order.push(pad);
  const categories = order.map((i) => shownToken(inspection.tokens[i]!));
  const values = order.map((i) => distribution[i]!);
  if (kept.length < drawn.length) {
    categories.push('others');
    values.push(drawn.slice(kept.length).reduce((sum, i) => sum + distribution[i]!, 0));
  }
  return { categories, values };
}
