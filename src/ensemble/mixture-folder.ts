/** The folder of a mixture: `mixture.json`, and the texts of the n-gram model. The runs stay where they are. */
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../corpus/fingerprint.js';
import { LetterpressError } from '../errors.js';
import { readBytes } from '../read-bytes.js';
import { checkArtifactFolder, isMixture, readArtifact, type ArtifactKind } from '../runs/artifact-folder.js';
import { lockChecked, type FolderLock } from '../runs/folder-lock.js';
import { RUN_FILES } from '../runs/layout.js';
import { readText, toJsonFile, writeRunFiles } from '../runs/run-file.js';
import { checkBeforeWriting } from '../runs/schema.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { MIXTURE_FILES, mixtureSchema, type MixtureFile } from './mixture-schema.js';

const MIX_AGAIN = 'Restore the folder from a copy, or mix again: letterpress mix (force).';

/**
 * Locks a folder for a new mixture.
 *
 * @throws LetterpressError EXISTS for a folder with anything in it but a mixture that may be replaced, IN_USE when
 *   another process writes it, IO when the file system refuses
 */
export function lockMixtureFolder(folder: string, force: boolean): FolderLock {
  const kind: ArtifactKind = {
    name: 'mixture',
    isThere: () => isMixture(folder) && !existsSync(join(folder, RUN_FILES.config)),
    isLeftover: (_, name) => name === MIXTURE_FILES.texts,
  };
  return lockChecked(folder, () => checkArtifactFolder(folder, kind, force));
}

/**
 * Writes a mixture; `mixture.json`, which makes it one, last.
 *
 * @param texts of the n-gram model, as the models read them: folded and truncated
 * @throws LetterpressError IO when the file system refuses
 */
export function writeMixture(folder: string, file: MixtureFile, texts: readonly string[] | undefined): void {
  const checked = checkBeforeWriting(mixtureSchema, file, MIXTURE_FILES.mixture);
  const mixture = [MIXTURE_FILES.mixture, toJsonFile(checked)] as const;
  if (texts === undefined) {
    writeRunFiles(folder, [mixture]);
    rmSync(join(folder, MIXTURE_FILES.texts), { force: true });
    return;
  }
  // JSON strings, as an alphabet may have a line break among its characters.
  const lines = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
  writeRunFiles(folder, [[MIXTURE_FILES.texts, lines], mixture]);
}

/** @throws LetterpressError BAD_RUN when the folder holds no mixture, or a damaged one */
export function readMixtureFile(folder: string): MixtureFile {
  const kind = { name: 'mixture', command: 'mix', fix: MIX_AGAIN };
  return readArtifact(folder, MIXTURE_FILES.mixture, mixtureSchema, kind);
}

/**
 * Tokens of the texts that a mixture's n-gram model is fitted on.
 *
 * @throws LetterpressError BAD_RUN when they are not those that the mixture was learned with
 */
export function readTrainingTexts(
  folder: string,
  expected: string,
  { characters }: Pick<Tokenizer, 'characters'>,
): Uint16Array[] {
  const path = join(folder, MIXTURE_FILES.texts);
  const damaged = (why: string, cause?: unknown): LetterpressError =>
    new LetterpressError('BAD_RUN', `${path} is damaged: ${why}`, MIX_AGAIN, { cause });
  let texts: string[];
  try {
    const lines = readText(path, MIX_AGAIN).split('\n').slice(0, -1);
    texts = lines.map((line) => String(JSON.parse(line)));
  } catch (cause) {
    if (cause instanceof LetterpressError) throw cause;
    throw damaged('expected a JSON string a line', cause);
  }
  if (textsFingerprint(texts) !== expected) throw damaged('its texts are not those that the mixture was learned with');
  // Straight from characters to tokens, as composing them again (which encoding does) could change them.
  const ids = new Map(characters.map((character, i) => [character, i + 1]));
  return texts.map((text) =>
    Uint16Array.from(Array.from(text), (character) => {
      const id = ids.get(character);
      if (id === undefined) throw damaged(`${JSON.stringify(character)} is not in the alphabet`);
      return id;
    }),
  );
}

/** SHA-256 (hex) of an n-gram model's texts. */
export function textsFingerprint(texts: readonly string[]): string {
  return fingerprint({ splits: { train: texts, val: [], test: [] } });
}

/** SHA-256 (hex) of a run's weights. Throws IO when there are none. */
export function weightsFingerprint(run: string): string {
  return createHash('sha256')
    .update(readBytes(join(run, RUN_FILES.weights)))
    .digest('hex');
}
