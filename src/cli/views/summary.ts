import type { ModelSummary } from '../../nn/summary.js';
import type { CliContext } from '../context.js';
import { formatCount } from '../../format.js';
import { formatTable, right } from '../terminal/table.js';

/** A Keras-like table: layer, output shape, parameters, trainable parameters, and the totals. */
export function formatSummary(model: ModelSummary, { style }: Pick<CliContext, 'style'>): string {
  const rows = model.rows.map(({ layer, type, outputShape, parameters, trainable }) => [
    `${layer} (${type})`,
    `[${outputShape.map((size) => size ?? 'texts').join(', ')}]`,
    formatCount(parameters),
    formatCount(trainable),
  ]);
  const total = ['total', '', formatCount(model.parameters), formatCount(model.trainable)];
  const columns = ['layer', 'output shape', right('parameters'), right('trainable')];
  return formatTable(columns, [...rows, total], style.bold);
}
