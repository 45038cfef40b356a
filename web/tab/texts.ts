import { limitTrain, splitColumns, withoutEmpty, type Corpus, type Splits } from '../../src/corpus/corpus.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { collectTexts, rowsFor } from '../../src/corpus/sources/collect-texts.js';
import { readDelimited } from '../../src/corpus/sources/delimited.js';
import { readJson } from '../../src/corpus/sources/json.js';
import { latin1 } from '../../src/corpus/sources/recognise.js';
import { decodeUtf8, splitLines } from '../../src/corpus/sources/utf8.js';
import { LetterpressError } from '../../src/errors.js';
import type { RunTexts } from '../../src/runs/run-texts.js';
import { CharacterCounts, isAlphabetLearned } from '../../src/tokenizer/character-counts.js';
import { learnAlphabet } from '../../src/tokenizer/learn-alphabet.js';
import { checkLostShare } from '../../src/tokenizer/report.js';
import { defaultTokenizer, type Tokenizer } from '../../src/tokenizer/tokenizer.js';
import type { TrainingRequest } from './tasks.js';

/** Texts as `letterpress train --clean none` prepares them: the word lists of cleaning are not in the page. */
export async function prepareTexts({ file, options }: TrainingRequest): Promise<RunTexts> {
  const { limit, columns: asked } = options as { limit?: number; columns?: string };
  const columns = asked?.split(',').map((name) => name.trim());
  const whole = file === undefined ? gazette() : await readCorpus(file, columns, limit);
  const corpus = limit === undefined ? whole : limitTrain(whole, limit);
  const splits = corpus.alreadyClean ? corpus.splits : withoutEmpty(corpus.splits);
  const tokenizer = chooseAlphabet(splits, options, corpus.alreadyClean);
  const reading = corpus.alreadyClean ? {} : { reading: { emptyTexts: 'left out' as const } };
  return { corpus, cleaning: 'none', columns, limit, ...reading, splits, tokenizer };
}

async function readCorpus(
  file: File,
  columns: readonly string[] | undefined,
  limit: number | undefined,
): Promise<Corpus> {
  const plain = file.name.replace(/\.gz$/i, '');
  const [, name = plain, ending = ''] = /^(.*?)(?:\.([^.]*))?$/s.exec(plain) ?? [];
  const kind = ({ csv: 'csv', tsv: 'tsv', json: 'jsonl', jsonl: 'jsonl' } as const)[ending.toLowerCase()] ?? 'text';
  const start = await startOf(file);
  const source = { name: file.name, asked: columns, note: () => undefined };
  const texts = decodeUtf8(bytesOf(file), file.name);
  const portions =
    kind === 'text'
      ? filledLines(splitLines(texts))
      : kind === 'jsonl'
        ? readJson(texts, { ...source, isArray: start.startsWith('[') })
        : readDelimited(splitLines(texts), { ...source, kind }, {});
  const { columns: read } = await collectTexts(portions, rowsFor(limit, columns?.length ?? 1));
  return { name, kind, path: file.name, splits: splitColumns(read, 0, file.name), alreadyClean: false };
}

/** Unpacked, if it is gzip. */
async function* bytesOf(file: File): AsyncGenerator<Uint8Array, void> {
  const isPacked = /\.gz$/i.test(file.name);
  const reader = (isPacked ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      const what = isPacked ? 'the gzip file' : 'the file';
      throw new LetterpressError('BAD_INPUT', `${what} ${file.name} cannot be read`, 'Drop it again.', { cause });
    });
    if (done) return;
    yield value;
  }
}

async function startOf(file: File): Promise<string> {
  for await (const bytes of bytesOf(file))
    return latin1(bytes)
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart();
  throw new LetterpressError('BAD_INPUT', `${file.name} is empty`, 'Check that it is the right file.');
}

async function* filledLines(lines: AsyncIterable<string[]>): AsyncGenerator<string[][], void> {
  for await (const portion of lines) yield [portion.filter((line) => line.trim() !== '')];
}

/** As the command line chooses one. */
function chooseAlphabet(splits: Splits, options: Readonly<Record<string, unknown>>, alreadyClean: boolean): Tokenizer {
  const { alphabet, recipe, preset } = options as { alphabet?: 'english' | 'auto'; recipe?: string; preset?: string };
  const english = defaultTokenizer();
  if (alphabet !== 'auto' && alreadyClean) return english;
  const counts = new CharacterCounts();
  for (const text of splits.train) counts.add(text);
  const isNotebook = recipe === 'notebook' || preset !== undefined;
  const chosen = isAlphabetLearned(counts, alphabet, isNotebook) ? learnAlphabet(counts.characters) : english;
  checkLostShare(counts.lostShare(chosen), 'train', 'Learn the alphabet from the texts: --alphabet auto.');
  return chosen;
}
