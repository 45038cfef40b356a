import type { Block } from '../../render/document.js';
import { chapter, paragraph } from '../writing/blocks.js';
import type { ReportContext } from './context.js';
import { architecture } from './models/architecture.js';
import { comparison } from './models/comparison.js';
import { correlation } from './models/correlation.js';
import { curvesAlone, curvesTogether } from './models/curves.js';
import { mixtures } from './models/mixtures.js';
import { samples } from './models/samples.js';

/** All models: what they are, how they learned, how they compare, and what they write. */
export function modelsChapter(context: ReportContext): Block[] {
  if (context.models.length === 0)
    return [chapter('models', 'The models trained'), paragraph('No model has been trained yet.')];
  const title = context.models.length === 1 ? 'The model trained' : 'The models trained';
  return [
    chapter('models', title),
    ...architecture(context),
    ...curvesTogether(context),
    ...curvesAlone(context),
    ...comparison(context),
    ...mixtures(context),
    ...correlation(context),
    ...samples(context),
  ];
}
