import { elementsOf } from '../tensor/tensor.js';
import type { ModelConfig } from './config.js';
import { parameterSpecs } from './decoder-transformer.js';
import type { ParameterSpec } from './parameters.js';

export interface SummaryRow {
  /** Name in the state dict, e.g. `transformer_blocks.0`. */
  readonly layer: string;
  /** Class of the module, e.g. `TransformerBlock`. */
  readonly type: string;
  /** Shape of its output; null for the batch. */
  readonly outputShape: readonly (number | null)[];
  readonly parameters: number;
  /** Without those that keep their initial values. */
  readonly trainable: number;
}

/** A Keras-like summary. */
export interface ModelSummary {
  readonly rows: readonly SummaryRow[];
  readonly parameters: number;
  readonly trainable: number;
}

/** `TransformerBlock`, and in which options it differs from the notebook's. */
function blockType(config: ModelConfig): string {
  const options = [
    ...(config.positions === 'rotary' ? ['rotary positions'] : []),
    ...(config.causal ? [] : ['no causal mask']),
    ...(config.activation === 'swiglu' ? ['SwiGLU'] : []),
    ...(config.queryKeyNorm ? ['QK-norm'] : []),
  ];
  return options.length === 0 ? 'TransformerBlock' : `TransformerBlock: ${options.join(', ')}`;
}

/** Layers, output shapes and parameter counts of a model, without allocating it. */
export function summarizeModel(config: ModelConfig): ModelSummary {
  const { contextLength, dModel, vocabulary, layers } = config;
  const specs = parameterSpecs(config);
  const row = (layer: string, type: string, width = dModel): SummaryRow => {
    const own = specs.filter(({ name }) => name.startsWith(`${layer}.`));
    const parameters = countOf(own);
    const trainable = countOf(own.filter(({ isFixed }) => isFixed !== true));
    return { layer, type, outputShape: [null, contextLength, width], parameters, trainable };
  };
  const rows = [
    row('embedding', config.fixedEmbeddings ? 'Embedding, fixed' : 'Embedding'),
    ...(config.positions === 'learned' ? [row('positional_embedding', 'Embedding')] : []),
    row('dropout', `Dropout(${config.dropout.embedding})`),
    ...Array.from({ length: layers }, (_, i) => row(`transformer_blocks.${i}`, blockType(config))),
    ...(config.norm === 'pre' ? [row('layer_norm', 'LayerNorm')] : []),
    row('logits', config.tiedEmbeddings ? 'Linear, tied to embedding' : 'Linear', vocabulary),
  ];
  const parameters = rows.reduce((sum, { parameters: n }) => sum + n, 0);
  return { rows, parameters, trainable: rows.reduce((sum, { trainable: n }) => sum + n, 0) };
}

function countOf(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
}

/** Kinds of layers in the order in which a character passes them, with the names of their parameters. */
const KINDS: readonly (readonly [kind: string, names: RegExp])[] = [
  ['character embedding', /^embedding\./],
  ['position embedding', /^positional_embedding\./],
  ['attention', /\.msha\.w_/],
  ['MLPs', /\.mlp\./],
  ['norms', /norm/],
  ['logits', /^logits\./],
];

/**
 * Parameters of all layers of a kind, weights and biases; 0 for a kind that the model does not have.
 *
 * @example parametersByKind(config).find(({ kind }) => kind === 'MLPs')!.parameters;
 */
export function parametersByKind(config: ModelConfig): { kind: string; parameters: number }[] {
  const specs = parameterSpecs(config);
  return KINDS.map(([kind, names]) => ({
    kind,
    parameters: countOf(specs.filter(({ name }) => names.test(name))),
  }));
}
