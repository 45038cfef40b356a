import { LetterpressError } from '../../errors.js';
import { loadTextModel, readFirstRun } from '../../ensemble/load-mixture.js';
import { encodeSplit } from '../../tokenizer/encode-split.js';
import { summarizeReport } from '../../tokenizer/report.js';
import { scoreLongText, type LongTextScore } from '../../model/evaluate-long-text.js';
import { exactFigures } from '../../train/describe-run.js';
import { bitsPerCharacter, meanScores, type TextScores } from '../../model/evaluate.js';
import { checkFingerprint } from '../../runs/run-texts.js';
import { LanguageModel } from '../../model/language-model.js';
import type { TextModel } from '../../model/text-model.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { formatCount, formatNumber } from '../../format.js';
import { textsOfRun } from './train.js';
import { withProgress } from './with-progress.js';

/** The options of `letterpress evaluate`. */
export interface EvaluateOptions extends BackendOptions, Pick<DataOptions, 'data' | 'column' | 'clean'> {
  /** `test` by default; for a file given by --data, all its texts. */
  readonly split?: 'train' | 'val' | 'test';
  /** Characters between the beginnings of overlapping pieces, for a model of a long text. */
  readonly stride?: number;
  readonly json?: true;
}

/** Measures a run's best model, or a mixture, on a split of its own texts, or of others. */
export async function evaluate(folder: string, options: EvaluateOptions, context: CliContext): Promise<void> {
  if (options.data === undefined && (options.column ?? options.clean) !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      "--column and --clean say how to read --data, which was not given; a run's own texts are read as it says",
      'Add --data, or leave them out.',
    );
  }
  const run = readFirstRun(folder);
  const { backend } = openBackend(options, context);
  const model = loadTextModel(folder, backend);
  const { corpus, splits } = await textsOfRun(run, context, options);
  if (options.data === undefined) checkFingerprint(run.config, splits);
  // A file has no splits of its own: all its texts count, unless one was asked for.
  const whole = options.data !== undefined && corpus.kind !== 'folder' && options.split === undefined;
  const split = whole ? 'all' : (options.split ?? 'test');
  const texts = split === 'all' ? [...splits.train, ...splits.val, ...splits.test] : splits[split];
  if (texts.length === 0) throw new LetterpressError('BAD_INPUT', `the ${split} split has no texts`);
  const { encoded, report } = encodeSplit(texts, model.tokenizer, { maxCharacters: model.maxCharacters });
  for (const line of summarizeReport(report)) context.notice(`${split}: ${line}\n`);
  if (options.stride !== undefined) {
    const pieces = corpus.pieces !== undefined;
    const score = await scoreOverlapping(folder, pieces, model, encoded, options.stride, context);
    const bits = score.nll / Math.LN2;
    if (options.json)
      context.printJson({ run: folder, split, stride: options.stride, ...score, bitsPerCharacter: bits });
    else
      context.print(
        `${formatCount(score.characters)} characters (${split} of ${corpus.path ?? corpus.name}), each from ${model.maxCharacters - options.stride} characters before it or more\n` +
          `NLL    ${formatNumber(score.nll, 4)} nats per character (${formatNumber(bits, 4)} bits)\n` +
          `top-1  ${formatNumber(score.top1, 4)} of the characters\n`,
      );
    return;
  }
  const scores = await scoreWithProgress(model, encoded, context);
  const { nll, top1 } = meanScores(scores);
  const exact = corpus.exact && exactFigures(corpus.exact, texts, nll);
  const bits = bitsPerCharacter(nll, encoded, model.maxCharacters + 1);
  if (options.json) {
    context.printJson({
      run: folder,
      split,
      texts: texts.length,
      nll,
      top1,
      bitsPerCharacter: bits,
      exact,
    });
    return;
  }
  context.print(
    `${formatCount(texts.length)} texts (${split} of ${corpus.path ?? corpus.name})\n` +
      `NLL    ${formatNumber(nll, 4)} nats per text (${formatNumber(bits, 4)} bits per character)\n` +
      `top-1  ${formatNumber(top1, 4)} of ${model.maxCharacters} positions\n`,
  );
  if (exact) {
    context.print(
      `excess ${formatNumber(exact.excess, 4)} nats per text over the true distribution, ` +
        `which scores ${formatNumber(exact.grammarNll, 4)} on these texts (entropy ${formatNumber(exact.entropy, 4)})\n`,
    );
  }
}

/** Scores the pieces of a long text as the one text that they are. */
async function scoreOverlapping(
  folder: string,
  pieces: boolean,
  model: TextModel,
  encoded: readonly Uint16Array[],
  stride: number,
  context: CliContext,
): Promise<LongTextScore> {
  if (!pieces || !(model instanceof LanguageModel)) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--stride is for models of one long text, trained with --continuous; ${folder} is ${pieces ? 'a mixture' : 'a model of texts that end'}`,
      'Leave --stride out.',
    );
  }
  const tokens = Uint16Array.from(encoded.flatMap((piece) => Array.from(piece)));
  const options = { total: tokens.length, unit: 'characters', label: 'scoring' };
  return withProgress(scoreLongText(model.transformer, model.backend, tokens, stride), options, context);
}

/** Scores encoded texts with a progress bar, letting the terminal breathe. */
export async function scoreWithProgress(
  model: TextModel,
  encoded: readonly Uint16Array[],
  context: CliContext,
): Promise<TextScores> {
  return withProgress(model.scoreSteps(encoded), { total: encoded.length, unit: 'texts', label: 'scoring' }, context);
}
