import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { runCli } from '../../src/cli/run.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { builtModule } from '../support/test-build.js';
import { Capture } from './capture.js';
import { SHAPE } from './workplace.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
const backend = chooseBackend().backend.info.name;

/** A real process that trains, once it has said what. */
async function training(...options: string[]) {
  const out = folder();
  const child = spawn(process.execPath, [builtModule('cli'), 'train', '--out', out, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  let stdout = '';
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      if (stdout.includes('total')) resolve(); // the last line of the model's summary
    });
  });
  return { out, child, ended, stderr: () => stderr };
}

it('Ctrl-C ends a process that trains once the step in progress is saved', async () => {
  const texts = ['--limit', '64', '--batch', '16', '--epochs', '99999'];
  const { out, child, ended, stderr } = await training('--backend', backend, ...SHAPE, ...texts);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(stderr()).toMatch(/^\ninterrupted in epoch \d+; nothing is lost.*\n {2}letterpress train --resume .*\n$/);
  expect(readRun(out).loadCheckpoint()).toBeDefined();
});

it('a process without a terminal, as nohup starts it, trains on when one is closed', async () => {
  const texts = ['--limit', '64', '--batch', '16', '--epochs', '99999'];
  const { child, ended } = await training('--backend', backend, ...SHAPE, ...texts);
  child.kill('SIGHUP');
  await once(child.stdout, 'data'); // the line of another epoch
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
});

it('a closed terminal does the same as Ctrl-C, though the system and the shell both tell', async () => {
  const out = folder();
  const [stdout, stderr] = [new Capture(), new Capture()];
  let hangUp = (): void => undefined;
  stdout._write = (chunk: string, _encoding, done) => {
    if (/^ {4}1 /.test(chunk)) hangUp(); // at the line of the first epoch
    done();
  };
  const onInterrupt = (listener: (signal: 'SIGHUP') => void) => {
    hangUp = () => [1, 2].forEach(() => listener('SIGHUP'));
    return () => undefined;
  };
  const options = [...SHAPE, '--limit', '64', '--batch', '16', '--epochs', '9999', '--out', out];
  expect(await runCli(['train', ...options], { stdout, stderr, stdin: Readable.from([]), onInterrupt })).toBe(129);
  expect(readRun(out).loadCheckpoint()).toBeDefined();
});

it('a terminal that takes no more lines is a closed one', async () => {
  const out = folder();
  const [stdout, stderr] = [new Capture(), new Capture()];
  const gone = Object.assign(new Error('write EIO'), { code: 'EIO', syscall: 'write' });
  stdout._write = (chunk: string, _encoding, done) => done(/^ {4}1 /.test(chunk) ? gone : undefined);
  const options = [...SHAPE, '--limit', '64', '--batch', '16', '--epochs', '9999', '--out', out];
  const streams = { stdout, stderr, stdin: Readable.from([]), isTTY: true };
  expect(await runCli(['train', ...options], streams)).toBe(129);
  expect(readRun(out).loadCheckpoint()).toBeDefined();
});

it('a second Ctrl-C ends it at once, in the middle of a step', async () => {
  // Half a minute a step.
  const { out, child, ended, stderr } = await training('--backend', 'portable', '--preset', '5m');
  await sleep(2000); // until the first step has begun: before it there would be nothing to wait for
  child.kill('SIGINT');
  await sleep(300);
  expect(child.exitCode).toBeNull();
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(stderr().replace(/^.* also in the training set.*\n( {2}.*\n)*/m, '')).toBe('');
  expect(existsSync(join(out, RUN_FILES.checkpoint))).toBe(false);
});

it('on a terminal, the bar is there from the start, and Ctrl-C is answered before the step ends', async () => {
  const out = folder();
  const [stdout, stderr] = [new Capture(), new Capture()];
  const atInterrupt: string[] = [];
  const onInterrupt = (listener: () => void) => {
    stdout._write = (chunk: string, _encoding, done) => {
      if (/^ {4}1 /.test(chunk)) {
        listener(); // at the line of the first epoch
        atInterrupt.push(stderr.text);
      }
      done();
    };
    return () => undefined;
  };
  const options = [...SHAPE, '--limit', '64', '--batch', '16', '--epochs', '3', '--out', out];
  const streams = { stdout, stderr, stdin: Readable.from([]), isTTY: true, onInterrupt };
  expect(await runCli(['train', ...options], streams)).toBe(130);
  expect(stderr.text).toContain('0/4 steps');
  expect(atInterrupt[0]).toMatch(/stopping: .* press Ctrl-C again to\s+stop at once without saving\n/);
  expect(stderr.text).toContain('interrupted in epoch 2; nothing is lost');
  expect(stderr.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stderr.text.lastIndexOf('\u001b[?25l'));
});
