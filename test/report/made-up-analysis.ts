/** Analysis files of made-up runs: of the right form, with numbers as of a real run on headlines. */
import type { Inspection, SampleQualities, Temperatures } from '../../src/runs/analysis-schema.js';
import type { SampleQuality } from '../../src/texts/texts-schema.js';
import type { Baselines } from '../../src/baselines/baselines-schema.js';
import type { RunConfig } from '../../src/runs/schema.js';
import { Random } from '../../src/random.js';

/** Nats per text of the baselines, on validation texts; on test texts they have 1 more. */
export const BASELINE_NLLS = {
  'flat-unigram': 256,
  unigram: 165,
  'position-unigram': 160,
  bigram: 140,
  'kneser-ney': 92,
  gzip: 130,
  brotli: 115,
} as const;

/** Fitted on fewer texts, the n-gram model is worse, by so much. */
export const FEW_TEXTS_LOSS = 12;

/** Predicted characters of a text. */
export const CHARACTERS_PER_TEXT = 43;

/** `baselines.json`. */
export function madeUpBaselines({ corpus }: RunConfig): Baselines {
  const loss = corpus.limit === undefined ? 0 : FEW_TEXTS_LOSS;
  const nll = (id: keyof typeof BASELINE_NLLS) => BASELINE_NLLS[id] + (id === 'kneser-ney' ? loss : 0);
  const scored = (id: keyof typeof BASELINE_NLLS, label: string, contextFree = false) => ({
    id,
    label,
    contextFree,
    valNll: nll(id),
    testNll: nll(id) + 1,
  });
  const top1 = (valTop1: number) => ({ valTop1, testTop1: valTop1 - 0.002 });
  return {
    texts: corpus.sizes,
    charactersPerText: { val: CHARACTERS_PER_TEXT - 1, test: CHARACTERS_PER_TEXT },
    baselines: [
      { ...scored('flat-unigram', 'flat character unigram', true), ...top1(0.64) },
      { ...scored('unigram', 'unigram that knows the end', true), ...top1(0.678) },
      { ...scored('position-unigram', 'unigram by position', true), ...top1(0.685) },
      { ...scored('bigram', 'bigram'), ...top1(0.73) },
      { ...scored('kneser-ney', 'Kneser–Ney, order 7'), order: 7, ...top1(0.81) },
      scored('gzip', 'gzip'),
      scored('brotli', 'brotli'),
    ],
    kneserNeyByOrder: [2, 3, 4, 5, 6, 7, 8, 9].map((order) => ({
      order,
      valNll: nll('kneser-ney') + 1.5 * (order - 7) ** 2,
    })),
  };
}

const WORDS = 'storm hits coast minister says court rules on new tax plan market falls after bank report'.split(' ');

/** 64 texts: characters at random for a bad model, words for a good one. */
export function madeUpTexts(nll: number, seed: number): string[] {
  const random = new Random(seed, 'test');
  const known = Number.isFinite(nll) ? Math.min(1, Math.max(0, (200 - nll) / 110)) : 0;
  const nonsense = () =>
    Array.from({ length: 2 + random.integer(6) }, () => String.fromCharCode(97 + random.integer(26))).join('');
  return Array.from({ length: 64 }, () =>
    Array.from({ length: 4 + random.integer(4) }, () =>
      random.uniform() < known ? WORDS[random.integer(WORDS.length)]! : nonsense(),
    ).join(' '),
  );
}

/** Better in every way the lower the NLL; of real texts for the NLL 85. */
export function madeUpQuality(nll: number): SampleQuality {
  const good = Number.isFinite(nll) ? Math.min(1, Math.max(0, (200 - nll) / 115)) : 0;
  return {
    texts: 64,
    meanCharacters: 30 + 12 * good,
    knownWords: good,
    copied: 0.02 * good,
    longestCopy: { mean: 4 + 16 * good, max: 10 + Math.round(30 * good) },
    nearest: 0.8 - 0.3 * good,
    distinct: { words: 0.95 - 0.25 * good, pairs: 0.99 - 0.05 * good, triples: 1 },
    ngramNll: 200 - 110 * good,
    ngramNllPerCharacter: (200 - 110 * good) / CHARACTERS_PER_TEXT,
  };
}

/** `samples/quality.json`. */
export function madeUpQualities(
  along: readonly (readonly [epoch: number, nll: number])[],
  final: number,
): SampleQualities {
  return {
    entries: [
      ...along.map(([epoch, nll]) => ({ of: 'epoch' as const, epoch, quality: madeUpQuality(nll) })),
      { of: 'final', quality: madeUpQuality(final) },
      { of: 'test', quality: madeUpQuality(85) },
    ],
  };
}

/** the notebook's temperatures. */
export const TEMPERATURES = [0.01, 0.1, 0.5, 0.8, 1] as const;

/** `temperatures.json`: at the lowest temperature all texts are the same; entropy and NLL rise with it. */
export function madeUpTemperatures(nll: number): Temperatures {
  return {
    seed: 0,
    entries: TEMPERATURES.map((temperature) => ({
      temperature,
      texts:
        temperature < 0.05
          ? Array<string>(64).fill('storm hits coast')
          : madeUpTexts(nll, Math.round(100 * temperature)),
      entropyPerCharacter: 1.6 * temperature ** 1.2,
      modelNll: 20 + 65 * temperature,
      modelNllPerCharacter: (20 + 65 * temperature) / CHARACTERS_PER_TEXT,
      quality: madeUpQuality(85 + 15 * temperature),
    })),
  };
}

const INSPECTED = ['storm hits coast', 'court rules on new tax'];

/** `inspection.json`: distributions that add up to 1, and causal attention that does. */
export function madeUpInspection(config: RunConfig): Inspection {
  const { dModel, blocks, heads } = config.model as { dModel: number; blocks: number; heads: number };
  const characters = 'abcdefghijklmnopqrstuvwxyz '.split('');
  const tokens = ['pad', ...characters, 'cls'];
  const random = new Random(1, 'test');
  return {
    tokens,
    embedding: tokens.map(() => Array.from({ length: dModel }, () => round(random.normal()))),
    texts: INSPECTED.map((text) => ({
      split: 'test' as const,
      text,
      nll: 2 * text.length,
      // The next character has most of it, all others the same.
      distributions: Array.from({ length: text.length + 1 }, (_, place) => {
        const next = place === text.length ? 0 : tokens.indexOf(text[place]!);
        return tokens.map((_name, token) => (token === next ? 0.44 : 0.02));
      }),
      attention: Array.from({ length: blocks }, (_b, block) =>
        Array.from({ length: heads }, (_h, head) =>
          Array.from({ length: text.length + 1 }, (_q, query) => causalWeights(query, block + head)),
        ),
      ),
    })),
  };
}

/** Weights over the keys 0 … query that fall the faster the more distant the key. */
function causalWeights(query: number, pace: number): number[] {
  const raw = Array.from({ length: query + 1 }, (_, key) => Math.exp(-(query - key) / (1 + pace)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / total);
}

function round(value: number): number {
  return Math.round(1000 * value) / 1000;
}
