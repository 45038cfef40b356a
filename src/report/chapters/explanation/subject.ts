import type { Inspection } from '../../../runs/analysis-schema.js';
import type { ModelConfig } from '../../../nn/config.js';

/** The model that explanations take their examples from. */
export interface Subject {
  /** E.g. `557k, seed 0`. */
  readonly name: string;
  readonly shape: ModelConfig;
  /** What it does with a few texts; without it there are explanations, but no examples. */
  readonly inspection: Inspection | undefined;
  /** Whether anything may be concluded from it: not where it was trained for a few steps only. */
  readonly conclusive: boolean;
}

/** One text that a model was looked at with. */
export type InspectedText = Inspection['texts'][number];

/**
 * A token as a figure or table shows it: a space cannot be seen, and the first pad is the end of the text. The signs are of those
 * that every font has.
 */
export function shownToken(name: string): string {
  if (name === ' ') return '_';
  return name === 'pad' ? 'end' : name;
}

/** What stands in the note below figures that have a visible space. */
export const SHOWN_TOKENS = '_ is the space, “end” the first pad';

/** The characters of a text as token values, without `cls` and the end. */
export function tokensOf(text: string, { tokens }: Inspection): number[] {
  return Array.from(text, (character) => tokens.indexOf(character));
}

/** The place of `pad`, which ends a text, and of `cls`, which begins it. */
export function specialTokens({ tokens }: Inspection): { readonly pad: number; readonly cls: number } {
  return { pad: tokens.indexOf('pad'), cls: tokens.indexOf('cls') };
}
