import type { Block } from '../../../render/document.js';
import { headWidthOf, hiddenWidthOf, type ModelConfig } from '../../../nn/config.js';
import { parametersByKind } from '../../../nn/summary.js';
import { modelOf } from '../../facts/run-groups.js';
import { formula, left, paragraph, right, section, table } from '../../writing/blocks.js';
import { decimal, percent, UNKNOWN, whole } from '../../writing/numbers.js';
import { prose } from '../../writing/prose.js';
import { shownRun, type ReportContext } from '../context.js';
import { embeddingWords, mlpWords, optionWords } from './architecture-words.js';

/** The layers of the models and their parameters. */
export function architecture(context: ReportContext): Block[] {
  const models = context.models.flatMap((group) => {
    const run = shownRun(context, group);
    const shape = run === undefined ? undefined : modelOf(run.config);
    return shape === undefined ? [] : [{ group, shape }];
  });
  const [first] = models;
  if (first === undefined) return [];
  const shapes = models.map(({ shape }) => shape);
  const norms = new Set(shapes.map(({ norm }) => norm));
  const layers: Block[] = [
    section('architecture', models.length === 1 ? 'Its architecture' : 'Architecture and sizes'),
    paragraph(
      prose`${models.length === 1 ? 'The model is a decoder-only transformer' : 'All are decoder-only transformers'}: ${embeddingWords(shapes)}, then a number of _blocks_ follow, then one linear
        layer that makes the logits. A block is attention followed by an _MLP_, ${mlpWords(shapes)} that work on each position
        by itself. Each of the two adds its result to what came in (a _residual connection_), and _LayerNorm_ brings the numbers of each position
        back to mean 0 and variance 1.`,
    ),
    ...optionWords(shapes).map((words) => paragraph(words)),
  ];
  if (norms.has('post'))
    layers.push(
      formula(
        String.raw`\mathbf{a} = \mathrm{LayerNorm}(\mathbf{h} + \mathrm{Attention}(\mathbf{h})), \qquad \mathbf{h}' = \mathrm{LayerNorm}(\mathbf{a} + \mathrm{MLP}(\mathbf{a}))`,
        'Post-norm: attention of h is added to h and the sum normalised; the MLP of that is added to it and the sum normalised again.',
      ),
    );
  if (norms.has('pre'))
    layers.push(
      formula(
        String.raw`\mathbf{a} = \mathbf{h} + \mathrm{Attention}(\mathrm{LayerNorm}(\mathbf{h})), \qquad \mathbf{h}' = \mathbf{a} + \mathrm{MLP}(\mathrm{LayerNorm}(\mathbf{a}))`,
        'Pre-norm: attention of the normalised h is added to h, then the MLP of the normalised result is added to that.',
      ),
    );
  layers.push(
    table(
      'Shapes. Width is the length of the vector that a position has (D), the MLP’s width that of its hidden layer.',
      ['width', 'heads', 'width of a head', 'layers', 'MLP width', 'LayerNorm'].reduce(
        (columns, header) => [...columns, right(header)],
        [left('model')],
      ),
      models.map(({ group, shape }) => [
        group.name,
        String(shape.dModel),
        String(shape.heads),
        decimal(headWidthOf(shape), 0),
        String(shape.layers),
        whole(hiddenWidthOf(shape)),
        shape.norm === 'post' ? 'after' : 'before',
      ]),
    ),
    parameterTable(models.map(({ group, shape }) => ({ name: group.name, shape, trained: group.parameters }))),
  );
  return layers;
}

interface Model {
  readonly name: string;
  readonly shape: ModelConfig;
  /** As the run itself says. */
  readonly trained: number | undefined;
}

function parameterTable(models: readonly Model[]): Block {
  const kinds = parametersByKind(models[0]!.shape).map(({ kind }) => kind);
  const shares = models.map(({ shape }) => {
    const layers = parametersByKind(shape);
    const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
    return layers.find(({ kind }) => kind === 'MLPs')!.parameters / total;
  });
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const most = models.length === 1 ? percent(low) : `${percent(low)} to ${percent(high)}`;
  return table(
    `Parameters by layer, over all blocks. The MLPs have ${most} of them.`,
    [left('model'), ...kinds.map(right), right('all')],
    models.map(({ name, shape, trained }) => [
      name,
      ...parametersByKind(shape).map(({ parameters }) => whole(parameters)),
      trained === undefined ? UNKNOWN : whole(trained),
    ]),
  );
}
