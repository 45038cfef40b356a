import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderLock } from '../../src/runs/folder-lock.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import type { Change } from '../../src/studio/api.js';
import { FolderWatch } from '../../src/studio/changes.js';
import { metricsLine } from '../runs/fixtures.js';
import { writeRun } from './serve.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();

let root: string;
let run: string;
let lock: FolderLock;
let watch: FolderWatch;
let stop: () => void;
const changes: Change[] = [];

const row = () => watch.list().runs[0]!;
const addEpoch = (epoch: number): void =>
  appendFileSync(join(run, RUN_FILES.metrics), `${JSON.stringify({ ...metricsLine(epoch), valNll: 40 - epoch })}\n`);

beforeEach(() => {
  root = folder();
  run = writeRun(join(root, 'runs', 'news'));
  rmSync(join(run, RUN_FILES.results));
  lock = FolderLock.acquire(run);
  watch = new FolderWatch(root);
  changes.length = 0;
  stop = watch.listen((change) => changes.push(change));
});

afterEach(() => {
  stop();
  lock.release();
});

describe('a folder that is watched', () => {
  it('says soon that a run that is trained has grown, and of no other', async () => {
    writeRun(join(root, 'runs', 'old'));
    await expect.poll(() => changes.length).toBeGreaterThan(0); // the first look tells the list
    await new Promise((resolve) => setTimeout(resolve, 600));
    changes.length = 0;
    addEpoch(3);
    await expect.poll(() => changes.flatMap(({ runs }) => runs), { interval: 20 }).toEqual(['runs/news']);
  });

  it('says when a training has ended, though nothing was written', async () => {
    await expect.poll(() => changes.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 600));
    changes.length = 0;
    lock.release();
    await expect.poll(() => changes.some(({ runs }) => runs.includes('runs/news')), { timeout: 5000 }).toBe(true);
    expect(row().state).toBe('interrupted');
  });

  it('has the figures of the epochs so far, also after a resumed run has written them again', () => {
    expect(row()).toMatchObject({ state: 'training', epochs: 3 });
    addEpoch(3);
    expect(row()).toMatchObject({ epochs: 4, bestValNll: 37 });
    const path = join(run, RUN_FILES.metrics);
    writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]!.replace('"epoch":0', '"epoch":0, "x":1')}\n`);
    expect(row()).toMatchObject({ epochs: 1 });
  });

  it('names the line of the metrics that is damaged', () => {
    expect(row().state).toBe('training');
    appendFileSync(join(run, RUN_FILES.metrics), 'not JSON\n');
    expect(row()).toMatchObject({ state: 'damaged', problem: expect.stringContaining('metrics.jsonl') as string });
  });
});
