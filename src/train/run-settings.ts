import { modelConfigSchema } from '../nn/config.js';
import type { RunConfig } from '../runs/schema.js';
import { trainingSettingsSchema } from './settings.js';

/**
 * A run's configuration with the settings that are newer than the run: each has its default, which is what the run did.
 * So runs of different versions of Letterpress can be compared. What cannot be read stays as it is.
 *
 * @example completeConfig(readRun('runs/old').config).model.tiedEmbeddings // false
 */
export function completeConfig(config: RunConfig): RunConfig {
  const model = modelConfigSchema.safeParse(config.model);
  const training = trainingSettingsSchema.safeParse(config.training);
  return {
    ...config,
    model: model.success ? model.data : config.model,
    training: training.success ? { ...config.training, ...training.data } : config.training,
  };
}
