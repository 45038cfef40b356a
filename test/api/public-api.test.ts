import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as browser from '../../src/browser.js';
import * as library from '../../src/index.js';

/** What runs in a browser and in Node.js. A name that is added, removed or renamed here changes the public API. */
const BROWSER = [
  'DecoderTransformer',
  'KneserNey',
  'LanguageModel',
  'LetterpressError',
  'MixtureModel',
  'PRESETS',
  'RECIPES',
  'Random',
  'Tape',
  'Tokenizer',
  'Trainer',
  'TrainingIndex',
  'bestKneserNey',
  'blockBootstrap',
  'bootstrap',
  'compareGroups',
  'corpusFromTexts',
  'corpusReport',
  'correlate',
  'countParameters',
  'crossEntropy',
  'decodeSafetensors',
  'defaultTokenizer',
  'describeComparison',
  'diagnose',
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
  'learnAlphabet',
  'limitTrain',
  'meanInterval',
  'meanNll',
  'meanTop1',
  'mixModels',
  'nearDuplicates',
  'nearOverlap',
  'packBatch',
  'parseModelConfig',
  'parseRecipe',
  'pearson',
  'planTraining',
  'portable',
  'presetConfig',
  'sampleQuality',
  'spearman',
  'summarizeModel',
  'temper',
  'textsAsRead',
  'trainModel',
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
  'loadModel',
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
const BROWSER_ONLY = ['createWasmBackend'];

describe('the public API', () => {
  it('has these names and no others', () => {
    expect(Object.keys(browser).sort()).toEqual([...BROWSER, ...BROWSER_ONLY].sort());
    expect(Object.keys(library).sort()).toEqual([...BROWSER, ...NODE_ONLY].sort());
  });

  it('is the same in a browser as in Node.js', () => {
    const shared = Object.entries(browser).filter(([name]) => !BROWSER_ONLY.includes(name));
    for (const [name, value] of shared) expect(library[name as keyof typeof library], name).toBe(value);
  });
});

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
const examples = readdirSync(EXAMPLES).filter((file) => file.endsWith('.mjs'));

describe.each(examples)('examples/%s', (file) => {
  const source = readFileSync(join(EXAMPLES, file), 'utf8');

  it('imports names that the package has, and nothing from inside it', () => {
    const imports = [...source.matchAll(/import \{([^}]+)\} from '([^']+)'/g)];
    expect(imports.map(([, , from]) => from)).toContain('letterpress');
    for (const [, names = '', from = ''] of imports) {
      expect(from).toMatch(/^(letterpress|node:[a-z/]+)$/);
      if (from !== 'letterpress') continue;
      for (const name of names
        .split(',')
        .map((each) => each.trim().split(' as ')[0]!)
        .filter(Boolean))
        expect(library).toHaveProperty(name);
    }
  });
});
