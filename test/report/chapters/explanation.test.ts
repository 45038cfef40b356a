import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy } from '../../../src/texts/temperature.js';
import { chooseEpochs } from '../../../src/report/chapters/choose-epochs.js';
import { headHabits, PLACES } from '../../../src/report/chapters/explanation/head-habits.js';
import { bars, chooseStep } from '../../../src/report/chapters/explanation/sampling-scheme.js';
import { explainSlicing } from '../../../src/report/chapters/explanation/slicing.js';
import { trainingWords } from '../../../src/report/chapters/measuring/training-words.js';
import { explainPositions } from '../../../src/report/chapters/explanation/positions.js';
import { positionWords } from '../../../src/report/chapters/explanation/position-words.js';
import { embeddingWords, mlpWords, optionWords } from '../../../src/report/chapters/models/architecture-words.js';
import type { ModelConfig } from '../../../src/nn/config.js';
import { modelOf } from '../../../src/report/facts/run-groups.js';
import { loadTypesetter } from '../../../src/render/tex.js';
import type { Inspection } from '../../../src/runs/analysis-schema.js';
import { fixtureConfig } from '../fixtures/fixture-runs.js';
import { linesOfBlock } from './text-of.js';

// A language of three tokens: pad, a, cls.
const TOKENS = ['pad', 'a', 'cls'];

function inspectionOf(text: string, probabilityOfA: number[], nll: number): Inspection {
  const distributions = probabilityOfA.map((p) => [1 - p, p, 0]);
  return {
    tokens: TOKENS,
    embedding: [[1], [2], [3]],
    texts: [{ split: 'test', text, nll, distributions, attention: [] }],
  };
}

describe('why positions', () => {
  const shape = { ...modelOf(fixtureConfig())!, heads: 4 };
  const wordsOf = (changed: Partial<ModelConfig>) => {
    const subject = {
      name: 'tiny',
      shape: { ...shape, ...changed },
      inspection: undefined,
      conclusive: true,
    };
    return explainPositions(subject).flatMap(linesOfBlock).join('\n');
  };

  it('speaks of the table of positions only where there is one', () => {
    const learned = wordsOf({ positions: 'learned' });
    expect(learned).toContain('a second table');
    expect(learned).toContain('parameters, and limit the');
    const rotary = wordsOf({ positions: 'rotary' });
    expect(rotary).toContain('rotary positions');
    expect(rotary).not.toContain('a second table');
    expect(learned).not.toContain('rotary positions');
  });

  it('speaks of normalised keys and queries where they are', () => {
    expect(wordsOf({ queryKeyNorm: true })).toContain('query-key norm');
    expect(wordsOf({ queryKeyNorm: false })).not.toContain('query-key norm');
  });

  it('every formula of it can be drawn', async () => {
    const typeset = await loadTypesetter();
    for (const positions of ['learned', 'rotary'] as const) {
      const changed = { ...shape, positions };
      for (const block of positionWords(changed)) {
        if (block.kind === 'formula') expect(typeset(block.tex, { display: true }).svg).toContain('<svg');
      }
    }
  });
});

describe('the words for architectures', () => {
  const learned = modelOf(fixtureConfig())!;
  const modern = { ...learned, positions: 'rotary', activation: 'swiglu', tiedEmbeddings: true } as const;

  it('are those of the models at hand', () => {
    expect([embeddingWords([learned]), optionWords([learned])]).toEqual([
      'character and position embeddings are added',
      [],
    ]);
    expect(mlpWords([learned])).toContain('GELU');
    expect(embeddingWords([modern])).toBe('characters are embedded');
    expect(mlpWords([modern])).toContain('SwiGLU');
    expect(optionWords([modern]).join()).toMatch(/^Positions .*rotary.*The matrix of the logits/);
  });

  it('say it where only some have an option', () => {
    const both = [learned, modern];
    expect(embeddingWords(both)).toContain('in some');
    expect(optionWords(both)[0]).toMatch(/^In some models, positions come in/);
  });
});

describe('the slicing of a text', () => {
  const shape = { ...modelOf(fixtureConfig())!, vocabulary: 3, contextLength: 6 };
  const tableOf = (inspection: Inspection) =>
    explainSlicing({ name: 'tiny', shape, inspection, conclusive: true }).find((block) => block.kind === 'table')!;

  it('shifts inputs against targets, and adds up to the NLL', () => {
    // −ln 0.5 − ln 0.25 − ln(1 − 0.75) = ln 2 + 2 ln 4 = 3.4657
    const table = tableOf(inspectionOf('aa', [0.5, 0.25, 0.75], 5 * Math.LN2));
    expect(table.rows).toEqual([
      ['0', 'cls', 'a', '50.0 %', 'end', '0.69'],
      ['1', 'a', 'a', '25.0 %', 'end', '1.39'],
      ['2', 'a', 'end', '25.0 %', 'a', '1.39'],
    ]);
    const caption = linesOfBlock(table)[0]!;
    expect(caption).toContain('adds up to 3.47 nats, the NLL of the text');
    expect(caption).toContain('right one at 0 of these 3 positions; the other 2');
  });

  it('counts pads behind the end where the model was trained with all of them', () => {
    const table = tableOf(inspectionOf('aa', [0.5, 0.25, 0.75], 5 * Math.LN2 + 1));
    expect(linesOfBlock(table)[0]).toContain('the 2 pads that follow add 1.00, which is the text’s NLL, 4.47');
  });

  it('has no end of a text that fills the context length', () => {
    const table = tableOf(inspectionOf('aaaaa', [0.5, 0.5, 0.5, 0.5, 0.5], 5 * Math.LN2));
    expect(table.rows).toHaveLength(5);
    expect(table.rows.map((row) => row[2])).not.toContain('end');
  });
});

describe('a typical step of sampling', () => {
  it('is the position, from the fourth character on, whose entropy is nearest to the mean', () => {
    const probabilities = [0.5, 0.5, 0.5, 0.9, 0.99, 0.999];
    const inspection = inspectionOf('aaaaa', probabilities, 1);
    const mean = probabilities.reduce((sum, p) => sum + entropy([p, 1 - p]), 0) / probabilities.length;
    const nearest = [3, 4].sort(
      (a, b) =>
        Math.abs(entropy([probabilities[a]!, 1 - probabilities[a]!]) - mean) -
        Math.abs(entropy([probabilities[b]!, 1 - probabilities[b]!]) - mean),
    )[0]!;
    expect(nearest).toBe(3);
    expect(chooseStep(inspection)).toEqual({
      before: 'aaa',
      next: 1,
      distribution: [expect.closeTo(0.1, 12), 0.9, 0],
    });
  });

  it('is none in a text of three characters', () => {
    expect(chooseStep(inspectionOf('aaa', [0.5, 0.5, 0.5, 0.5], 1))).toBeUndefined();
  });

  it('is drawn without cls, with the end last', () => {
    expect(bars([0.25, 0.75, 0], inspectionOf('a', [], 1))).toEqual({
      categories: ['a', 'end'],
      values: [0.75, 0.25],
    });
  });

  it('puts the least probable characters of a large alphabet together, and loses nothing', () => {
    const characters = Array.from({ length: 60 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const inspection = { ...inspectionOf('', [], 1), tokens: ['pad', ...characters, 'cls'] };
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 61, maxLength: 61 }),
        (weights) => {
          const total = weights.reduce((a, b) => a + b, 0);
          const { categories, values } = bars([...weights.map((w) => w / total), 0], inspection);
          expect(categories).toHaveLength(32);
          expect(categories.at(-1)).toBe('others');
          expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});

describe('the habits of heads', () => {
  it('are where a head looks most, from the fifth position on', () => {
    const looking = (at: (query: number) => number) =>
      Array.from({ length: 8 }, (_, query) =>
        Array.from({ length: query + 1 }, (_, key) => (key === Math.max(0, at(query)) ? 1 : 0)),
      );
    const heads = [looking((q) => q), looking((q) => q - 1), looking((q) => q - 3), looking(() => 0)];
    expect(headHabits([[heads]])).toEqual(
      [0, 1, 3, 4].map((place, head) => ({
        block: 0,
        head,
        place,
        weight: 1,
        even: expect.closeTo((1 / 5 + 1 / 6 + 1 / 7 + 1 / 8) / 4, 12) as number,
      })),
    );
    expect(PLACES[4]).toContain('start');
  });

  it('are means over positions and texts', () => {
    const even = Array.from({ length: 6 }, (_, query) => new Array<number>(query + 1).fill(1 / (query + 1)));
    // Positions 4 and 5 have weights of 1/5 and 1/6 on everything.
    const [habit] = headHabits([[[even]]]);
    expect(habit!.weight).toBeCloseTo((1 / 5 + 1 / 6) / 2, 12);
    expect(habit!.even).toBeCloseTo(habit!.weight, 12);
    expect(headHabits([[[even.slice(0, 4)]]])).toEqual([]);
    expect(headHabits([])).toEqual([]);
  });
});

describe('chooseEpochs', () => {
  it('takes the nearest saved ones, each once and in order', () => {
    expect(chooseEpochs([9, 0, 2, 7], [0, 5, Infinity])).toEqual([0, 7, 9]);
    expect(chooseEpochs([0, 2, 4], [3])).toEqual([2]);
    expect(chooseEpochs([3], [0, 5, 10])).toEqual([3]);
    expect(chooseEpochs([], [0])).toEqual([]);
  });
});

describe('trainingWords', () => {
  it('says what a recipe does', () => {
    expect(trainingWords(fixtureConfig())).toBe(
      'AdamW with a learning rate of 0.001 throughout and a weight decay of 0.01 on everything, batches of 32 texts, dropout of 10 % on the embedding; ' +
        'at most 1,000 epochs, ended when 11 in a row bring no new lowest validation NLL',
    );
    expect(trainingWords(fixtureConfig({ plan: { recipe: 'modern' } }))).toMatch(
      /^Muon .* 100 steps of warm-up, .* clipped at a norm of 1, .* similar lengths, .*decay 0\.998\); 30 epochs$/,
    );
  });

  it('says what else was chosen', () => {
    const config = fixtureConfig({ plan: { recipe: 'modern' } });
    const schedule = { kind: 'warmup-cosine', warmupSteps: 50, floor: 0 };
    const more = {
      schedule,
      labelSmoothing: 0.05,
      averaging: { kind: 'ema', decay: 0.99 },
      augmentation: { wordShuffle: 0.25 },
      optimizer: { kind: 'muon', weightDecay: 0.1, decayOn: 'matrices' },
    };
    const words = trainingWords({ ...config, training: { ...config.training, ...more } });
    expect(words).toMatch(/^Muon for the matrices of blocks, AdamW for the rest, with a learning rate of /);
    expect(words).toContain('after 50 steps of warm-up, then along a cosine down');
    expect(words).toContain('batches of 64 texts of similar lengths, targets smoothed by 5 %');
    expect(words).toContain(', 25 % of texts with their words shuffled');
    expect(words).toContain('weights averaged exponentially over steps (decay 0.99); 30 epochs');
  });

  it('says nothing of a training that it does not know', () => {
    const config = fixtureConfig();
    expect(trainingWords({ ...config, training: { epochs: 3, batch: 8, padding: 'all' } })).toBeUndefined();
  });
});
