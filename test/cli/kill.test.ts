import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { builtModule } from '../support/test-build.js';

const script = fileURLToPath(new URL('../../bench/kill-test.mjs', import.meta.url));

const MAX_MILLISECONDS = 240_000; // dozens of processes, each as slow as the machine is busy

it.each(['modern', 'distill'])(
  'writes the same bytes when it is killed and resumed (%s)',
  (kind) => {
    const options = ['--kinds', kind, '--kills', '3', '--backend', chooseBackend().backend.info.name];
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...options, '--cli', builtModule('cli')], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/came to their end, all the same bytes/);
  },
  MAX_MILLISECONDS,
);
