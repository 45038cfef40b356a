import { cleanTexts } from '../../corpus/cleaning/index.js';
import type { CleaningMode } from '../../corpus/corpus.js';
import { LetterpressError } from '../../errors.js';
import { escapeLine } from '../../escapes.js';
import { openModelFolder } from '../open-model-folder.js';
import type { SampleOptions, TextModel } from '../../model/text-model.js';
import { emptyReport, lostShare, summarizeReport } from '../../tokenizer/report.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { cleaningMode } from '../options/data.js';
import { addLinesOption, linesOrNulls } from '../options/lines.js';
import { integer, number, positiveInteger } from '../options/parsers.js';
import { withProgress } from '../terminal/progress.js';
import { checkAlphabet } from '../texts/alphabet.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    addLinesOption(
      command
        .argument('<run>', 'run directory or mixture')
        .description(
          "Sample texts from a run's best model, one a line: line ends and other control characters in them are " +
            'escaped, as \\n or \\u{1b}, and a backslash is \\\\. Text i depends on the seed and i only.',
        )
        .option('-n, --count <n>', 'number of texts', positiveInteger, 10)
        .option(
          '--temperature <t>',
          "below 1 sharpens the distribution, above 1 flattens it; 1 is the model's own",
          number({ above: 0 }),
          1,
        )
        .option('--top-k <k>', 'only the k most probable characters', positiveInteger)
        .option(
          '--top-p <p>',
          'only the most probable characters whose probabilities add up to p',
          number({ above: 0, max: 1 }),
        )
        .option('--prompt <text>', "beginning of every text, cleaned as the run's own texts were")
        .option('--clean <how>', "headlines or none, for --prompt (default: as for the run's own texts)", cleaningMode)
        .option('--seed <n>', 'seed of sampling', integer({ min: 0 }), 0),
    ).option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    const { run, load } = await openModelFolder(folder);
    const model = load(openBackend(options, context).backend);
    const { count, temperature, topK, topP, seed, json, null: nulls } = options;
    const prompt = promptFor(model, options.prompt, options.clean ?? run.config.corpus.cleaning, context);
    const asked: SampleOptions = { count, temperature, topK, topP, prompt, seed };
    const report = emptyReport();
    const stream = context.stdoutIsTerminal && !json && !nulls ? new Stream(model, asked, context) : undefined;
    let notes = prompt === undefined ? undefined : () => summarizeReport(report);
    const texts = await withProgress(
      model.sampleSteps(asked, report),
      (characters) => {
        for (const line of notes?.() ?? []) context.notice(`prompt: ${line}\n`);
        notes = undefined; // once, after the first step, which reads the prompt
        stream?.add(characters);
        return undefined;
      },
      context,
    );
    if (stream) stream.end();
    else if (json) context.printJson({ run: folder, ...asked, texts });
    else await context.write(linesOrNulls(texts, nulls));
  });
  addExamples(command, [
    ['letterpress sample runs/gazette-modern-48x3', 'ten texts'],
    ['letterpress sample runs/gazette-modern-48x3 -n 3 --temperature 0.5 --prompt "mayor "', 'with a beginning'],
    ['letterpress sample runs/gazette-modern-48x3 -n 1000 --seed 7 > texts.txt', 'a file of texts'],
  ]);
};

/**
 * A prompt as the texts of the model were: a cleaned one still ends in a space where the given one does.
 *
 * @throws LetterpressError BAD_INPUT when cleaning leaves nothing of it, or most of it is outside the alphabet
 */
function promptFor(
  { tokenizer }: TextModel,
  given: string | undefined,
  mode: CleaningMode,
  context: CliContext,
): string | undefined {
  if (given === undefined || given.trim() === '') return given;
  const [cleaned = ''] = cleanTexts([given], mode);
  const prompt = mode === 'none' || !/\s$/.test(given) ? cleaned : `${cleaned} `;
  if (prompt.trim() === '')
    throw new LetterpressError(
      'BAD_INPUT',
      `cleaning leaves nothing of the prompt ${JSON.stringify(given)}`,
      'Give other words, or keep it as it is (clean none).',
    );
  if (prompt !== given) context.notice(`prompt: cleaned to ${JSON.stringify(prompt)}\n`);
  const report = emptyReport();
  tokenizer.encode(prompt, report);
  checkAlphabet(lostShare(report), 'the prompt', "Give characters of the model's alphabet.", context);
  return prompt;
}

/**
 * Shows texts as they are written. They are written in parallel: the first is shown character by character, and each of
 * the others, as far as it is, when the one before it has ended.
 */
class Stream {
  private readonly characters: string[] = [];
  private readonly ended = new Set<number>();
  private current = 0;
  private shown = 0;

  constructor(
    private readonly model: TextModel,
    private readonly asked: SampleOptions,
    private readonly context: CliContext,
  ) {}

  add(characters: readonly { readonly text: number; readonly token: number }[]): void {
    const { tokenizer } = this.model;
    for (const { text, token } of characters) {
      this.characters[text] ??= tokenizer.decode(tokenizer.encode(this.asked.prompt ?? ''));
      if (token === tokenizer.padToken) this.ended.add(text);
      else this.characters[text] += tokenizer.decode([token]);
    }
    this.show(false);
  }

  end(): void {
    this.show(true);
  }

  private show(all: boolean): void {
    for (;;) {
      const text = this.characters[this.current];
      if (text === undefined) return;
      this.context.print(escapeLine(text.slice(this.shown)));
      this.shown = text.length;
      if (!all && !this.ended.has(this.current)) return;
      this.context.print('\n');
      this.current++;
      this.shown = 0;
    }
  }
}
