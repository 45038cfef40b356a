import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as browser from '../../src/browser.js';
import * as library from '../../src/index.js';

/** What runs in a browser and in Node.js. A name that is added, removed or renamed here changes the public API. */
const BROWSER = [
  'AdamWOptimizer',
  'DecoderTransformer',
  'Embedding',
  'KneserNey',
  'LanguageModel',
  'LayerNorm',
  'LetterpressError',
  'Linear',
  'MixtureModel',
  'PRESETS',
  'PYTORCH_ADAMW',
  'ParameterBuilder',
  'RECIPES',
  'Random',
  'Tape',
  'Tokenizer',
  'Trainer',
  'TrainingIndex',
  'attention',
  'bestKneserNey',
  'blockBootstrap',
  'bootstrap',
  'compareGroups',
  'continueTraining',
  'corpusFromTexts',
  'corpusReport',
  'correlate',
  'countParameters',
  'crossEntropy',
  'decodeSafetensors',
  'defaultTokenizer',
  'describeComparison',
  'diagnose',
  'encodeNpy',
  'encodeOnnx',
  'encodeSafetensors',
  'encodeSplit',
  'entropy',
  'entropyPerCharacter',
  'evenlySpaced',
  'fitBigram',
  'fitFlatUnigram',
  'fitKneserNey',
  'fitPositionUnigram',
  'fitUnigram',
  'gazette',
  'initializeParameters',
  'learnAlphabet',
  'limitTrain',
  'meanInterval',
  'meanNll',
  'meanTop1',
  'mixModels',
  'mlp',
  'nearDuplicates',
  'nearOverlap',
  'packBatch',
  'parseModelConfig',
  'parseRecipe',
  'pearson',
  'planTraining',
  'presetConfig',
  'runSteps',
  'sampleQuality',
  'spearman',
  'summarizeModel',
  'temper',
  'textsAsRead',
  'writeDistillationSetTexts',
];

/** What Node.js has beside it. */
const NODE_ONLY = [
  'TrainingRun',
  'chooseBackend',
  'cleanHeadline',
  'cleanTexts',
  'compareRuns',
  'computeFacts',
  'corpusStatistics',
  'createCleaner',
  'describeRun',
  'exportModel',
  'fingerprint',
  'fitBaselines',
  'importModel',
  'letterpressVersion',
  'loadCorpus',
  'loadMixture',
  'loadTextModel',
  'mixRuns',
  'readReportRun',
  'readRun',
  'readStudy',
  'readTexts',
  'runStudy',
  'trainInWorker',
  'writeReport',
];

/** In Node.js, `chooseBackend` has that backend. */
const BROWSER_ONLY = ['createWasmBackend', 'serveTraining', 'trainInWorker'];

/** In both, with another default backend; only Node.js loads from folders. */
const IN_BOTH = ['loadModel', 'portable', 'trainModel'];

describe('the public API', () => {
  it('has these names and no others', () => {
    expect(Object.keys(browser).sort()).toEqual([...BROWSER, ...IN_BOTH, ...BROWSER_ONLY].sort());
    expect(Object.keys(library).sort()).toEqual([...BROWSER, ...IN_BOTH, ...NODE_ONLY].sort());
  });
});

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const examples = readdirSync(EXAMPLES).filter((file) => /\.(mjs|ts)$/.test(file));

describe.each(examples)('examples/%s', (file) => {
  const source = readFileSync(join(EXAMPLES, file), 'utf8');

  it('imports names that the package has, and nothing from inside it', () => {
    const whole = /import \* as (\w+) from 'letterpress'/.exec(source)?.[1];
    const used = whole === undefined ? [] : [...source.matchAll(new RegExp(`\\b${whole}\\.([a-z]\\w*)`, 'g'))];
    for (const [, name = ''] of used) expect(library).toHaveProperty(name);
    const imports = [...source.matchAll(/import (?:\{([^}]+)\}|\* as \w+) from '([^']+)'/g)];
    expect(imports.map(([, , from]) => from)).toContain('letterpress');
    for (const [, names = '', from = ''] of imports) {
      expect(from).toMatch(/^(letterpress|node:[a-z/]+)$/);
      if (from !== 'letterpress') continue;
      for (const name of names
        .replace(/type \w+,?/g, '')
        .split(',')
        .map((each) => each.trim().split(' as ')[0]!)
        .filter(Boolean))
        expect(library).toHaveProperty(name);
    }
  });
});
