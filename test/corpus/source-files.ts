import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect } from 'vitest';
import { loadCorpus, type CorpusSpec } from '../../src/corpus/sources/load-corpus.js';
import { readTexts, type FileOptions } from '../../src/corpus/sources/read-file.js';
import { LetterpressError } from '../../src/errors.js';
import { temporaryFolders } from '../support/temporary-folders.js';

/** A folder that every test has to itself, and how to fill it. */
export function sourceFiles(): {
  readonly folder: string;
  put(name: string, content: string | Uint8Array): Promise<string>;
} {
  const newFolder = temporaryFolders();
  let folder = '';
  beforeEach(() => {
    folder = newFolder();
  });
  return {
    get folder() {
      return folder;
    },
    async put(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
  };
}

/** The error that loading a corpus fails with, which must say what to do. */
export function loadingError(spec: CorpusSpec): Promise<LetterpressError> {
  return errorOf(loadCorpus(spec));
}

/** The error that reading a file fails with, which must say what to do. */
export function readingError(path: string, options?: FileOptions): Promise<LetterpressError> {
  return errorOf(readTexts(path, options));
}

async function errorOf(promise: Promise<unknown>): Promise<LetterpressError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LetterpressError) {
      expect(error.fix).not.toBe('');
      return error;
    }
    throw error;
  }
  throw new Error('expected an error');
}
