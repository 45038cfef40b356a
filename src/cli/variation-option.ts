import { LetterpressError } from '../errors.js';
import { parseVariation, type SearchSpace } from '../tune/search-space.js';

/**
 * Collects `--vary` options. For commander's `option()`.
 *
 * @throws LetterpressError BAD_OPTION for one that cannot be read, or a path that is varied twice
 */
export function variationOption(text: string, before: SearchSpace = {}): SearchSpace {
  const [path, variation] = parseVariation(text);
  if (Object.hasOwn(before, path)) {
    throw new LetterpressError('BAD_OPTION', `--vary ${path} was given twice`, 'Name all its values at once.');
  }
  return { ...before, [path]: variation };
}
