import type { CorpusReport } from '../../texts/texts-schema.js';
import { listed } from '../writing/blocks.js';
import { counted, percent, whole } from '../writing/numbers.js';
import type { Rule } from './rule.js';

const SPLITS = ['train', 'val', 'test'] as const;
const SPLIT_NAMES = { train: 'training', val: 'validation', test: 'test' } as const;

/** What has to be known of the texts to trust what is measured on them. */
export const DATA_RULES: readonly Rule[] = [
  {
    id: 'data-duplicates',
    when: 'a split has texts that occur in it more than once',
    say: withReport(({ splits }) => {
      const found = SPLITS.filter((split) => splits[split].duplicates > 0);
      if (found.length === 0) return undefined;
      const each = found.map((split) => `${counted(splits[split].duplicates, 'text')} in ${SPLIT_NAMES[split]}`);
      return `Some texts occur more than once in their split: ${listed(each)} had been there before.`;
    }),
  },
  {
    id: 'data-no-duplicates',
    when: 'no split has a text twice',
    say: withReport(({ splits }) =>
      SPLITS.every((split) => splits[split].duplicates === 0) ? 'No split has a text twice.' : undefined,
    ),
  },
  {
    id: 'data-overlap',
    when: 'validation or test texts are training texts as well',
    say: withReport(({ splits: { val, test } }) =>
      val.inTrain + test.inTrain === 0
        ? undefined
        : `${percent(val.inTrainShare)} of the validation texts and ${percent(test.inTrainShare)} of the test texts are training texts as well; a model that has learned those by heart gets their NLL for nothing.`,
    ),
  },
  {
    id: 'data-no-overlap',
    when: 'no validation or test text is a training text',
    say: withReport(({ splits: { val, test } }) =>
      val.inTrain + test.inTrain === 0 ? 'No validation or test text is a training text as well.' : undefined,
    ),
  },
  {
    id: 'data-near-overlap',
    when: 'it was searched for test texts that are nearly the same as a training text',
    say: withReport(({ splits: { test }, maxDistance }) => {
      if (test.nearTrain === undefined) return undefined;
      return `${percent(test.nearTrain.share)} of the test texts, as a model reads them, differ from some training text in at most ${percent(maxDistance, 0)} of the characters, copies included.`;
    }),
  },
  {
    id: 'data-words',
    when: 'the test texts have words',
    say: withReport(({ splits: { test } }) => {
      if (test.words.total === 0) return undefined;
      return `${percent(1 - test.words.known)} of the words of the test texts do not occur in the training texts: no model can know them, but it can spell them out.`;
    }),
  },
  {
    id: 'data-cut',
    when: 'some texts are longer than the context length',
    say: withReport(({ splits, maxCharacters }) => {
      const cut = SPLITS.reduce((sum, split) => sum + splits[split].overWindow, 0);
      const all = SPLITS.reduce((sum, split) => sum + splits[split].texts, 0);
      if (cut === 0) return undefined;
      return `${counted(cut, 'text')} of ${whole(all)} (${percent(cut / all)}) ${cut === 1 ? 'is' : 'are'} longer than the context length and cut after ${whole(maxCharacters)} characters.`;
    }),
  },
  {
    id: 'data-empty',
    when: 'some texts are empty as a model reads them',
    say: withReport(({ splits }) => {
      const empty = SPLITS.reduce((sum, split) => sum + splits[split].empty, 0);
      return empty === 0
        ? undefined
        : `${counted(empty, 'text')} ${empty === 1 ? 'is' : 'are'} empty after cleaning, and ${empty === 1 ? 'stays a text' : 'stay texts'}: the model has to predict its end at once.`.replace(
            'its end',
            empty === 1 ? 'its end' : 'their end',
          );
    }),
  },
];

function withReport(say: (report: CorpusReport) => ReturnType<Rule['say']>): Rule['say'] {
  return ({ data: { report } }) => (report === undefined ? undefined : say(report));
}
