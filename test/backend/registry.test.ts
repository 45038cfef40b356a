import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { chooseFromBuilds } from '../../src/backend/registry.js';
import { defaultThreads } from '../../src/backend/threads.js';
import type { Backend } from '../../src/backend/types.js';
import type { LetterpressError } from '../../src/errors.js';
import { nativeInstructionSets, withVariables } from '../support/backends.js';
import { errorOf } from '../support/error-of.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const CLEAN = {
  LETTERPRESS_BACKEND: undefined,
  LETTERPRESS_ISA: undefined,
  LETTERPRESS_THREADS: undefined,
  LETTERPRESS_PRECISION: undefined,
};

type Options = Parameters<typeof chooseFromBuilds>[0];

function choose(options: Options, variables: Record<string, string> = {}) {
  return withVariables({ ...CLEAN, ...variables }, () => chooseFromBuilds(options));
}

const failure = (options: Options, variables: Record<string, string> = {}) => errorOf(() => choose(options, variables));

function expectError(error: LetterpressError, code: string, message = '', fix = ''): void {
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
  expect(error.fix).toContain(fix);
}

const sets = nativeInstructionSets();

describe('chooseBackend', () => {
  it('takes the portable backend by option or variable, the option first', () => {
    const info = { name: 'portable', instructionSet: 'javascript', threads: 1, precision: 'f32' };
    expect(choose({ choice: 'portable' }).backend.info).toEqual(info);
    expect(choose({}, { LETTERPRESS_BACKEND: 'portable' })).toMatchObject({
      backend: { info: { name: 'portable' } },
      reason: 'LETTERPRESS_BACKEND says so',
    });
    // The option wins over the variable.
    expect(choose({ choice: 'portable' }, { LETTERPRESS_BACKEND: 'nonsense' }).reason).toBe('asked for');
  });

  it.each([
    [{ choice: 'gpu' }, {}],
    [{ choice: '' }, {}],
    [{}, { LETTERPRESS_BACKEND: 'gpu' }],
  ])('throws for an unknown backend: %j %j', (options, variables) => {
    expectError(failure(options, variables), 'BAD_OPTION', 'auto, native, wasm, portable', 'LETTERPRESS_BACKEND');
  });

  it.each(['0', '-1', '1.5', 'many', '257', 'Infinity'])('throws for LETTERPRESS_THREADS=%s', (threads) => {
    const error = failure({}, { LETTERPRESS_THREADS: threads });
    expectError(error, 'BAD_OPTION', `'${threads}'`);
    expect(error.message).toContain('LETTERPRESS_THREADS');
  });

  it.each([0, -1, 1.5, 257, NaN])('throws for %d threads', (threads) => {
    expect(failure({ threads }).code).toBe('BAD_OPTION');
  });

  it('throws for unknown precisions, and for bf16 where the portable backend would run', () => {
    expectError(failure({ precision: 'fp16' }), 'BAD_OPTION', 'f32, bf16');
    for (const error of [
      failure({ choice: 'portable', precision: 'bf16' }),
      failure({ precision: 'bf16' }, { LETTERPRESS_BACKEND: 'portable' }),
    ])
      expectError(error, 'BAD_OPTION', 'only the native and the wasm backend compute in bf16', 'LETTERPRESS_BACKEND');
    expect(choose({ choice: 'portable', precision: 'f32' }).backend.info.precision).toBe('f32');
  });

  it('reads LETTERPRESS_THREADS, and uses at least one thread without it', () => {
    const threads = (value: string | undefined) =>
      withVariables({ LETTERPRESS_THREADS: value }, () => defaultThreads());
    expect(threads('3')).toBe(3);
    expect(threads('')).toBe(threads(undefined));
    expect(threads(undefined)).toBeGreaterThanOrEqual(1);
  });
});

describe.runIf(sets.length > 0)('chooseBackend with a native build', () => {
  it('takes the native backend with the best instruction set by default', () => {
    const { backend, reason, missing } = choose({ threads: 2 });
    expect(backend.info).toEqual({ name: 'native', instructionSet: sets[0], threads: 2, precision: 'f32' });
    expect(reason).toBe('the fastest one here');
    expect(missing).toEqual([]);
    expect(choose({ choice: 'native' }, { LETTERPRESS_THREADS: '3' }).backend.info.threads).toBe(3);
  });

  it('takes the instruction set of LETTERPRESS_ISA', () => {
    for (const set of sets) {
      expect(choose({}, { LETTERPRESS_ISA: set }).backend.info.instructionSet).toBe(set);
    }
    // `wide` exists in test builds only, and must never be chosen by itself: it comes after the baseline.
    expect(sets.filter((set) => set !== 'wide').at(-1)).toBe('baseline');
    expect(sets[0]).not.toBe('wide');
  });

  it('takes, as precision auto, what LETTERPRESS_PRECISION says, or what the processor multiplies faster', () => {
    const auto = (variables: Record<string, string>) => choose({ precision: 'auto' }, variables).backend.info.precision;
    const amd = cpus()[0]!.model.includes('AMD');
    for (const set of sets) {
      const fast = set === 'amx' || (set === 'avx512bf16' && amd);
      expect(auto({ LETTERPRESS_ISA: set }), set).toBe(fast ? 'bf16' : 'f32');
      expect(auto({ LETTERPRESS_ISA: set, LETTERPRESS_PRECISION: 'bf16' }), set).toBe('bf16');
    }
    for (const backend of ['wasm', 'portable']) expect(auto({ LETTERPRESS_BACKEND: backend }), backend).toBe('f32');
    expect(choose({}, { LETTERPRESS_PRECISION: 'bf16' }).backend.info.precision).toBe('f32');
    expectError(
      failure({ precision: 'auto' }, { LETTERPRESS_PRECISION: 'fp16' }),
      'BAD_OPTION',
      "auto, f32, bf16), got 'fp16'",
      'LETTERPRESS_PRECISION',
    );
  });

  it('lets each backend compute in its own precision', () => {
    const [bf16, f32] = [choose({ precision: 'bf16' }).backend, choose({}).backend];
    expect([bf16.info.precision, f32.info.precision]).toEqual(['bf16', 'f32']);
    // 1 + 2^-9 is a float32, but rounds to 1 as a bfloat16.
    const product = (backend: Backend) => {
      const out = new Float32Array(1);
      const [x, weight] = [Float32Array.of(1 + 2 ** -9), Float32Array.of(1)];
      backend.linear({ rows: 1, inputs: 1, outputs: 1, x, weight, bias: undefined, out });
      return out[0];
    };
    expect([product(bf16), product(f32), product(bf16)]).toEqual([1, 1 + 2 ** -9, 1]);
  });

  it('throws for an instruction set that is not available, and names those that are', () => {
    const error = failure({}, { LETTERPRESS_ISA: 'avx1024' });
    expectError(error, 'BAD_OPTION', sets.join(', '));
    expect(error.message).toContain('avx1024');
    // Nobody looks at it when it does not matter.
    expect(choose({ choice: 'portable' }, { LETTERPRESS_ISA: 'avx1024' }).backend.info.name).toBe('portable');
  });
});

describe('chooseBackend without a native build', () => {
  const newFolder = temporaryFolders();
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });

  const nativeBuild = () => pathToFileURL(`${folder}/`);
  const none = () => ({ nativeBuild: nativeBuild(), wasmBuild: nativeBuild() });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  it('falls back to the wasm backend, in any precision, and says why and what to do', () => {
    for (const precision of ['f32', 'bf16']) {
      const { backend, missing } = choose({ nativeBuild: nativeBuild(), threads: 3, precision });
      expect(backend.info).toEqual({ name: 'wasm', instructionSet: 'simd128', threads: 3, precision });
      expect(missing.map(({ name }) => name)).toEqual(['native']);
      expect(missing[0]!.why).toContain('not built');
      expect(missing[0]!.remedy).toContain('npx letterpress build-native');
    }
  });

  it('falls back to the portable backend without wasm, and says why and what to do', () => {
    const { backend, missing } = choose(none());
    expect(backend.info.name).toBe('portable');
    expect(missing.map(({ name }) => name)).toEqual(['native', 'wasm']);
    expect(missing[1]!.why).toContain('letterpress.wasm');
    expectError(failure({ precision: 'bf16', ...none() }), 'BAD_OPTION', '', 'Install a C++ compiler');
    expectError(failure({ choice: 'wasm', ...none() }), 'NO_BACKEND', 'letterpress.wasm', '');
  });

  it('takes the wasm backend when it is asked for', () => {
    expect(choose({ choice: 'wasm', threads: 2 })).toMatchObject({
      backend: { info: { name: 'wasm', threads: 2 } },
      reason: 'asked for',
    });
    expect(choose({}, { LETTERPRESS_BACKEND: 'wasm' }).backend.info.name).toBe('wasm');
    expect(failure({ choice: 'wasm', threads: 257 }).code).toBe('BAD_OPTION');
  });

  it('throws when the native backend is asked for', () => {
    const error = failure({ choice: 'native', nativeBuild: nativeBuild() });
    expectError(error, 'NO_BACKEND', 'it was not built', 'npx letterpress build-native');
    expect(failure({ nativeBuild: nativeBuild() }, { LETTERPRESS_BACKEND: 'native' }).code).toBe('NO_BACKEND');
  });

  const addon = 'not a shared library';
  const sha256 = createHash('sha256').update(addon).digest('hex');

  it.each([
    ['of another kind', addon, { sha256 }, 'letterpress.node cannot be loaded'],
    ['that is cut off', addon.slice(0, 9), { sha256 }, 'letterpress.node is damaged'],
    ['without a record', addon, {}, 'letterpress.node has no record of its build'],
  ])('does not load an addon %s, and says how to build it again', (_, content, record, why) => {
    write('letterpress.node', content);
    write('build.json', JSON.stringify(record));
    const error = failure({ choice: 'native', nativeBuild: nativeBuild() });
    expectError(error, 'NO_BACKEND', why, 'Build it again');
    expect(choose({ nativeBuild: nativeBuild() }).backend.info.name).toBe('wasm');
  });
});
