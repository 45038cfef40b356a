import { codeOf, ioError } from '../io-error.js';
import { LetterpressError } from '../errors.js';

/** A built-in module of Node.js, by a name that bundlers for browsers cannot know and so leave alone. */
async function builtIn<T>(name: string): Promise<T> {
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${name}`)) as T;
}

interface Paths {
  readonly basename: (path: string) => string;
  readonly dirname: (path: string) => string;
}

interface FileSystem {
  readonly existsSync: (path: string) => boolean;
  readonly promises: Files;
}

interface Files {
  readonly readdir: (path: string) => Promise<string[]>;
  readonly mkdir: (path: string) => Promise<unknown>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly rm: (path: string, options: { force: true }) => Promise<void>;
  readonly writeFile: (path: string, bytes: Uint8Array, options: { flush: true }) => Promise<void>;
}

/** What a run's own weights are called. */
export const RUN_WEIGHTS = 'model.safetensors';

/** Files so far, for their temporary names, which are as in temporary-file.ts. */
let saved = 0;

/** What of a page is used. */
interface Page {
  createElement(name: 'a'): { href: string; download: string; click(): void };
}

/**
 * Writes a file: in Node.js to the disk, under a temporary name first, so that it is never half a file; in a page as a
 * download.
 *
 * @throws LetterpressError IO when the file system refuses, BAD_OPTION where there are no files
 */
export async function saveFile(path: string, bytes: Uint8Array): Promise<void> {
  const { document, process } = globalThis as { document?: Page; process?: { pid: number; versions?: object } };
  if (process?.versions && 'node' in process.versions) {
    const { existsSync, promises: files } = await builtIn<FileSystem>('fs');
    const { basename, dirname } = await builtIn<Paths>('path');
    const folder = dirname(path);
    const temporary = `${folder}/.save.${process.pid}-0-${saved++}.letterpress-tmp`;
    try {
      // As makeFolder, which no bundle for pages may have.
      const missing: string[] = [];
      for (let at = folder; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
      for (const at of missing)
        await files.mkdir(at).catch((error: unknown) => {
          if (codeOf(error) !== 'EEXIST') throw error;
        });
      if (basename(path) === RUN_WEIGHTS && (await files.readdir(folder)).includes('config.json'))
        throw new LetterpressError(
          'EXISTS',
          `${folder} is a run or an exported model, whose weights are its own`,
          'Choose another folder.',
        );
      await files.writeFile(temporary, bytes, { flush: true });
      await files.rename(temporary, path);
    } catch (cause) {
      await files.rm(temporary, { force: true }).catch(() => undefined); // the first error is the one that helps
      throw ioError('write', path, cause);
    }
  } else if (document) {
    const href = URL.createObjectURL(new Blob([bytes.slice()]));
    Object.assign(document.createElement('a'), { href, download: path.replace(/.*\//, '') }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000); // by then a browser has taken what it saves
  } else {
    throw new LetterpressError(
      'BAD_OPTION',
      'expected Node.js or a page to save a model in',
      'Send the bytes to the page (model.toBytes).',
    );
  }
}
