import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/runs/reader.js';
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
