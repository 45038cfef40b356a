import type { Block } from '../../render/document.js';
import { headWidthOf, hiddenWidthOf, type ModelConfig } from '../../nn/config.js';
import { parametersByKind } from '../../nn/summary.js';
import { modelOf } from '../facts/run-groups.js';
import { chapter, formula, left, paragraph, right, section, table } from '../writing/blocks.js';
import { percent, UNKNOWN, whole } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { comparison, correlation, mixtures } from './comparison.js';
import { shownRun, type ReportContext } from './context.js';
import { curves } from './curves.js';
import { samples } from './samples.js';

export function modelsChapter(context: ReportContext): Block[] {
  const heading = chapter('models', context.models.length === 1 ? 'The model' : 'The models');
  if (context.models.length === 0) return [heading, paragraph('No model has been trained yet.')];
  return [
    heading,
    ...architecture(context),
    ...curves(context),
    ...comparison(context),
    ...mixtures(context),
    ...correlation(context),
    ...samples(context),
  ];
}

interface Model {
  readonly name: string;
  readonly shape: ModelConfig;
  readonly parameters: number | undefined;
}

function architecture(context: ReportContext): Block[] {
  const models = context.models.flatMap((group): Model[] => {
    const run = shownRun(context, group);
    const shape = run === undefined ? undefined : modelOf(run.config);
    return shape === undefined ? [] : [{ name: group.name, shape, parameters: group.parameters }];
  });
  if (models.length === 0) return [];
  const norms = new Set(models.map(({ shape }) => shape.norm));
  return [
    section('architecture', models.length === 1 ? 'Architecture' : 'Architecture and sizes'),
    paragraph(
      prose`A decoder-only transformer embeds the characters (with learned positions, it adds an embedding of the
        position), passes them through several _blocks_, and computes the logits with a linear layer, whose matrix is
        the character embedding itself where embeddings are tied. A block is attention followed by an _MLP_: two
        linear layers with GELU between them, or SwiGLU, where half of the output of the first passes a SiLU and
        multiplies the other half. The MLP is applied to each position separately. Each of the two adds its output to
        its input (a _residual connection_). _LayerNorm_ normalises the vector of each position to mean 0 and variance
        1, then applies a trained scale and shift. It comes after each addition (_post-norm_) or before attention and
        MLP (_pre-norm_):`,
    ),
    ...[...norms].map((norm) => NORM_FORMULAS[norm]),
    table(
      'Shapes. Width is the length of the vector at each position (D); MLP width is that of its hidden layer.',
      models,
      [
        left('model', ({ name }) => name),
        right('width', ({ shape }) => whole(shape.dModel)),
        right('heads', ({ shape }) => whole(shape.heads)),
        right('head width', ({ shape }) => whole(headWidthOf(shape))),
        right('layers', ({ shape }) => whole(shape.layers)),
        right('MLP width', ({ shape }) => whole(hiddenWidthOf(shape))),
        left('MLP', ({ shape }) => ({ gelu: 'GELU', swiglu: 'SwiGLU' })[shape.activation]),
        left('LayerNorm', ({ shape }) => ({ post: 'post-norm', pre: 'pre-norm' })[shape.norm]),
        left('positions', ({ shape }) => shape.positions),
        left('embeddings', ({ shape }) => (shape.tiedEmbeddings ? 'tied' : 'untied')),
      ],
    ),
    parameterTable(models),
  ];
}

const NORM_FORMULAS = {
  post: formula(
    String.raw`\mathbf{a} = \mathrm{LayerNorm}(\mathbf{h} + \mathrm{Attention}(\mathbf{h})), \qquad
      \mathbf{h}' = \mathrm{LayerNorm}(\mathbf{a} + \mathrm{MLP}(\mathbf{a}))`,
    'Post-norm: attention of h is added to h and the sum normalised; the MLP of that is added to it and the sum ' +
      'normalised again.',
  ),
  pre: formula(
    String.raw`\mathbf{a} = \mathbf{h} + \mathrm{Attention}(\mathrm{LayerNorm}(\mathbf{h})), \qquad
      \mathbf{h}' = \mathbf{a} + \mathrm{MLP}(\mathrm{LayerNorm}(\mathbf{a}))`,
    'Pre-norm: attention of the normalised h is added to h, then the MLP of the normalised result is added to that.',
  ),
};

function parameterTable(models: readonly Model[]): Block {
  const rows = models.map((model) => ({
    ...model,
    layers: parametersByKind(model.shape).map(({ parameters }) => parameters),
  }));
  const kinds = parametersByKind(models[0]!.shape).map(({ kind }) => kind);
  const shares = rows.map(({ layers }) => layers[kinds.indexOf('MLPs')]! / layers.reduce((sum, each) => sum + each, 0));
  const [low, high] = [percent(Math.min(...shares)), percent(Math.max(...shares))];
  return table(
    `Parameters by layer, over all blocks. The MLPs have ${low === high ? low : `${low} to ${high}`} of them.`,
    rows,
    [
      left('model', ({ name }) => name),
      ...kinds.map((kind, i) => right<(typeof rows)[number]>(kind, ({ layers }) => whole(layers[i]))),
      right('total', ({ parameters }) => (parameters === undefined ? UNKNOWN : whole(parameters))),
    ],
  );
}
