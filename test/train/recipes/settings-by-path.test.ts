import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPaths, settingAt, settingPaths, withSettings } from '../../../src/train/recipes/settings-by-path.js';
import { errorOf } from '../../runs/fixtures.js';

const settings = { model: { dModel: 48, dropout: { attention: 0 } }, training: { clip: null, epochs: 3 } };

describe('settings by path', () => {
  it('replaces values and whole objects, in a copy', () => {
    const changed = withSettings(settings, { 'model.dropout.attention': 0.5, 'training.clip': { norm: 1 } });
    expect(changed).toEqual({
      model: { dModel: 48, dropout: { attention: 0.5 } },
      training: { clip: { norm: 1 }, epochs: 3 },
    });
    expect(settings.model.dropout.attention).toBe(0);
  });

  it('lists paths, and finds their values', () => {
    expect(settingPaths(settings)).toEqual([
      'model.dModel',
      'model.dropout.attention',
      'training.clip',
      'training.epochs',
    ]);
    expect(settingAt(settings, 'model.dropout')).toEqual({ attention: 0 });
    expect(settingAt(settings, 'model.dropout.attention.more')).toBeUndefined();
  });

  it('names an unknown path, with the nearest one', () => {
    expect(errorOf(() => withSettings(settings, { 'training.clip.norm': 1 }))).toMatchObject({
      message: 'training.clip.norm cannot be set, since training.clip is null here',
    });
    expect(errorOf(() => withSettings(settings, { 'modle.dModel': 1 }))).toMatchObject({
      message: 'there is no setting called modle.dModel',
      fix: 'Did you mean model.dModel?',
    });
    const changed = withSettings(settings, { 'model.dModle': 1 });
    expect(errorOf(() => checkPaths(settings, { 'model.dModle': 1 })).fix).toBe('Did you mean model.dModel?');
    expect(() => checkPaths(changed, { 'model.dModle': 1 })).not.toThrow();
    expect(errorOf(() => withSettings(settings, { 'constructor.prototype': 1 })).code).toBe('BAD_OPTION');
  });

  it('finds what was set, and changes nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...settingPaths(settings)), fc.jsonValue(), (path, value) => {
        const changed = withSettings(settings, { [path]: value as never });
        expect(settingAt(changed, path)).toEqual(value);
        for (const other of settingPaths(settings)) {
          if (other !== path) expect(settingAt(changed, other)).toEqual(settingAt(settings, other));
        }
      }),
    );
  });
});
