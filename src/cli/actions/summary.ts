import { readRun } from '../../runs/reader.js';
import { parseModelConfig, type ModelConfig } from '../../nn/config.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { summarizeModel, type ModelSummary } from '../../nn/summary.js';
import { LetterpressError } from '../../errors.js';
import { asRunError } from '../../model/load-model.js';
import { planTraining } from '../../train/plan.js';
import type { CliContext } from '../context.js';
import { toPlanOptions, type ModelCliOptions } from '../plan-options.js';
import { formatCount } from '../../format.js';
import { formatTable } from '../terminal/table.js';

/** The options of `letterpress summary`. */
export interface SummaryOptions extends ModelCliOptions {
  readonly json?: true;
}

/** Prints a model's layers and parameters: of a run, or of a shape. */
export function summary(folder: string | undefined, options: SummaryOptions, context: CliContext): void {
  const { json, ...shape } = options;
  if (folder !== undefined && Object.keys(shape).length > 0) {
    throw new LetterpressError(
      'BAD_OPTION',
      `a run was named, and a shape was given by --${Object.keys(shape)[0] ?? ''}`,
      'Give one or the other.',
    );
  }
  const config: ModelConfig =
    folder === undefined ? planTraining(toPlanOptions(shape), DEFAULT_VOCABULARY).model : modelOfRun(folder);
  const model = summarizeModel(config);
  if (json) {
    context.printJson({
      parameters: model.parameters,
      trainable: model.trainable,
      layers: model.rows,
      config,
    });
  } else context.print(formatSummary(model, context));
}

function modelOfRun(folder: string): ModelConfig {
  const { config } = readRun(folder);
  return asRunError(() => parseModelConfig(config.model));
}

/** A Keras-like table: layer, output shape, parameters, trainable parameters, and the totals. */
export function formatSummary(model: ModelSummary, { style }: Pick<CliContext, 'style'>): string {
  const rows = model.rows.map(({ layer, type, outputShape, parameters, trainable }) => [
    `${layer} (${type})`,
    `[${outputShape.map((size) => size ?? 'texts').join(', ')}]`,
    formatCount(parameters),
    formatCount(trainable),
  ]);
  const total = ['total', '', formatCount(model.parameters), formatCount(model.trainable)];
  const table = formatTable(
    [
      { title: 'layer' },
      { title: 'output shape' },
      { title: 'parameters', align: 'right' },
      { title: 'trainable', align: 'right' },
    ],
    [...rows, total],
    style.bold,
  );
  return table;
}
