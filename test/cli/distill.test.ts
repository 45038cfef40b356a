import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/runs/reader.js';
import type { RunConfig } from '../../src/runs/schema.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');

describe('distill', () => {
  it('writes a distillation set, and train learns from it', async () => {
    const distillationSet = place.at('distillationSet');
    const distill = ['distill', place.run, '--out', distillationSet, '--texts'];
    expect(await good(...distill, '80')).toMatch(/^80 texts of [\d,]+ characters by /);
    expect(await bad(...distill, '9')).toContain('--force');
    const again = JSON.parse(await good(...distill, '80', '--force', '--json')) as { fingerprint: string };
    const run = place.at('student');
    const set = ['--distillation-set', distillationSet, '--set', 'training.distillationSet.fraction=0.8'];
    const training = ['train', ...SHAPE, '--epochs', '2', '--limit', '64', ...set];
    await good(...training, '--out', run);
    const { config, metrics } = readRun(run);
    expect(config.training).toMatchObject({ distillationSet: { fraction: 0.8, softTargetWeight: 1 } });
    expect(config.distillationSet).toEqual({ path: distillationSet, fingerprint: again.fingerprint });
    // 64 texts and four times as many of the distillation set's, 64 a step.
    expect(metrics.map(({ step }) => step)).toEqual([5, 10]);
    expect(JSON.parse(await good(...training, '--dry-run', '--json'))).toMatchObject({ stepsPerEpoch: 5, epochs: 2 });
  });

  it("goes on to a command that runs as it is, on the teacher's own texts", async () => {
    const titles = place.file(
      "it's titles.csv",
      'id,the title\n1,a few words\n2,other words\n3,the last ones\n'.repeat(9),
    );
    const teacher = place.at('teacher of titles');
    const texts = ['--data', titles, '--column', 'the title'];
    await good('train', ...SHAPE, ...texts, '--epochs', '1', '--out', teacher);
    for (const run of [teacher, place.run]) {
      const said = await good('distill', run, '-n', '5', '--out', `${run} distilled`);
      const [, words = ''] = /^Next: letterpress (.*)$/m.exec(said) ?? [];
      const argv = execFileSync('bash', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' })
        .split('\0')
        .slice(0, -1);
      const out = `${run} student`;
      await good(...argv, ...SHAPE, '--limit', '12', '--epochs', '1', '--out', out);
      const textsOf = ({ path, columns, kind }: RunConfig['corpus']) => ({ path, columns, kind });
      expect(textsOf(readRun(out).config.corpus)).toEqual(textsOf(readRun(run).config.corpus));
    }
  });

  it('refuses teachers and sets that are not there, and folders in use', async () => {
    expect(await bad('distill', place.at('none'))).toContain('none');
    expect(await bad('distill', place.run, '--texts', '3', '--out', place.news)).toContain('--out');
    const train = (...options: string[]) => bad('train', ...SHAPE, ...options, '--out', place.at('never'));
    for (const dry of [[], ['--dry-run']])
      expect(await train('--distillation-set', place.at('none'), ...dry)).toContain(place.at('none'));
    const without = await train('--set', 'training.distillationSet={"fraction":0.5,"softTargetWeight":1}');
    expect(without).toContain('(--distillation-set)');
    const resumed = await bad('train', '--resume', place.run, '--distillation-set', join(place.run, 'l'));
    expect(resumed).toContain('--distillation-set');
  });
});
