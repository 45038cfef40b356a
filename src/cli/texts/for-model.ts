import type { RunConfig } from '../../runs/schema.js';
import { sourceName } from '../../corpus/sources/file-errors.js';
import { LetterpressError } from '../../errors.js';
import type { TextModel } from '../../model/text-model.js';
import { encodeSplitSteps, type EncodedSplit } from '../../tokenizer/encode-split.js';
import type { CliContext } from '../context.js';
import { withProgress } from '../terminal/progress.js';
import { cleanSplits } from './clean-splits.js';
import { readAll, type AllOptions } from './prepare.js';
import type { DataOptions } from './types.js';

/**
 * Texts for a model that there is, in their order, and as the model gets them: cleaned as its own texts were, unless
 * the options say otherwise.
 *
 * @param from a file, or the texts themselves
 */
export async function textsForModel(
  from: string | readonly string[],
  options: AllOptions & Pick<DataOptions, 'clean'>,
  { cleaning }: Pick<RunConfig['corpus'], 'cleaning'>,
  context: CliContext,
): Promise<{ readonly texts: readonly string[]; readonly cleaned: readonly string[] }> {
  const texts = typeof from === 'string' ? await readAll(from, options, context) : from;
  const mode = options.clean ?? cleaning;
  const none = { val: [], test: [] };
  const cleaned = mode === 'none' ? texts : (await cleanSplits({ train: texts, ...none }, mode, context)).train;
  if (cleaned.some((text) => text.trim() !== '')) return { texts, cleaned };
  const source = typeof from === 'string' ? sourceName(from) : 'them';
  throw new LetterpressError(
    'BAD_INPUT',
    `expected texts with words in them; cleaning left nothing of ${source}`,
    'Check that the right file or column was read, or keep the texts as they are (clean none).',
  );
}

/** Texts as a model reads them. */
export function encodeFor(
  { tokenizer, maxCharacters }: Pick<TextModel, 'tokenizer' | 'maxCharacters'>,
  texts: readonly string[],
  context: CliContext,
): Promise<EncodedSplit> {
  const stage = { label: 'encoding', unit: 'texts', total: texts.length };
  return withProgress(encodeSplitSteps(texts, tokenizer, { maxCharacters }), (done) => ({ ...stage, done }), context);
}
