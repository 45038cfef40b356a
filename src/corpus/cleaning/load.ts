import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LetterpressError } from '../../errors.js';
import { packageFile } from '../../package-file.js';
import type { NounLexicon } from './noun-lemmas.js';
import { parseNounLexicon } from './noun-lemmas.js';
import type { PunktModel } from './punkt-model.js';
import { parsePunktModel } from './punkt-model.js';

function readData(name: string): string {
  const path = fileURLToPath(packageFile(`data/${name}`));
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LetterpressError(
      'IO',
      `expected the cleaning data at ${path}, but it cannot be read`,
      'Install Letterpress again, or do without cleaning (clean none).',
      { cause },
    );
  }
}

/** Loads Punkt's English model. Throws `IO` if the package's data is missing. */
export function loadPunktModel(): PunktModel {
  return parsePunktModel(readData('punkt-english.txt'));
}

/** Loads WordNet's nouns. Throws `IO` if the package's data is missing. */
export function loadNounLexicon(): NounLexicon {
  return parseNounLexicon(readData('wordnet-nouns.txt'), readData('wordnet-noun-exceptions.txt'));
}
