import type { ReportInput } from '../input/report-input.js';
import type { AblationFacts } from './types.js';

/** Models of which one part was taken away, in the order of the study; those that have not ended are left out. */
export function ablationFacts({ ablations = [] }: ReportInput): AblationFacts[] {
  return ablations.flatMap(({ ablation, run: { name, results, sampleQualities, finalSamples = [] } }) => {
    if (results === undefined) return [];
    const { parameters, epochsRun, testNll, testNllAsSampled = testNll } = results;
    const words = sampleQualities?.entries.find(({ of }) => of === 'final')?.quality.knownWords;
    const knownWords = words === undefined || words.words === 0 ? NaN : words.share;
    const [sample = ''] = finalSamples;
    return [{ ablation, name, parameters, epochs: epochsRun, testNll, testNllAsSampled, knownWords, sample }];
  });
}
