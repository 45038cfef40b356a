import { LetterpressError } from '../errors.js';
import { STUDY_SIZES, type StudyOptions, type StudySize } from '../study/study-options.js';
import { choice, positiveInteger, type OptionParser } from './options.js';

/**
 * Epochs of all sizes (`30`), of some (`10m=20`), or both (`30,10m=20`).
 *
 * @example epochsBySize('--epochs')('30,10m=20'); // { '87k': 30, '557k': 30, '5m': 30, '10m': 20 }
 */
export function epochsBySize(option: string): OptionParser<StudyOptions['epochs']> {
  const count = positiveInteger(option);
  const size = choice(option, STUDY_SIZES);
  return (text) => {
    const parts = text.split(',').map((part) => part.trim().split(/\s*=\s*/));
    const forAll = parts.filter((part) => part.length === 1);
    const forOne = parts.filter((part) => part.length === 2);
    const named = forOne.map(([name = '', value = '']): [StudySize, number] => [size(name), count(value)]);
    const isClear = forAll.length <= 1 && new Map(named).size === named.length;
    if (!isClear || forAll.length + forOne.length < parts.length)
      throw new LetterpressError(
        'BAD_OPTION',
        `${option} expects a number, numbers of some sizes, or both, each size once, such as 30,10m=20, not '${text}'`,
        `Give ${option} a value that fits, or leave it out.`,
      );
    const all = forAll.flatMap(([value = '']) => STUDY_SIZES.map((name) => [name, count(value)] as const));
    return Object.fromEntries([...all, ...named]);
  };
}
