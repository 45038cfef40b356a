import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtModule } from '../support/test-build.js';

/** Runs the command line in this Node.js, which says that it is another one. */
function runAs(version: string) {
  const lie = `Object.defineProperty(process.versions, 'node', { value: '${version}' });
    Object.defineProperty(process, 'version', { value: 'v${version}' });`;
  const preload = `data:text/javascript,${encodeURIComponent(lie)}`;
  const main = builtModule('cli');
  return spawnSync(process.execPath, ['--import', preload, main, '--version'], { encoding: 'utf8' });
}

describe('the command line', () => {
  it.each(['18.20.4', '20.11.1', '16.0.0'])('says which Node.js it needs, on %s', (version) => {
    const { status, stdout, stderr } = runAs(version);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`needs Node.js 20.12 or later, this is v${version}`);
  });

  it.each(['20.12.0', '22.1.0', '24.0.0', '26.0.0'])('runs on %s', (version) => {
    expect(runAs(version)).toMatchObject({ status: 0, stderr: '' });
  });

  it.skipIf(process.platform === 'win32')('says so where it may not open as many files as it has', () => {
    // Enough for Node.js itself, of which newer versions open fewer files, and too few for the program.
    const limited = ['-c', 'ulimit -n 22; exec "$0" "$1" --version', process.execPath, builtModule('cli')];
    const { status, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^error: .*too many open files\n.*ulimit -n.*\n$/)]);
  });

  it('needs what package.json says', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    expect(engines.node).toBe('>=20.12');
  });

  it('imports nothing before it knows the version', () => {
    expect(readFileSync(builtModule('cli'), 'utf8')).not.toMatch(/^\s*import\s(?![^;]*'node:module';)/m);
  });
});
