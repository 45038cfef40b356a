import type { Inspection } from '../runs/analysis-schema.js';
import { Tape } from '../tensor/tape.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { finish } from '../generators.js';
import { attentionWeights } from '../model/attention-weights.js';
import type { LanguageModel } from '../model/language-model.js';
import { predictNext } from '../model/predict.js';
import { nextTokenDistribution } from '../model/strategy.js';

/** A text to look at closely. */
export interface TextToInspect {
  readonly split: Inspection['texts'][number]['split'];
  /** Its characters as tokens, cut to the window. */
  readonly tokens: ArrayLike<number>;
}

/** Significant digits of what is looked at, not reckoned with: five for probabilities, four for everything else. */
const DIGITS = 4;
/** Smaller attention weights are written as 0: no figure could show them. */
const MIN_WEIGHT = 1e-6;

/**
 * Looks at what a model does with some texts: what it expects at each position, and what each head of each block attends
 * to. Numbers are rounded, since this is to be drawn: see {@link Inspection}.
 *
 * @example inspectModel(model, [{ split: 'test', tokens: model.tokenizer.encode('mayor opens bridge') }]);
 */
export function inspectModel(model: LanguageModel, texts: readonly TextToInspect[]): Inspection {
  const { transformer, tokenizer, backend } = model;
  const { vocabulary, dModel } = transformer.config;
  const tape = new Tape(backend);
  const { nll } = finish(model.scoreSteps(texts.map(({ tokens }) => tokens)));
  const characters = transformer.parameters.tensor('embedding.weight').data; // [vocabulary, dModel]
  return {
    tokens: tokenNames(tokenizer),
    embedding: Array.from({ length: vocabulary }, (_, v) =>
      Array.from(characters.subarray(v * dModel, (v + 1) * dModel), (x) => round(x)),
    ),
    texts: texts.map(({ split, tokens }, i) => {
      const attention: number[][][][] = [];
      const { batch, logits } = predictNext(transformer, tape, [tokens], (view) => {
        attention[view.block] = attentionWeights(view).map((head) => head.map((row) => row.map(roundWeight)));
      });
      return {
        split,
        text: tokenizer.decode(tokens),
        nll: nll[i]!,
        distributions: Array.from(batch.tokens, (_, row) =>
          Array.from(nextTokenDistribution(logits, row * vocabulary, vocabulary, 1), (p) => round(p, 5)),
        ),
        attention,
      };
    }),
  };
}

/** A name for each token value: `pad`, the characters, `cls`. */
function tokenNames({ characters }: Tokenizer): string[] {
  return ['pad', ...characters, 'cls'];
}

function roundWeight(weight: number): number {
  return weight < MIN_WEIGHT ? 0 : round(weight);
}

function round(x: number, digits = DIGITS): number {
  return Number(x.toPrecision(digits));
}
