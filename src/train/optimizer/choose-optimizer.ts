import type { Backend } from '../../backend/types.js';
import type { Parameters } from '../../nn/parameters.js';
import type { TrainingSettings } from '../settings.js';
import { AdamWOptimizer } from './adamw.js';
import { MuonOptimizer } from './muon.js';
import type { Optimizer } from './optimizer.js';

export function chooseOptimizer(
  backend: Backend,
  parameters: Parameters,
  settings: TrainingSettings['optimizer'],
): Optimizer {
  return settings.kind === 'muon'
    ? new MuonOptimizer(backend, parameters, settings)
    : new AdamWOptimizer(backend, parameters, settings);
}
