// Everything that the scripts use of Letterpress beyond its public API.
export { makeBackend } from '../../dist/backend/operations.js';
export { formatTable } from '../../dist/cli/terminal/table.js';
export { formatBytes, formatCount, formatNumber, formatPercent, formatSeconds } from '../../dist/format.js';
export { finish } from '../../dist/generators.js';
export { generate } from '../../dist/model/generate.js';
export { forwardArithmetic } from '../../dist/nn/flops.js';
export {
  batchesUnderTest,
  median,
  stepFigures,
  TrainingUnderTest,
  WARM_UP_STEPS,
} from '../../dist/profile/measure-training.js';
export { peakMemoryBytes } from '../../dist/profile/memory.js';
