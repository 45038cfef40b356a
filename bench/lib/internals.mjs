// Everything that the scripts use of Letterpress beyond its public API.
export { makeBackend } from '../../dist/backend/operations.js';
export { formatTable } from '../../dist/cli/terminal/table.js';
export { formatBytes, formatCount, formatNumber, formatPercent, formatSeconds } from '../../dist/format.js';
export { finish } from '../../dist/generators.js';
export { transformerSource, writeTexts } from '../../dist/model/generate.js';
export { forwardArithmetic } from '../../dist/nn/flops.js';
export { stepFigures, TrainingUnderTest, WARM_UP_STEPS } from '../../dist/profile/measure-training.js';
export { peakMemoryBytes } from '../../dist/profile/memory.js';
export { operationTable } from '../../dist/profile/operation-table.js';
export { OPERATION_WORK } from '../../dist/profile/operation-work.js';
export { median } from '../../dist/statistics/mean-interval.js';
export { epochBatches } from '../../dist/train/batches.js';
export { Trainer } from '../../dist/train/trainer.js';
