import { chooseBackend } from '../../src/backend/registry.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import type { RunTexts } from '../../src/runs/run-texts.js';
import { runStudy } from '../../src/study/run-study.js';
import type { StudyEvent } from '../../src/study/study-events.js';
import { RECIPES, type Recipe, type SizeName } from '../../src/train/recipes/index.js';
import type { StudyOptionsInput, StudyRequest } from '../../src/study/study-options.js';

const { name: choice } = chooseBackend().backend.info;

const corpus = gazette({ sizes: { train: 40, val: 8, test: 8 } });

/** A few headlines: two steps an epoch. */
export const texts: RunTexts = { corpus, cleaning: 'none', splits: corpus.splits, tokenizer: defaultTokenizer() };

/** A recipe whose two small sizes are a few hundred parameters: a study trains many of them. */
export function withTinySizes(recipe: Recipe): Recipe {
  const tiny = (size: SizeName, dModel: number) => ({
    ...recipe.sizes[size]!,
    shape: { dModel, heads: 2, layers: 1, mlpRatio: 2 },
  });
  return { ...recipe, sizes: { '87k': tiny('87k', 8), '557k': tiny('557k', 12) } };
}

export const tiny: StudyOptionsInput = {
  recipe: withTinySizes(RECIPES.notebook),
  sizes: ['87k', '557k'],
  epochs: { '87k': 2, '557k': 1 },
  few: 8,
  temperatures: [0.5, 1],
};

export function request(folder: string, options: StudyOptionsInput = {}): StudyRequest {
  return { folder, texts, options: { ...tiny, ...options }, backend: { choice, threads: 1 }, report: false };
}

/** All events of a study; it is stopped after the first one that `stopAt` holds of. */
export async function eventsOf(
  study: StudyRequest,
  stopAt: (event: StudyEvent) => boolean = () => false,
): Promise<StudyEvent[]> {
  const abort = new AbortController();
  const events: StudyEvent[] = [];
  for await (const event of runStudy(study, { signal: abort.signal })) {
    events.push(event);
    if (stopAt(event)) abort.abort();
  }
  return events;
}

export function ofKind<K extends StudyEvent['kind']>(
  events: readonly StudyEvent[],
  kind: K,
): Extract<StudyEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<StudyEvent, { kind: K }> => event.kind === kind);
}
