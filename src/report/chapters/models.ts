import type { Block } from '../../render/document.js';
import { headWidthOf, hiddenWidthOf, type ModelConfig } from '../../nn/config.js';
import { parametersByKind } from '../../nn/summary.js';
import { modelOf } from '../facts/run-groups.js';
import { chapter, left, paragraph, right, table } from '../writing/blocks.js';
import { inWords, percent, UNKNOWN, whole } from '../writing/numbers.js';
import { prose } from '../writing/prose.js';
import { comparison, correlation, mixtures } from './comparison.js';
import { questionTitle, shownRun, type ReportContext } from './context.js';
import { cite } from './references.js';
import { samples, samplesOfBest } from './samples.js';
import { trainings } from './training-words.js';

export function modelsChapter(context: ReportContext): Block[] {
  const count = context.models.length;
  const heading = chapter(
    'models',
    questionTitle(context, '2', count === 1 ? 'the model' : `${inWords(count)} models`),
  );
  if (count === 0) return [heading, paragraph('No model has been trained yet.')];
  return [
    heading,
    ...architecture(context),
    ...comparison(context),
    ...mixtures(context),
    ...correlation(context),
    ...samples(context),
    ...samplesOfBest(context),
  ];
}

/** What the models are and how they were trained. */
function architecture(context: ReportContext): Block[] {
  const models = context.models.flatMap((group) => {
    const run = shownRun(context, group);
    const shape = run === undefined ? undefined : modelOf(run.config);
    return shape === undefined ? [] : [{ name: group.name, shape, parameters: group.parameters }];
  });
  if (models.length === 0) return [];
  const training = trainings(context);
  const kinds = [...new Set(models.map(({ shape }) => kindOf(shape)))];
  return [
    paragraph(
      prose`A decoder-only transformer (${cite('Vaswani et al., 2017')}) passes the embedded characters through
        _blocks_ and computes the logits with a linear layer. A block is attention followed by an _MLP_, each with a
        residual connection and _LayerNorm_ (${cite('Ba et al., 2016')}), which brings each vector to mean 0 and
        variance 1 and then applies a trained scale and
        shift.${kinds.length === 1 ? ` ${models.length === 1 ? 'This model has' : 'All have'} ${kinds[0]!}.` : ''}
        ${training.length === 1 ? `Training: ${training[0]!.words}` : 'How each was trained is in the appendix.'}`,
    ),
    table(
      'Shapes and parameters. Width is the length D of the vector at each position; MLP width that of the hidden ' +
        'layer.',
      models,
      [
        left('model', ({ name }) => name),
        right('width', ({ shape }) => whole(shape.dModel)),
        right('heads', ({ shape }) => whole(shape.heads)),
        right('head width', ({ shape }) => whole(headWidthOf(shape))),
        right('layers', ({ shape }) => whole(shape.layers)),
        right('MLP width', ({ shape }) => whole(hiddenWidthOf(shape))),
        right('parameters', ({ parameters }) => (parameters === undefined ? UNKNOWN : whole(parameters))),
        right('of which in MLPs', ({ shape }) => percent(shareOfMlps(shape))),
        kinds.length > 1 && left('kind', ({ shape }) => kindOf(shape)),
      ],
    ),
  ];
}

const NORMS = {
  post: 'LayerNorm after each addition (post-norm)',
  pre: 'LayerNorm before attention and MLP (pre-norm)',
};

function kindOf({ activation, norm, positions, tiedEmbeddings }: ModelConfig): string {
  const mlp = { gelu: 'GELU', swiglu: 'SwiGLU' }[activation];
  const added = positions === 'none' ? 'no' : positions;
  return `${mlp} MLPs, ${NORMS[norm]}, ${added} positions and ${tiedEmbeddings ? 'tied' : 'untied'} embeddings`;
}

function shareOfMlps(shape: ModelConfig): number {
  const kinds = parametersByKind(shape);
  const total = kinds.reduce((sum, { parameters }) => sum + parameters, 0);
  return (kinds.find(({ kind }) => kind === 'MLPs')?.parameters ?? NaN) / total;
}
