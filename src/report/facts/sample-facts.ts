import type { ReportInput } from '../input/report-input.js';
import { knownShare } from './figures.js';
import { modelOf, type RunGroup } from './run-groups.js';
import type { AblationFacts, BestFacts, TemperatureEntry, TemperatureFacts } from './types.js';

/** Texts at several temperatures: of the best run if it has them, else of its group, else of the first run that has. */
export function temperatureFacts(
  groups: readonly RunGroup[],
  best: BestFacts | undefined,
): TemperatureFacts | undefined {
  const all = groups.flatMap((group) => group.runs.map((run) => ({ group: group.name, run })));
  const able = all.filter(({ run }) => (run.temperatures?.entries.length ?? 0) > 0);
  const found =
    able.find(({ run }) => run.name === best?.run) ?? able.find(({ group }) => group === best?.group) ?? able[0];
  if (found?.run.temperatures === undefined) return undefined;
  const { group, run } = found;
  const { seed, entries } = found.run.temperatures;
  return {
    group,
    run: run.name,
    seed,
    uniformEntropy: Math.log(modelOf(run.config)?.vocabulary ?? NaN),
    entries: entries.map(entryFacts).sort((a, b) => a.temperature - b.temperature),
    testTexts: run.sampleQualities?.entries.find(({ of }) => of === 'test')?.quality,
  };
}

type Entry = Omit<TemperatureEntry, 'differentTexts' | 'mostFrequent'>;

function entryFacts(entry: Entry): TemperatureEntry {
  const counts = new Map<string, number>();
  for (const text of entry.texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return {
    ...entry,
    differentTexts: counts.size,
    mostFrequent: most && { text: most[0], times: most[1] },
  };
}

/** Models of which one part was taken away, in the order of the study; those that have not ended are left out. */
export function ablationFacts({ ablations = [] }: ReportInput): AblationFacts[] {
  return ablations.flatMap(({ ablation, run: { name, results, sampleQualities, finalSamples = [] } }) => {
    if (results === undefined) return [];
    const { parameters, epochsRun, testNll, testNllAsSampled = testNll } = results;
    const quality = sampleQualities?.entries.find(({ of }) => of === 'final')?.quality;
    const knownWords = quality === undefined ? NaN : knownShare(quality);
    const [sample = ''] = finalSamples;
    return [{ ablation, name, parameters, epochs: epochsRun, testNll, testNllAsSampled, knownWords, sample }];
  });
}
