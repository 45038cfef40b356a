import type { Inspection } from '../../../runs/analysis-schema.js';
import type { Block } from '../../../render/document.js';
import { formula, left, paragraph, right, section, table } from '../../writing/blocks.js';
import { decimal, nats, percent } from '../../writing/numbers.js';
import { code, prose } from '../../writing/prose.js';
import { shownToken, specialTokens, tokensOf, type Subject } from './subject.js';

/** Why the loss compares the outputs at positions 0 … T − 2 with the tokens at 1 … T − 1, on a real text. */
export function explainSlicing({ name, shape: { contextLength }, inspection }: Subject): Block[] {
  const last = contextLength - 1;
  const blocks: Block[] = [
    section('slicing', 'Why the slicing'),
    paragraph(
      prose`One pass through the model gives a distribution at every position, and all of them are trained at once. The output at position
        $t$ has seen the tokens up to and including $t$, so the token that it has to predict is the next one, at $t + 1$. That is what the
        slicing does, with positions counted from 0: outputs without the last, ${code('[:, :-1]')}, against tokens without the first, ${code('[1:]')}.`,
    ),
    formula(
      String.raw`\mathrm{NLL}(x) = -\sum_{t=0}^{${last - 1}} \ln p_{t}(x_{t+1})`,
      `The NLL is the sum over positions 0 to ${last - 1} of minus the logarithm of the probability that the output at position t gives to the token at t plus 1.`,
    ),
    paragraph(
      prose`So the outputs at positions 0 to ${last - 1} are scored with the tokens 1 to ${last}: the first character is predicted from
        ${code('cls')} alone, and the output at the last position has nothing left to predict. Without the shift, the model would have
        to name the token that it has just read. Copying it would bring the NLL to 0, and nothing would be learned about what
        follows what. The causal mask is the other half: without it, attention could look up the answer one position to the right. Both together make
        each factor depend on earlier tokens only, so that the product is a probability.`,
    ),
  ];
  const [text] = inspection?.texts ?? [];
  if (inspection !== undefined && text !== undefined) blocks.push(slicedText(name, last, inspection, text));
  return blocks;
}

function slicedText(name: string, last: number, inspection: Inspection, text: Inspection['texts'][number]): Block {
  const { pad, cls } = specialTokens(inspection);
  const characters = tokensOf(text.text, inspection);
  const inputs = [cls, ...characters];
  const targets = [...characters, pad].slice(0, last); // a text that fills the context length has no end
  const shown = targets.map((target, position) => {
    const distribution = text.distributions[position]!;
    const probability = distribution[target]!;
    const best = distribution.indexOf(Math.max(...distribution));
    return { position, target, probability, best };
  });
  const sum = shown.reduce((total, { probability }) => total - Math.log(probability), 0);
  const right1 = shown.filter(({ best, target }) => best === target).length;
  const rest = last - shown.length;
  const name1 = (token: number) => shownToken(inspection.tokens[token]!);
  return table(
    prose`The test text ${code(text.text)} as ${name} reads it. Each row is a position: what goes in, and what has to come out. The last
      column adds up to ${nats(sum)} nats, ${
        Math.abs(sum - text.nll) < 0.01
          ? 'the NLL of the text'
          : `and the ${rest} pads that follow add ${nats(text.nll - sum)}, which is the text’s NLL, ${nats(text.nll)}`
      }. The most probable token is the right one at ${right1} of these ${shown.length} positions${
        rest > 0 ? `; the other ${rest} of the context length are pads` : ''
      }.`,
    [
      right('position'),
      left('input'),
      left('target'),
      right('p(target)'),
      left('most probable'),
      right('−ln p (nats)'),
    ],
    shown.map(({ position, target, probability, best }) => [
      String(position),
      name1(inputs[position]!),
      name1(target),
      percent(probability),
      name1(best),
      decimal(-Math.log(probability), 2),
    ]),
  );
}
