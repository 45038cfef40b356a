import { modelConfigSchema } from '../nn/config.js';
import type { RunConfig } from '../runs/schema.js';
import { trainingSettingsSchema } from './settings.js';

/** A run's settings as they are compared. */
export type RunSettings = Pick<RunConfig, 'model' | 'training'>;

/**
 * The settings of a run with what its config.json leaves out because it is older than the setting: such a setting has its
 * default, which is what the run did. So runs of different versions of Letterpress can be compared. What cannot be read
 * stays as it is.
 *
 * @example completeSettings(readRun('runs/old').config).model.tiedEmbeddings // false
 */
export function completeSettings({ model, training }: RunSettings): RunSettings {
  const read = {
    model: modelConfigSchema.safeParse(model),
    training: trainingSettingsSchema.safeParse(training),
  };
  return {
    model: read.model.success ? read.model.data : model,
    training: read.training.success ? { ...training, ...read.training.data } : training,
  };
}
