import type { Block } from '../../render/document.js';
import { chapter, paragraph } from '../writing/blocks.js';
import type { ReportContext } from './context.js';
import { explainEmbedding } from './explanation/embedding.js';
import { explainPositions } from './explanation/positions.js';
import { explainSampling } from './explanation/sampling-scheme.js';
import { explainSlicing } from './explanation/slicing.js';
import { explainTextModel } from './explanation/text-model.js';

/** How the model works, with examples from a trained one. */
export function explanationsChapter({ subject }: ReportContext): Block[] {
  if (subject === undefined) return [];
  const examples =
    subject.inspection === undefined
      ? `No run has the file (inspection.json) that examples are taken from, so there are none; sizes are those of ${subject.name}.`
      : `Examples and sizes are those of ${subject.name}, as it was after its best epoch.`;
  return [
    chapter('explanations', 'How the model works'),
    paragraph(examples),
    ...explainTextModel(subject),
    ...explainEmbedding(subject),
    ...explainPositions(subject),
    ...explainSampling(subject),
    ...explainSlicing(subject),
  ];
}
