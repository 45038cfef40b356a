import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LetterpressError } from '../errors.js';
import { ioError, isTemporaryName } from '../runs/atomic.js';
import { isStudy, STUDY_FILES } from './study-file.js';

/**
 * Makes a folder ready for a study: a new or empty one, one that holds a study, or one with nothing known in it but
 * `runs/`, whose runs are taken over where they match.
 *
 * @throws LetterpressError EXISTS when the folder is a file or holds other things; IO when the file system refuses
 */
export function prepareStudyFolder(folder: string): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new LetterpressError(
      'EXISTS',
      `expected a folder for the study, found a file: ${folder}`,
      'Choose another folder with --out.',
    );
  try {
    mkdirSync(folder, { recursive: true });
    const isEmpty = readdirSync(folder).every(isTemporaryName);
    if (!isEmpty && !isStudy(folder) && !existsSync(join(folder, STUDY_FILES.runs)))
      throw new LetterpressError(
        'EXISTS',
        `${folder} is not empty and does not hold a study`,
        'Choose another folder with --out, or empty this one yourself.',
      );
    mkdirSync(join(folder, STUDY_FILES.runs), { recursive: true });
  } catch (cause) {
    throw ioError('make the study', folder, cause);
  }
}
