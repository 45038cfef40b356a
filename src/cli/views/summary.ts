import type { ModelSummary } from '../../nn/summary.js';
import { formatCount } from '../../format.js';
import type { Style } from '../terminal/style.js';
import { formatParagraph, formatTable, right } from '../terminal/table.js';

/** A Keras-like table: layer, output shape, parameters, trainable parameters, totals; below, layers in detail. */
export function formatSummary(model: ModelSummary, style: Style): string {
  const rows = model.rows.map(({ layer, type, outputShape, parameters, trainable }) => [
    `${layer} (${type.split(': ')[0]!})`,
    `[${outputShape.map((size) => size ?? 'n').join(', ')}]`,
    formatCount(parameters),
    formatCount(trainable),
  ]);
  const total = ['total', '', formatCount(model.parameters), formatCount(model.trainable)];
  const table = formatTable(
    ['layer', 'output shape', right('parameters'), right('trainable')],
    [...rows, total],
    style,
  );
  const details = new Set(model.rows.map(({ type }) => type).filter((type) => type.includes(': ')));
  return table + (details.size === 0 ? '' : `\n${[...details].map((each) => formatParagraph(each, style)).join('')}`);
}
