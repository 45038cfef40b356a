import { limitTrain, type Corpus, type Splits } from '../../corpus/corpus.js';
import { pieceSteps } from '../../corpus/pieces.js';
import { parseHubAddress } from '../../corpus/sources/hub/address.js';
import { readLongText } from '../../corpus/sources/long-text.js';
import { LetterpressError } from '../../errors.js';
import { DEFAULT_CONTEXT_LENGTH } from '../../nn/presets.js';
import { emptyReport, lostShare, summarizeReport } from '../../tokenizer/report.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { CliContext } from '../context.js';
import { flagOfReading } from '../options/data.js';
import { withProgress } from '../terminal/progress.js';
import { checkAlphabet, chooseAlphabet, OTHER_MODEL } from './alphabet.js';
import type { DataOptions, PreparedTexts } from './types.js';

/** Pieces of one long text, cut by characters of the alphabet, so that all are equally long for a model. */
export async function preparePieces(
  options: DataOptions,
  context: CliContext,
  known: Tokenizer | undefined,
): Promise<PreparedTexts> {
  const { data, clean, limit, contextLength = DEFAULT_CONTEXT_LENGTH } = options;
  const characters = contextLength - 1;
  const format = options.format === 'text' ? undefined : options.format;
  const wrong =
    flagOfReading({ ...options, format }) ??
    (clean === 'headlines' ? '--clean headlines' : undefined) ??
    (options.seed === undefined ? undefined : '--seed');
  if (data === undefined || wrong !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--continuous reads one long text: ${data === undefined ? 'it needs --data' : `it does not go with ${wrong}`}`,
      'Name a .txt file, or a folder with train.txt, val.txt and test.txt.',
    );
  }
  if (parseHubAddress(data) !== undefined)
    throw new LetterpressError(
      'BAD_OPTION',
      '--continuous reads a file or a folder, not a data set of the Hub',
      'Download the file, and name it with --data.',
    );
  const { name, kind, path, parts } = await readLongText(data, context.stdin);
  const whole = { train: [parts.train], val: [parts.val], test: [parts.test] };
  const tokenizer = known ?? (await chooseAlphabet(whole, { ...options, clean: 'none' }, false, context));
  const cut = async (part: keyof Splits): Promise<string[]> => {
    const report = emptyReport();
    const steps = pieceSteps(parts[part], tokenizer, characters, report);
    const { pieces, characters: read } = await withProgress(steps, () => undefined, context);
    for (const line of summarizeReport({ ...report, empty: 0 })) context.notice(`${part}: ${line}\n`);
    if (known !== undefined) checkAlphabet(lostShare(report), part, OTHER_MODEL, context);
    if (pieces.length > 0) return pieces;
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least ${characters} characters in the ${part} part of ${data}, got ${read}`,
      'Give a longer text, or a smaller --context-length.',
    );
  };
  const splits = { train: await cut('train'), val: await cut('val'), test: await cut('test') };
  const all: Corpus = { name, kind, path, splits, alreadyClean: false, pieces: characters };
  const corpus = limit === undefined ? all : limitTrain(all, limit);
  return { corpus, clean: 'none', splits: corpus.splits, tokenizer };
}
