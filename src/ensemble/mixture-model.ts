import { LetterpressError } from '../errors.js';
import { TextModel } from '../model/text-model.js';
import type { CharacterSource } from '../model/generate.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { TextScores } from '../model/evaluate.js';
import { mixtureSource, scoreMixings, type Ensemble } from './ensemble.js';
import type { Mixing } from './mix.js';

/**
 * A mixture of models, character by character: a distribution over the same padded sequences as each of them (after the first pad, pads are
 * certain), so that their NLLs compare. Scores and samples as one transformer does.
 *
 * @example
 * const { mixture } = mixModels({ models: [model], splits });
 * mixture.evaluate(splits.test).nll; // nats per text
 * mixture.sample({ count: 3 });
 */
export class MixtureModel extends TextModel {
  /**
   * @param mixing with the weights of each bucket of the ensemble's gate
   * @throws LetterpressError BAD_OPTION when there are not as many weights as buckets and members
   */
  constructor(
    readonly ensemble: Ensemble,
    readonly mixing: Mixing,
    readonly tokenizer: Tokenizer,
  ) {
    super();
    const { members, gate } = ensemble;
    const { weights } = mixing;
    if (weights.length === gate.buckets && weights.every((each) => each.length === members.length)) return;
    throw new LetterpressError(
      'BAD_OPTION',
      `expected ${gate.buckets} sets of ${members.length} weights, got ${weights.length} of ${[...new Set(weights.map((each) => each.length))].join(', ')}`,
      'Learn the weights for these models.',
    );
  }

  get maxCharacters(): number {
    return this.ensemble.shape.contextLength - 1;
  }

  *scoreSteps(encoded: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    const [scores] = yield* scoreMixings(this.ensemble, [this.mixing], encoded);
    return scores!;
  }

  characterSource(): CharacterSource {
    return mixtureSource(this.ensemble, this.mixing);
  }
}
