/** Models, mixtures and baselines as rows of one table, so that every NLL stands beside others to compare it with. */
import type { BaselineFacts, GroupFacts, MixtureFacts } from '../facts/types.js';
import { left, right } from '../writing/blocks.js';
import { withSpread } from '../writing/group-text.js';
import { decimal, nats, three, top1, UNKNOWN, whole } from '../writing/numbers.js';

/** One row, ready to be printed. */
export interface MeasuredRow {
  readonly name: string;
  readonly group?: GroupFacts;
  readonly parameters: string;
  readonly valNll: string;
  readonly testNll: string;
  readonly bits: string;
  readonly perplexity: string;
  readonly accuracy: string;
  readonly testTop1: string;
}

export function measuredGroup(group: GroupFacts): MeasuredRow {
  const { name, parameters, figures, comparable } = group;
  return {
    name: comparable ? name : `${name} *`,
    group,
    parameters: parameters === undefined ? UNKNOWN : whole(parameters),
    valNll: withSpread(figures.bestValNll, 2),
    testNll: withSpread(figures.testNll, 2),
    bits: withSpread(figures.bitsPerCharacter, 3),
    perplexity: withSpread(figures.perplexityPerCharacter, 2),
    accuracy: withSpread(figures.testAccuracy, 3),
    testTop1: withSpread(figures.testTop1, 4),
  };
}

export function measuredMixture({ name, parameters, ...mixture }: MixtureFacts): MeasuredRow {
  return { ...numbers(mixture), name, parameters: whole(parameters) };
}

export function measuredBaseline({ label, ...baseline }: BaselineFacts): MeasuredRow {
  return { ...numbers(baseline), name: label };
}

function numbers(
  figures: Pick<
    MixtureFacts,
    'valNll' | 'testNll' | 'testTop1' | 'testAccuracy' | 'bitsPerCharacter' | 'perplexityPerCharacter'
  >,
): Omit<MeasuredRow, 'name'> {
  return {
    parameters: '',
    valNll: nats(figures.valNll),
    testNll: nats(figures.testNll),
    bits: three(figures.bitsPerCharacter),
    perplexity: decimal(figures.perplexityPerCharacter, 2),
    accuracy: three(figures.testAccuracy),
    testTop1: top1(figures.testTop1),
  };
}

export const MEASURED = {
  model: left('model', ({ name }: MeasuredRow) => name),
  parameters: right('parameters', ({ parameters }: MeasuredRow) => parameters),
  valNll: right('validation NLL (nats per text)', ({ valNll }: MeasuredRow) => valNll),
  testNll: right('test NLL (nats per text)', ({ testNll }: MeasuredRow) => testNll),
  bits: right('bits per character', ({ bits }: MeasuredRow) => bits),
  perplexity: right('perplexity per character', ({ perplexity }: MeasuredRow) => perplexity),
  accuracy: right('test accuracy', ({ accuracy }: MeasuredRow) => accuracy),
  testTop1: right('test top-1', ({ testTop1 }: MeasuredRow) => testTop1),
};
