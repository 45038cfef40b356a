import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy } from '../../../src/texts/temperature.js';
import { nllRange } from '../../../src/report/chapters/curves.js';
import { headHabits, positionWords } from '../../../src/report/chapters/explain-positions.js';
import { bars, chooseStep, explainSlicing } from '../../../src/report/chapters/explain-sampling.js';
import { nearestWords } from '../../../src/report/chapters/explanations.js';
import { chooseEpochs } from '../../../src/report/chapters/samples.js';
import { differentSettings, trainingWords } from '../../../src/report/chapters/training-words.js';
import { modelOf } from '../../../src/report/facts/run-groups.js';
import { cosineMatrix, highestChanceCosine } from '../../../src/statistics/similarity.js';
import { Random } from '../../../src/random.js';
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

const notebook = modelOf(fixtureConfig())!;
const modern = { ...notebook, positions: 'rotary', activation: 'swiglu', tiedEmbeddings: true } as const;

describe('similar characters', () => {
  it('are named only where they are more similar than random vectors', () => {
    const [width, count] = [30, 27];
    const random = new Random(0, 'test');
    const names = Array.from({ length: count }, (_, i) => `<${i}>`);
    const chance = highestChanceCosine(count, width, 0.95);
    const named = (vectors: readonly number[][]) => nearestWords(cosineMatrix(vectors), names, chance).match(/<\d+>/g);
    let falsely = 0;
    for (let draw = 0; draw < 200; draw++) {
      const vectors = names.map(() => Array.from({ length: width }, () => random.normal()));
      if (named(vectors) !== null) falsely++;
      if (draw > 0) continue;
      const near = vectors.map((vector, i) => (i === 4 ? vectors[3]!.map((x, j) => x + 0.5 * vector[j]!) : vector));
      expect(named(near)).toEqual(['<3>', '<4>']);
    }
    expect(falsely).toBeLessThanOrEqual(16); // 5 % of 200, and two and a half standard deviations
  });
});

describe('the words for positions', () => {
  it('have formulas that can be set', async () => {
    const typeset = await loadTypesetter();
    const formulas = [notebook, modern].map(
      (shape) => positionWords(shape).find((block) => block.kind === 'formula')!.tex,
    );
    expect(new Set(formulas).size).toBe(2);
    for (const tex of formulas) expect(typeset(tex, { display: true }).svg).toContain('<svg');
  });

  it.each(['learned', 'rotary', 'none'] as const)('name query-key norms of a model with positions %s', (positions) => {
    const words = (queryKeyNorm: boolean) =>
      positionWords({ ...modern, positions, queryKeyNorm })
        .flatMap(linesOfBlock)
        .join(' ');
    expect(words(true)).toContain('query-key norm');
    expect(words(false)).not.toContain('query-key norm');
  });
});

describe('the slicing of a text', () => {
  const shape = { ...notebook, vocabulary: 3, contextLength: 6 };
  const tableOf = (inspection: Inspection) =>
    explainSlicing({ name: 'tiny', shape, inspection }).find((block) => block.kind === 'table')!;
  const numbersOf = (inspection: Inspection) => linesOfBlock(tableOf(inspection))[0]!.match(/\d+(\.\d+)?/g);

  it('shifts inputs against targets, and adds up to the NLL', () => {
    // −ln 0.5 − ln 0.25 − ln(1 − 0.75) = ln 2 + 2 ln 4 = 3.4657
    const inspection = inspectionOf('aa', [0.5, 0.25, 0.75], 5 * Math.LN2);
    expect(tableOf(inspection).rows).toEqual([
      ['0', 'cls', 'a', '50.0 %', 'end', '0.69'],
      ['1', 'a', 'a', '25.0 %', 'end', '1.39'],
      ['2', 'a', 'end', '25.0 %', 'a', '1.39'],
    ]);
    // Right at none of three positions; the other two are padding.
    expect(numbersOf(inspection)).toEqual(['3.47', '0', '3', '2']);
  });

  it('counts padding after the end where the model was trained with all of it', () => {
    const inspection = inspectionOf('aa', [0.5, 0.25, 0.75], 5 * Math.LN2 + 1);
    expect(numbersOf(inspection)).toEqual(['3.47', '2', '1.00', '4.47', '0', '3', '2']);
  });

  it('has no end of a text that fills the context length', () => {
    const { rows } = tableOf(inspectionOf('aaaaa', [0.5, 0.5, 0.5, 0.5, 0.5], 5 * Math.LN2));
    expect(rows.map((row) => row[2])).toEqual(['a', 'a', 'a', 'a', 'a']);
  });
});

describe('a typical step of sampling', () => {
  it('is the position, from the fourth character on, whose entropy is nearest to the mean', () => {
    const probabilities = [0.5, 0.5, 0.5, 0.9, 0.99, 0.999];
    const entropies = probabilities.map((p) => entropy([p, 1 - p]));
    const mean = entropies.reduce((sum, each) => sum + each, 0) / entropies.length;
    expect(Math.abs(entropies[3]! - mean)).toBeLessThan(Math.abs(entropies[4]! - mean));
    expect(chooseStep(inspectionOf('aaaaa', probabilities, 1))).toEqual({
      before: 'aaa',
      next: 1,
      distribution: [expect.closeTo(0.1, 12), 0.9, 0],
    });
    expect(chooseStep(inspectionOf('aaa', [0.5, 0.5, 0.5, 0.5], 1))).toBeUndefined();
  });

  it('is shown without cls, with the end last', () => {
    const shown = bars([0.25, 0.75, 0], inspectionOf('a', [], 1));
    expect(shown).toEqual({ categories: ['a', 'end'], values: [0.75, 0.25] });
  });

  it('puts the least probable characters of a large alphabet together, and loses nothing', () => {
    const characters = Array.from({ length: 60 }, (_, i) => String.fromCodePoint(0x4e00 + i));
    const inspection = { ...inspectionOf('', [], 1), tokens: ['pad', ...characters, 'cls'] };
    const weight = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 61, maxLength: 61 }), (weights) => {
        const total = weights.reduce((a, b) => a + b, 0);
        const { categories, values } = bars([...weights.map((w) => w / total), 0], inspection);
        expect(categories).toHaveLength(32);
        expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('the habits of heads', () => {
  it('are where a head looks most, from the fifth position on', () => {
    const looking = (at: (query: number) => number) =>
      Array.from({ length: 8 }, (_, query) =>
        Array.from({ length: query + 1 }, (_unused, key) => (key === Math.max(0, at(query)) ? 1 : 0)),
      );
    const heads = [looking((q) => q), looking((q) => q - 1), looking((q) => q - 3), looking(() => 0)];
    const even = expect.closeTo((1 / 5 + 1 / 6 + 1 / 7 + 1 / 8) / 4, 12) as number;
    expect(headHabits([[heads]])).toEqual(
      [0, 1, 3, 4].map((place, head) => ({ block: 0, head, place, weight: 1, even })),
    );
  });

  it('are means over positions and texts', () => {
    const even = Array.from({ length: 6 }, (_, query) => new Array<number>(query + 1).fill(1 / (query + 1)));
    // Positions 4 and 5 have weights of 1/5 and 1/6 on everything.
    const [habit] = headHabits([[[even]]]);
    expect([habit!.weight, habit!.even]).toEqual([expect.closeTo(11 / 60, 12), expect.closeTo(11 / 60, 12)]);
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

describe('nllRange', () => {
  const long = { values: [250, ...Array.from({ length: 100 }, () => 75)] };

  it('shows a short, bad curve beside a long, good one', () => {
    expect(nllRange([long, { values: [170, 165, 164] }])).toEqual({ high: 250 });
    expect(nllRange([{ values: [100, 75, 75] }, { values: [120] }])).toEqual({ high: 120 });
  });

  it('leaves out a first epoch that is far above, but never a line', () => {
    expect(nllRange([long])).toEqual({ high: 150 });
    expect(nllRange([long], [{ value: 212 }])).toEqual({ high: 212 });
  });

  it('cuts what diverges, and knows no bound where nothing is finite', () => {
    expect(nllRange([{ values: [100, 80, 80, 80, 5000, Infinity, NaN] }])).toEqual({ high: 160 });
    expect(nllRange([{ values: [NaN] }])).toEqual({});
  });
});

describe('the settings of a training', () => {
  const config = fixtureConfig({ plan: { recipe: 'modern' } });
  const numbersOf = (training: object) =>
    trainingWords({ ...config, training: { ...config.training, ...training } })!.how.match(/\d+(\.\d+)?/g);

  it('are told in words with their numbers, those that do nothing left out', () => {
    const { how, epochs, wait } = trainingWords(fixtureConfig())!;
    // Learning rate, weight decay, batch, dropout in percent; epochs; patience with the epoch that ends the run.
    expect(how.match(/\d[\d,.]*\d|\d+/g)).toEqual(['0.001', '0.01', '32', '10']);
    expect([epochs, wait]).toEqual([1000, 11]);
    const chosen = {
      schedule: { kind: 'warmup-cosine', warmupSteps: 50, floor: 0 },
      labelSmoothing: 0.05,
      averaging: { kind: 'ema', decay: 0.99 },
      augmentation: { wordShuffle: 0.25 },
    };
    expect(numbersOf(chosen)).toEqual(expect.arrayContaining(['50', '5', '25', '0.99']));
  });

  it('are told as they are, not rounded as what is measured', () => {
    const { dropout } = config.model as { dropout: object };
    const model = { ...config.model, dropout: { ...dropout, residual: 0.025 } };
    const training = { ...config.training, clipNorm: 0.5, labelSmoothing: 0.004 };
    const { how } = trainingWords({ ...config, model, training })!;
    expect(how).toMatch(/clipped at a norm of 0\.5,.* 2\.5 % dropout on .*, 0\.4 % label smoothing/);
  });

  it('are not told of a training of another form', () => {
    expect(trainingWords({ ...config, training: { epochs: 3, batch: 8, padding: 'all' } })).toBeUndefined();
  });

  const sizes = ['87k', '557k'] as const;
  const own = sizes.map((preset) => fixtureConfig({ preset }));
  const other = sizes.map((size) => fixtureConfig({ plan: { recipe: 'modern', size } }));

  it('of two recipes are those that differ, by size where sizes differ', () => {
    const found = differentSettings(own, other);
    const by = new Map(found.map(({ name, first, second }) => [name, [first, second]]));
    expect(by.get('model.dModel')).toEqual(['20 / 30', '48 / 104']);
    expect(by.get('model.layers')).toEqual(['5', '3 / 4']);
    expect(by.get('training.learningRate')).toEqual(['0.001', '0.01']);
    expect(by.get('training.schedule.kind')).toEqual(['constant', 'warmup-cosine']);
    expect(by.get('training.schedule.warmupSteps')![0]).toBe('–');
    for (const same of ['training.padding', 'model.tiedEmbeddings']) expect(by.has(same)).toBe(false);
    expect(differentSettings(own, own)).toEqual([]);
  });
});
