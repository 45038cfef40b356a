import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { LetterpressError } from '../errors.js';
import { formatBytes } from '../format.js';
import { sizeOf } from './cache.js';
import { PassingFailure, type Asked, type HubClient } from './request.js';

/**
 * Downloads a file to `blob`. Its beginning is kept as `blob.incomplete` whatever happens, and continued by the next
 * call. The blob appears once its length and its hash are those of the listing.
 *
 * @param onBytes bytes so far, those of an earlier call included
 * @throws LetterpressError IO when the Hub cannot be reached, the disk is full or what comes is not what was listed
 */
export async function downloadBlob(
  client: HubClient,
  url: string,
  { size, hash }: { readonly size: number; readonly hash: string },
  asked: Asked,
  blob: string,
  onBytes: (done: number) => void,
): Promise<void> {
  const incomplete = `${blob}.incomplete`;
  makeFolder(dirname(blob));
  await checkSpace(blob, size - ((await sizeOf(incomplete)) ?? 0));
  let done = 0;
  const report = (bytes: number) => onBytes((done = bytes));
  for (const isLast of [false, true]) {
    // A beginning of an earlier call may be damaged: then everything is asked for again, once.
    await client.retry(
      () => append(client, url, size, asked, incomplete, report),
      () => done,
    );
    const found = await hashOf(incomplete, size, hash);
    if (found === hash) break;
    await rm(incomplete, { force: true });
    if (isLast)
      throw new LetterpressError(
        'IO',
        `${asked.path} of ${asked.name} arrived damaged: expected the hash ${hash}, got ${found}`,
        'Nothing of it is kept. Try again; if it stays, something between you and the Hub changes the file.',
      );
  }
  await rename(incomplete, blob);
}

/** Asks for what is missing, and appends it. */
async function append(
  client: HubClient,
  url: string,
  size: number,
  asked: Asked,
  incomplete: string,
  onBytes: (done: number) => void,
): Promise<void> {
  const file = await open(incomplete, 'a');
  try {
    let from = (await file.stat()).size;
    if (from > size) await file.truncate((from = 0));
    onBytes(from);
    if (from === size) return;
    const answer = await client.get(url, asked, from === 0 ? {} : { range: `bytes=${from}-` });
    try {
      const { status, headers, body } = answer;
      const first = status === 206 ? Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1]) : 0;
      if (status === 416 || (first !== from && first !== 0)) {
        await file.truncate(0);
        throw new PassingFailure(`the server has no bytes from ${from} on`);
      }
      if (first !== from) await file.truncate((from = 0));
      const length = headers.get('content-length');
      if (length !== null && !headers.has('content-encoding') && from + Number(length) !== size)
        throw wrongLength(asked, size, from + Number(length));
      for await (const part of body) {
        if (from + part.length > size) throw wrongLength(asked, size, from + part.length);
        for (let at = 0; at < part.length;) at += (await file.write(part, at)).bytesWritten;
        onBytes((from += part.length));
      }
    } finally {
      await answer.cancel();
    }
    if (from < size) throw new PassingFailure(`the connection was cut after ${from} of ${size} bytes of ${asked.path}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function wrongLength({ path, name }: Asked, size: number, came: number): PassingFailure {
  return new PassingFailure(`expected ${size} bytes of ${path} of ${name}, got ${came}`);
}

/** A full disk is better known before an hour of downloading. */
async function checkSpace(path: string, bytes: number): Promise<void> {
  const disk = await statfs(dirname(path)).catch(() => undefined);
  if (disk === undefined || disk.bavail * disk.bsize >= bytes) return;
  throw new LetterpressError(
    'IO',
    `${formatBytes(bytes)} are to be downloaded, but the disk of ${dirname(path)} has ` +
      `${formatBytes(disk.bavail * disk.bsize)} left`,
    'Free some space, or keep the cache on another disk (HF_HUB_CACHE).',
  );
}

/** Whether a file is as it was listed: a disk may have changed it since it was downloaded. */
export async function hasHash(path: string, size: number, hash: string): Promise<boolean> {
  return (await hashOf(path, size, hash)) === hash;
}

/** SHA-256 of a file, or its SHA-1 as a blob of Git, whichever `like` is. */
async function hashOf(path: string, size: number, like: string): Promise<string> {
  const isGit = like.length === 40;
  const hash = createHash(isGit ? 'sha1' : 'sha256');
  if (isGit) hash.update(`blob ${size}\0`);
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}
