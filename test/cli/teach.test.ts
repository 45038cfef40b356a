import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/runs/reader.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace();

describe('teach', () => {
  it('writes a lesson, and train learns from it', async () => {
    const lesson = place.at('lesson');
    const out = await good('teach', place.run, '--texts', '80', '--out', lesson);
    expect(out).toMatch(/^80 texts of [\d,]+ letters by /);
    expect(await bad('teach', place.run, '--texts', '9', '--out', lesson)).toContain(
      'holds a lesson already',
    );
    const again = JSON.parse(
      await good('teach', place.run, '--texts', '80', '--out', lesson, '--force', '--json'),
    ) as object;
    const run = place.at('student');
    const options = [
      '--epochs',
      '2',
      '--limit',
      '64',
      '--lesson',
      lesson,
      '--set',
      'training.lesson.share=0.8',
    ];
    await good('train', ...SHAPE, ...options, '--out', run);
    const { config, metrics } = readRun(run);
    expect(config.training).toMatchObject({ lesson: { share: 0.8, weight: 1 } });
    expect(config.lesson).toEqual({
      path: lesson,
      fingerprint: (again as { fingerprint: string }).fingerprint,
    });
    // 64 texts and four times as many of the lesson's, 64 a step.
    expect(metrics.map(({ step }) => step)).toEqual([5, 10]);
  });

  it('says what is wrong', async () => {
    expect(await bad('teach', place.at('none'))).toContain('none');
    expect(await bad('teach', place.run, '--texts', '3', '--out', place.news)).toContain('is not empty');
    expect(await bad('train', ...SHAPE, '--lesson', place.at('none'), '--out', place.at('x'))).toContain(
      'no lesson at',
    );
    expect(
      await bad(
        'train',
        ...SHAPE,
        '--set',
        'training.lesson={"share":0.5,"weight":1}',
        '--out',
        place.at('y'),
      ),
    ).toContain('there is none');
    expect(await bad('train', '--resume', place.run, '--lesson', join(place.run, 'l'))).toContain(
      '--lesson was given too',
    );
  });
});
