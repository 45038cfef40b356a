import { SPLITS, type Splits } from '../../corpus/corpus.js';
import { sourceName } from '../../corpus/sources/file-errors.js';
import { noteLeak, openModelFolder } from '../open-model-folder.js';
import { LetterpressError } from '../../errors.js';
import { scoreLongText } from '../../model/evaluate-long-text.js';
import { bitsPerCharacter, meanScores } from '../../model/evaluate.js';
import { LanguageModel } from '../../model/language-model.js';
import type { TextModel } from '../../model/text-model.js';
import type { Run } from '../../runs/reader.js';
import { checkFingerprint } from '../../runs/check-fingerprint.js';
import { lostShare, summarizeReport } from '../../tokenizer/report.js';
import { exactFigures } from '../../train/run-record.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { addFileOptions, checkNamed, cleaningMode, flagOfReading } from '../options/data.js';
import { choice, positiveInteger } from '../options/parsers.js';
import { counted, formatNumber } from '../../format.js';
import { formatParagraph } from '../terminal/table.js';
import { withProgress } from '../terminal/progress.js';
import { checkAlphabet, OTHER_MODEL } from '../texts/alphabet.js';
import { encodeFor, textsForModel } from '../texts/for-model.js';
import { otherTexts, textsOfRun } from '../texts/of-run.js';
import { isWholeFile } from '../texts/prepare.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    addFileOptions(
      command
        .argument('<run>', 'run directory or mixture')
        .description("Measure a run's best model on its test texts, or on others.")
        .option(
          '--split <which>',
          'train, val or test (default: test; all texts of a single file named by --data)',
          choice(SPLITS),
        )
        .option('--data <path>', "file or folder of other texts than the run's own, or -, as for train"),
    )
      .option('--clean <how>', "headlines or none, for --data (default: as for the run's own texts)", cleaningMode)
      .option(
        '--stride <n>',
        'for a model of a long text: characters between the starts of overlapping pieces (more context for each)',
        positiveInteger,
      )
      .option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    const { data, clean } = options;
    checkNamed(data, flagOfReading(options) ?? (clean && '--clean'), 'the texts of the run are read as they were');
    const { run, load } = await openModelFolder(folder);
    const { backend } = openBackend(options, context);
    const model = load(backend);
    noteLeak(model, context);
    const measured = await textsToMeasure(run, options, context);
    const { texts, split, where, corpus } = measured;
    if (texts.length === 0) throw new LetterpressError('BAD_INPUT', `the ${split} split has no texts`);
    const { precision } = backend.info;
    const ofRun = run.config.backend.precision;
    if (data === undefined && split !== 'train' && model instanceof LanguageModel && precision !== ofRun)
      context.notice(`note: computed in ${precision}; the run's own figures, in ${ofRun}, differ a little\n`);
    const { encoded, report } = await encodeFor(model, texts, context);
    for (const line of summarizeReport(report)) context.notice(`${split}: ${line}\n`);
    if (data !== undefined) checkAlphabet(lostShare(report), where, OTHER_MODEL, context);

    const output = { folder, precision, json: options.json === true };
    if (options.stride === undefined) await evaluateTexts(model, encoded, measured, output, context);
    else {
      checkLongText(model, corpus?.pieces !== undefined, folder);
      await evaluateLongText(model, encoded, options.stride, measured, output, context);
    }
  });
  addExamples(command, [
    ['letterpress evaluate runs/gazette-modern-48x3', 'on the test texts'],
    ['letterpress evaluate runs/news --split val --json', 'on the validation texts, for a program'],
    ['letterpress evaluate runs/news --data other-news/', 'on the test texts of another folder'],
    ['letterpress evaluate runs/news --data more.txt', 'on all texts of a file'],
    ['letterpress evaluate runs/book --stride 64', 'bits per character of a long text'],
  ]);
};

/** The texts that the options name: a split, or all texts of a file, which has no splits of its own. */
async function textsToMeasure(
  run: Run,
  options: Parameters<typeof otherTexts>[1] & { readonly split?: keyof Splits | undefined },
  context: CliContext,
) {
  const { data, split = 'test' } = options;
  const isWhole = data !== undefined && (await isWholeFile(data, options));
  if (isWhole && run.config.corpus.pieces === undefined) {
    const { cleaned } = await textsForModel(data, options, run.config.corpus, context);
    const filled = cleaned.filter((text) => text.trim() !== '');
    if (filled.length < cleaned.length)
      context.notice(`${counted(cleaned.length - filled.length, 'text')} cleaned to nothing, not measured\n`);
    return { texts: filled, split: 'all', where: `all of ${sourceName(data)}`, corpus: undefined };
  }
  const { corpus, splits } = await (data === undefined ? textsOfRun(run, context) : otherTexts(run, options, context));
  if (data === undefined) checkFingerprint(run.config, splits);
  const texts = isWhole ? [...splits.train, ...splits.val, ...splits.test] : splits[split];
  const name = isWhole ? 'all' : split;
  return { texts, split: name, where: `${name} of ${corpus.path ?? corpus.name}`, corpus };
}

type Measured = Awaited<ReturnType<typeof textsToMeasure>>;

interface Output {
  readonly folder: string;
  readonly precision: string;
  readonly json: boolean;
}

async function evaluateTexts(
  model: TextModel,
  encoded: readonly Uint16Array[],
  { texts, split, where, corpus }: Measured,
  { folder, precision, json }: Output,
  context: CliContext,
): Promise<void> {
  const { nll, top1, accuracy } = meanScores(await withProgress(model.scoreSteps(encoded), scoring(encoded), context));
  const exact = corpus?.exact && exactFigures(corpus.exact, texts, nll);
  const bits = bitsPerCharacter(nll, encoded, model.maxCharacters + 1);
  if (json) {
    const figures = { nll, top1, accuracy, bitsPerCharacter: bits, exact };
    context.printJson({ run: folder, split, precision, texts: texts.length, ...figures });
    return;
  }
  context.print(
    `${counted(texts.length, 'text')} (${where})\n` +
      `NLL       ${formatNumber(nll, 4)} nats per text (${formatNumber(bits, 4)} bits per character)\n` +
      `accuracy  ${formatNumber(accuracy, 4)} of the characters, ends included\n` +
      `top-1     ${formatNumber(top1, 4)} of ${model.maxCharacters} positions, padding counted\n`,
  );
  if (exact) {
    const excess =
      `excess ${formatNumber(exact.excess, 4)} nats per text over the true distribution, ` +
      `which scores ${formatNumber(exact.grammarNll, 4)} on these texts (entropy ${formatNumber(exact.entropy, 4)})`;
    context.print(formatParagraph(excess, context.style, 7));
  }
}

/** Scores the pieces of a long text as the one text that they are. */
async function evaluateLongText(
  { transformer, backend, maxCharacters }: LanguageModel,
  encoded: readonly Uint16Array[],
  stride: number,
  { split, where }: Measured,
  { folder, precision, json }: Output,
  context: CliContext,
): Promise<void> {
  const tokens = Uint16Array.from(encoded.flatMap((piece) => Array.from(piece)));
  const stage = { label: 'scoring', unit: 'characters', total: tokens.length };
  const steps = scoreLongText(transformer, backend, tokens, stride);
  const score = await withProgress(steps, (done) => ({ ...stage, done }), context);
  const bits = score.nll / Math.LN2;
  if (json) context.printJson({ run: folder, split, precision, stride, ...score, bitsPerCharacter: bits });
  else
    context.print(
      `${counted(score.characters, 'character')} (${where}), each with at least ` +
        `${counted(maxCharacters - stride, 'character')} of context\n` +
        `NLL    ${formatNumber(score.nll, 4)} nats per character (${formatNumber(bits, 4)} bits)\n` +
        `top-1  ${formatNumber(score.top1, 4)} of the characters\n`,
    );
}

/** For the progress bar. */
export function scoring(encoded: readonly unknown[]) {
  return (done: number) => ({ label: 'scoring', unit: 'texts', total: encoded.length, done });
}

function checkLongText(model: TextModel, pieces: boolean, folder: string): asserts model is LanguageModel {
  if (pieces && model instanceof LanguageModel) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `--stride is for models of one long text, trained with --continuous; ` +
      `${folder} is ${pieces ? 'a mixture' : 'a model of separate texts'}`,
    'Leave --stride out.',
  );
}
