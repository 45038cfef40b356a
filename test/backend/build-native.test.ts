import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();

/** A compiler that writes what it was told into the file after `-o`, and fails when FAIL is set. */
const COMPILER = `
for argument; do [ "$last" = -o ] && out="$argument"; last="$argument"; done
[ "$last" = --version ] && { echo "fake 1.0"; exit; }
[ -n "$out" ] || exit 0
echo "$out" >> "$(dirname "$0")/calls"
[ -z "$FAIL" ] || { echo half > "$out"; echo "it does not compile" >&2; exit 1; }
echo "$*" > "$out"
`;

function makeBuild() {
  const home = folder();
  writeFileSync(join(home, 'compiler.sh'), COMPILER);
  const out = join(home, 'é and a space');
  const build = (variables: Record<string, string> = {}, ...args: string[]) => {
    writeFileSync(join(home, 'calls'), '');
    const env = { ...process.env, CXX: `sh ${join(home, 'compiler.sh')}`, ...variables };
    const command = ['scripts/build-native.mjs', '--out', out, ...args];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env });
    return { status, stderr, calls: readFileSync(join(home, 'calls'), 'utf8').split('\n').length - 1 };
  };
  return { out, build, addon: () => readFileSync(join(out, 'letterpress.node'), 'utf8') };
}

describe('the build of the native backend', () => {
  it('compiles every part once, with progress, and nothing when nothing has changed', () => {
    const { out, build, addon } = makeBuild();
    const first = build();
    expect(first).toMatchObject({ status: 0 });
    expect(first.stderr).toMatch(/compiled kernels-baseline for \S+ \(\d+ of \d+\)/);
    expect(addon()).toContain('kernels-baseline');
    expect(readdirSync(out).sort()).toEqual(['build.json', 'letterpress.node', 'objects']);
    expect(build()).toEqual({ status: 0, stderr: '', calls: 0 });
    expect(build({}, '--force').calls).toBe(first.calls);
  });

  it('only links again when the addon is damaged', () => {
    const { out, build, addon } = makeBuild();
    build();
    const whole = addon();
    writeFileSync(join(out, 'letterpress.node'), whole.slice(0, 9));
    expect(build()).toMatchObject({ status: 0, calls: 1 });
    expect(addon().replace(/-o .*/s, '')).toBe(whole.replace(/-o .*/s, ''));
  });

  it('keeps a working addon and its record when a build fails, and leaves no half files', () => {
    const { out, build, addon } = makeBuild();
    build();
    const before = [addon(), readFileSync(join(out, 'build.json'), 'utf8')];
    const { status, stderr } = build({ FAIL: '1' }, '--force');
    expect(status).toBe(1);
    expect(stderr).toContain('it does not compile');
    expect(stderr).toContain('letterpress build-native');
    expect([addon(), readFileSync(join(out, 'build.json'), 'utf8')]).toEqual(before);
    expect(
      readdirSync(out)
        .concat(readdirSync(join(out, 'objects', process.arch)))
        .join(' '),
    ).not.toContain('.new');
  });

  it('is a note, not an error, in the installation of a clone without a compiler', () => {
    const { out, build } = makeBuild();
    const { status, stderr } = build({ CXX: 'no-such-compiler -O2' }, '--if-possible');
    expect(status).toBe(0);
    expect(stderr).toContain('no C++ compiler found (looked for no-such-compiler -O2)');
    expect(existsSync(join(out, 'letterpress.node'))).toBe(false);
  });
});
