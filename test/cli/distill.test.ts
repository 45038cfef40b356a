import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/runs/reader.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace();

describe('distill', () => {
  it('writes a distillation set, and train learns from it', async () => {
    const distillationSet = place.at('distillationSet');
    const out = await good('distill', place.run, '--texts', '80', '--out', distillationSet);
    expect(out).toMatch(/^80 texts of [\d,]+ characters by /);
    expect(await bad('distill', place.run, '--texts', '9', '--out', distillationSet)).toContain('--force');
    const again = JSON.parse(
      await good('distill', place.run, '--texts', '80', '--out', distillationSet, '--force', '--json'),
    ) as object;
    const run = place.at('student');
    const options = [
      '--epochs',
      '2',
      '--limit',
      '64',
      '--distillation-set',
      distillationSet,
      '--set',
      'training.distillationSet.fraction=0.8',
    ];
    await good('train', ...SHAPE, ...options, '--out', run);
    const { config, metrics } = readRun(run);
    expect(config.training).toMatchObject({ distillationSet: { fraction: 0.8, softTargetWeight: 1 } });
    expect(config.distillationSet).toEqual({
      path: distillationSet,
      fingerprint: (again as { fingerprint: string }).fingerprint,
    });
    // 64 texts and four times as many of the distillation set's, 64 a step.
    expect(metrics.map(({ step }) => step)).toEqual([5, 10]);
  });

  it('refuses teachers and sets that are not there, and folders in use', async () => {
    expect(await bad('distill', place.at('none'))).toContain('none');
    expect(await bad('distill', place.run, '--texts', '3', '--out', place.news)).toContain('--out');
    expect(await bad('train', ...SHAPE, '--distillation-set', place.at('none'), '--out', place.at('x'))).toContain(
      place.at('none'),
    );
    expect(
      await bad(
        'train',
        ...SHAPE,
        '--set',
        'training.distillationSet={"fraction":0.5,"softTargetWeight":1}',
        '--out',
        place.at('y'),
      ),
    ).toMatch(/distillationSet \(--distillation-set\)|\(--distillation-set\)/);
    expect(await bad('train', '--resume', place.run, '--distillation-set', join(place.run, 'l'))).toContain(
      '--distillation-set',
    );
  });
});
