import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';

const make = () => mkdtempSync(join(tmpdir(), 'letterpress-test-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** A function that makes empty folders, all of which are removed after each test. */
export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => made.splice(0).forEach(remove));
  return () => {
    const folder = make();
    made.push(folder);
    return folder;
  };
}

/** An empty folder for all tests of a file, removed after them. */
export function fileFolder(): string {
  const folder = make();
  afterAll(() => remove(folder));
  return folder;
}
