import fs, { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeFolder } from '../../src/make-folder.js';
import { ioError } from '../../src/io-error.js';
import { isTemporaryName } from '../../src/temporary-file.js';
import {
  appendJsonLine,
  parseJsonLines,
  replaceFile,
  writeFileAtomic,
  writeFilesAtomic,
} from '../../src/runs/atomic.js';
import { errorOf } from './fixtures.js';
import { temporaryFolders } from '../support/temporary-folders.js';

/** Makes one call of the file system fail until {@link mendDisk}, as a full disk would. */
function failing(call: 'writeSync' | 'fsyncSync' | 'renameSync', code: string): void {
  const write = fs.writeSync as (descriptor: number, bytes: Uint8Array, from: number, length: number) => number;
  vi.spyOn(fs, call).mockImplementation((...args: unknown[]) => {
    // Half of it gets through, then the disk is full.
    const [descriptor, bytes, from, length] = args as Parameters<typeof write>;
    if (call === 'writeSync') write(descriptor, bytes, from, Math.ceil(length / 2));
    throw Object.assign(new Error(code), { code });
  });
  syncBuiltinESMExports();
}

function mendDisk(): void {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
}

const newFolder = temporaryFolders();
afterEach(mendDisk);

it('keeps files that belong together whole when the last of them does not fit', () => {
  const folder = newFolder();
  const [a, b] = [join(folder, 'a.txt'), join(folder, 'b.txt')];
  const both = (data: string) => writeFilesAtomic([a, b].map((path) => ({ path, data })));
  both('old');
  const sync = fs.fsyncSync;
  let calls = 0;
  vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    if (++calls === 2) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    sync(descriptor);
  });
  syncBuiltinESMExports();
  expect(errorOf(() => both('new')).message).toMatch(/b\.txt: the disk is full/);
  mendDisk();
  expect([a, b].map((path) => readFileSync(path, 'utf8'))).toEqual(['old', 'old']);
  expect(readdirSync(folder)).toEqual(['a.txt', 'b.txt']);
  both('new');
  expect([a, b].map((path) => readFileSync(path, 'utf8'))).toEqual(['new', 'new']);
});

describe('writeFileAtomic', () => {
  it('creates and replaces files, and leaves nothing else', () => {
    const path = join(newFolder(), 'a.txt');
    writeFileAtomic(path, 'één');
    expect(readFileSync(path, 'utf8')).toBe('één');
    writeFileAtomic(path, Uint8Array.of(1, 2, 3));
    expect(Array.from(readFileSync(path))).toEqual([1, 2, 3]);
    expect(readdirSync(join(path, '..'))).toEqual(['a.txt']);
  });

  it.each(['x', '紙'])('writes files whose names are as long as a disk allows: of %s', (character) => {
    const folder = newFolder();
    const name = character.repeat(255 / Buffer.byteLength(character));
    writeFileAtomic(join(folder, name), 'long');
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.each(['writeSync', 'fsyncSync', 'renameSync'] as const)('keeps the old file whole when %s fails', (call) => {
    const folder = newFolder();
    const path = join(folder, 'a.txt');
    writeFileAtomic(path, 'old');
    failing(call, 'ENOSPC');
    const error = errorOf(() => {
      writeFileAtomic(path, 'new and longer');
    });
    expect(error.code).toBe('IO');
    expect(error.message).toContain(path);
    expect(error.message).toContain('disk is full');
    expect(error.fix).toContain('Free some space');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('says what to do when the folder is missing, is a file, or may not be written to', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'sub'));
    const at = (path: string) => errorOf(() => writeFileAtomic(join(folder, path), 'x'));
    expect(at('none/a').message).toMatch(/does not exist/);
    expect(at('file/a').message).toMatch(/is a file, not a folder/);
    expect(at('sub').message).toMatch(/it is a folder/);
    const refused = ioError('write', 'x', Object.assign(new Error(), { code: 'EACCES' }));
    expect([refused.code, refused.exitCode]).toEqual(['IO', 2]);
    expect(`${refused.message} ${refused.fix}`).toMatch(/permission denied.*another folder/);
    expect(readdirSync(folder).sort()).toEqual(['file', 'sub']);
  });
});

describe('replaceFile', () => {
  const renameAfter = (refusals: number, code: string) => {
    let calls = 0;
    const rename = () => {
      if (++calls <= refusals) throw Object.assign(new Error(code), { code });
    };
    return { rename, calls: () => calls };
  };

  it.each(['EPERM', 'EACCES', 'EBUSY'])('tries again when Windows refuses for a moment with %s', (code) => {
    const { rename, calls } = renameAfter(3, code);
    replaceFile('a', 'b', rename, 'win32');
    expect(calls()).toBe(4);
  });

  it.each([
    ['EACCES', 'linux'],
    ['ENOENT', 'win32'],
  ])('throws at once what does not pass: %s on %s', (code, platform) => {
    const { rename, calls } = renameAfter(1, code);
    expect(() => replaceFile('a', 'b', rename, platform)).toThrow(code);
    expect(calls()).toBe(1);
  });
});

describe('makeFolder', () => {
  it('makes a folder and those above it, and says which was the first', () => {
    const folder = newFolder();
    expect(makeFolder(join(folder, 'a', 'b'))).toBe(join(folder, 'a'));
    expect(makeFolder(join(folder, 'a', 'b'))).toBeUndefined();
  });

  it.runIf(existsSync('/proc/self'))('ends where the system has no such folder and makes none', () => {
    expect(() => makeFolder('/proc/none/inner')).toThrow('ENOENT');
  });
});

describe('JSON Lines', () => {
  const damaged = (line: number): never => {
    throw new Error(`line ${line}`);
  };

  it('are appended one by one', () => {
    const path = join(newFolder(), 'm.jsonl');
    appendJsonLine(path, '{"a":1}');
    appendJsonLine(path, '{"a":2}');
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"a":2}\n');
  });

  it('survive a cut at any byte: the reader and the next append see only whole lines', () => {
    const path = join(newFolder(), 'm.jsonl');
    const lines = ['{"a":1}', '{"text":"é\\n"}', '{"b":{"c":[1,2]}}'];
    const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    for (let cut = 0; cut <= whole.length; cut++) {
      writeFileSync(path, whole.subarray(0, cut));
      // Lines whose closing brace got through count, with or without their line feed.
      let end = 0;
      const kept = lines.filter((line) => (end += Buffer.byteLength(line) + 1) <= cut + 1);
      expect(parseJsonLines(readFileSync(path, 'utf8'), damaged)).toEqual(
        kept.map((line) => JSON.parse(line) as unknown),
      );
      appendJsonLine(path, '{"next":true}');
      expect(readFileSync(path, 'utf8')).toBe([...kept, '{"next":true}', ''].join('\n'));
    }
  });

  it('keep the earlier lines when the disk is full, and continue when there is space again', () => {
    const path = join(newFolder(), 'm.jsonl');
    appendJsonLine(path, '{"a":1}');
    failing('writeSync', 'ENOSPC');
    expect(errorOf(() => appendJsonLine(path, '{"a":2}')).message).toMatch(/cannot append to .*disk is full/);
    expect(parseJsonLines(readFileSync(path, 'utf8'), damaged)).toEqual([{ a: 1 }]);
    mendDisk();
    appendJsonLine(path, '{"a":3}');
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"a":3}\n');
  });

  it('report damage that is not at the end', () => {
    expect(() => parseJsonLines('{"a":1}\n{"a":\n{"a":3}\n', damaged)).toThrow('line 2');
    expect(() => parseJsonLines('{"a":1}\n{"a"\n', damaged)).toThrow('line 2');
  });

  it('refuse what is not one object on one line', () => {
    const path = join(newFolder(), 'm.jsonl');
    for (const json of ['1', '[1]', '{"a":\n1}'])
      expect(errorOf(() => appendJsonLine(path, json)).code).toBe('INTERNAL');
    expect(existsSync(path)).toBe(false);
  });
});

it('tells temporary names from others', () => {
  fc.assert(fc.property(fc.string(), (name) => !isTemporaryName(`${name}.txt`)));
  expect(isTemporaryName('.config.json.12-0-3.letterpress-tmp')).toBe(true);
  expect(isTemporaryName('notes.letterpress-tmp')).toBe(false);
});
