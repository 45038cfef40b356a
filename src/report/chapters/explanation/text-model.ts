import type { Block } from '../../../render/document.js';
import { formula, paragraph, section } from '../../writing/blocks.js';
import { prose } from '../../writing/prose.js';
import type { Subject } from './subject.js';

/** What the model is a model of: the probability of a text, as a product over its characters. */
export function explainTextModel({ shape: { vocabulary, contextLength } }: Subject): Block[] {
  return [
    section('text-model', 'The probability of a text'),
    paragraph(
      prose`A text is a sequence of tokens $x_1, x_2, \dots, x_T$. A token is one of $V = ${vocabulary}$ values:
        ${vocabulary - 2} characters (the space is one of them), _cls_, which stands before every text, and _pad_, which fills the
        context length of ${contextLength} tokens behind it. The first pad is the end of the text. Any distribution over such sequences, whatever it
        is, can be written as a product of simpler ones: the first token, then each token given all those before it.`,
    ),
    formula(
      String.raw`p(x_1, \dots, x_T) = \prod_{t=1}^{T} p(x_t \mid x_1, \dots, x_{t-1})`,
      'The probability of a text is the product, over its tokens, of the probability of each token given all tokens before it.',
    ),
    paragraph(
      prose`The model is a function for these factors: from the tokens so far it computes one number $z_i$ (a _logit_) for each
        token value, and the softmax turns the logits into probabilities. The same weights do this at every position. A model of this
        kind is called _autoregressive_: what it predicts next depends on what stands before.`,
    ),
    formula(
      String.raw`p_i = \frac{e^{z_i}}{\sum_{j=1}^{V} e^{z_j}}`,
      'The probability of token value i is e to the power of its logit, over the sum of that for all token values.',
    ),
    paragraph(
      prose`Training lowers the _negative log-likelihood_ (NLL) of the training texts. It is what the text would cost in an ideal code,
        in nats; divided by $\ln 2$ it is in bits:`,
    ),
    formula(
      String.raw`\mathrm{NLL}(x) = -\ln p(x) = -\sum_{t=1}^{T} \ln p(x_t \mid x_1, \dots, x_{t-1})`,
      'The NLL of a text is minus the logarithm of its probability: the sum, over its tokens, of minus the logarithm of the probability that the model gave to the token.',
    ),
    paragraph(
      prose`An NLL of 0 would be a text that is certain. Long texts have higher NLLs than short ones, so there are also figures per character:
        _bits per character_, and the _perplexity per character_, which is $e$ to the power of the NLL per character: a model with perplexity 4 is as
        unsure, on average, as if it had to choose among 4 characters that are equally likely. The end of the text is predicted too and counts
        as a character here. _Top-1_ asks less: in which share of the ${contextLength - 1} predicted positions was the right token the most probable
        one? Positions after the end of a text are easy, and count.`,
    ),
  ];
}
