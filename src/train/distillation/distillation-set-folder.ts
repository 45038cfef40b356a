/** A distillation set's folder: what the teacher wrote and expected, and a JSON file that describes it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { predictedPositions } from '../../tokenizer/special-tokens.js';
import { LetterpressError } from '../../errors.js';
import { readBytes } from '../../read-bytes.js';
import { count } from '../../number-schemas.js';
import { checkArtifactFolder, newArtifact, readArtifact } from '../../runs/artifact-folder.js';
import { firstDifference } from '../../runs/compare-configs.js';
import { lockChecked, type FolderLock } from '../../runs/folder-lock.js';
import { toJsonFile, writeRunFiles } from '../../runs/run-file.js';
import { decodeSafetensors, encodeSafetensors, type DtypeArrays, type TensorData } from '../../runs/safetensors.js';
import { artifactFields } from '../../runs/schema.js';
import { asRunError } from '../../model/load-model.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { DistillationSet } from './distillation-set.js';

export const DISTILLATION_SET_FILES = {
  distillationSet: 'distillation-set.json',
  data: 'distillation-set.safetensors',
} as const;

/** Schema of `distillation-set.json`; docs/distillation.md says the same in words. */
export const distillationSetSchema = z.object({
  ...artifactFields,
  /** The run or mixture that wrote it, as the user named it. */
  teacher: z.string(),
  seed: count,
  temperature: z.number().positive(),
  texts: count,
  characters: count,
  /** Tokens a text may have, cls included. */
  contextLength: count,
  /** Owned by the tokenizer. */
  tokenizer: z.record(z.string(), z.unknown()),
  /** SHA-256 of `distillation-set.safetensors`. */
  fingerprint: z.string(),
});

export type DistillationSetFile = z.infer<typeof distillationSetSchema>;

/** Writes a distillation set; the JSON file last, which makes it one. Throws `IO` when the file system refuses. */
export function writeDistillationSet(
  folder: string,
  about: Omit<DistillationSetFile, keyof typeof artifactFields | 'fingerprint'>,
  distillationSet: DistillationSet,
): DistillationSetFile {
  const { texts, places, outcomes, expected } = distillationSet;
  const characters = new Uint16Array(texts.reduce((sum, { length }) => sum + length, 0));
  const lengths = Int32Array.from(texts, ({ length }) => length);
  let at = 0;
  for (const text of texts) {
    characters.set(text, at);
    at += text.length;
  }
  const tensors = new Map<string, TensorData>([
    ['characters', { dtype: 'U16', shape: [characters.length], data: characters }],
    ['lengths', { dtype: 'I32', shape: [lengths.length], data: lengths }],
    ['expected', { dtype: 'U16', shape: [places.at(-1)!, outcomes], data: expected }],
  ]);
  const bytes = encodeSafetensors(tensors);
  const file: DistillationSetFile = { ...newArtifact(), ...about, fingerprint: hashOf(bytes) };
  writeRunFiles(folder, [
    [DISTILLATION_SET_FILES.data, bytes],
    [DISTILLATION_SET_FILES.distillationSet, toJsonFile(file)],
  ]);
  return file;
}

/**
 * Locks a folder for a new distillation set.
 *
 * @throws LetterpressError EXISTS for a folder with anything in it but a distillation set that may be replaced, IN_USE
 *   when another process writes it
 */
export function lockDistillationSetFolder(folder: string, force: boolean): FolderLock {
  const isLeftover = (_: string, name: string) => name === DISTILLATION_SET_FILES.data;
  const kind = { name: 'distillation set', isThere: isDistillationSet, isLeftover };
  return lockChecked(folder, () => checkArtifactFolder(folder, kind, force));
}

export function isDistillationSet(folder: string): boolean {
  return existsSync(join(folder, DISTILLATION_SET_FILES.distillationSet));
}

/**
 * @throws LetterpressError BAD_RUN when the folder holds none, or a damaged one
 */
export function readDistillationSet(folder: string): {
  readonly file: DistillationSetFile;
  readonly distillationSet: DistillationSet;
} {
  const fix = 'Restore it from a copy, or have the distillation set written again.';
  const kind = { name: 'distillation set', command: 'distill', fix };
  const file = readArtifact(folder, DISTILLATION_SET_FILES.distillationSet, distillationSetSchema, kind);
  const data = join(folder, DISTILLATION_SET_FILES.data);
  const bytes = readBytes(data);
  if (hashOf(bytes) !== file.fingerprint) {
    throw new LetterpressError(
      'BAD_RUN',
      `${data} is damaged: its fingerprint differs from that in ${DISTILLATION_SET_FILES.distillationSet}`,
      fix,
    );
  }
  const { tensors } = decodeSafetensors(bytes, data);
  const characters = tensorOf(tensors, 'characters', 'U16', data);
  const lengths = tensorOf(tensors, 'lengths', 'I32', data);
  const expected = tensorOf(tensors, 'expected', 'U16', data);
  const texts: Uint16Array[] = [];
  const places = new Int32Array(lengths.length + 1);
  let at = 0;
  lengths.forEach((length, i) => {
    texts.push(characters.subarray(at, at + length));
    at += length;
    places[i + 1] = places[i]! + predictedPositions({ length }, file.contextLength);
  });
  const { characters: alphabet } = asRunError(
    () => Tokenizer.fromJSON(file.tokenizer),
    DISTILLATION_SET_FILES.distillationSet,
    fix,
  );
  const positions = places.at(-1)!;
  const [there] = tensors.get('expected')!.shape;
  const counts = { texts: texts.length, characters: characters.length, 'positions (by contextLength)': there };
  const difference = firstDifference(counts, { ...file, 'positions (by contextLength)': positions });
  if (difference !== undefined)
    throw new LetterpressError(
      'BAD_RUN',
      `${join(folder, DISTILLATION_SET_FILES.distillationSet)}: expected ${String(difference.expected)} ` +
        `${difference.path} as in ${DISTILLATION_SET_FILES.data}, got ${String(difference.found)}`,
      fix,
    );
  const outcomes = expected.length / positions;
  return { file, distillationSet: { characters: alphabet, texts, places, outcomes, expected } };
}

function tensorOf<D extends 'U16' | 'I32'>(
  tensors: ReadonlyMap<string, TensorData>,
  name: string,
  dtype: D,
  path: string,
): DtypeArrays[D] {
  const tensor = tensors.get(name);
  if (tensor?.dtype === dtype) return tensor.data as DtypeArrays[D];
  throw new LetterpressError(
    'BAD_RUN',
    `${path} has no ${dtype} tensor called ${name}`,
    'Have the distillation set written again.',
  );
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
