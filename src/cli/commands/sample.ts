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
import { addLinesOption, checkLines } from '../options/lines.js';
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
          'only the fewest most probable characters that, after temperature and top-k, add up to p or more',
          number({ above: 0, max: 1 }),
        )
        .option('--prompt <text>', "beginning of every text, cleaned as the run's own texts were")
        .option('--clean <how>', "headlines or none, for --prompt (default: as for the run's own texts)", cleaningMode)
        .option('--seed <n>', 'seed of sampling', integer({ min: 0 }), 0),
    ).option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    if (options.clean !== undefined && options.prompt === undefined)
      throw new LetterpressError(
        'BAD_OPTION',
        '--clean says how to clean --prompt, which was not given',
        'Add --prompt, or leave --clean out.',
      );
    checkLines(options);
    const { run, load } = await openModelFolder(folder);
    const model = load(openBackend(options, context).backend);
    const { count, temperature, topK, topP, seed, json, null: nulls } = options;
    const prompt = promptFor(model, options.prompt, options.clean ?? run.config.corpus.cleaning, context);
    const asked: SampleOptions = { count, temperature, topK, topP, prompt, seed };
    const report = emptyReport();
    const lines = json ? undefined : new Lines(model, asked, context.stdoutIsTerminal, nulls);
    let notes = prompt === undefined ? undefined : () => summarizeReport(report);
    const texts = await withProgress(
      model.sampleSteps(asked, report),
      async (characters) => {
        for (const line of notes?.() ?? []) context.notice(`prompt: ${line}\n`);
        notes = undefined; // once, after the first step, which reads the prompt
        const written = lines?.add(characters) ?? '';
        if (written !== '') await context.write(written);
        return undefined;
      },
      context,
    );
    if (json) context.printJson({ run: folder, ...asked, texts });
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
 * The lines of texts as they are written, in order. Texts are written in parallel: for a terminal, the first that has
 * not ended comes character by character, and every other at once, when the one before it has ended.
 */
class Lines {
  private readonly tokens: number[][] = [];
  private readonly ended = new Set<number>();
  private readonly prompt: readonly number[];
  private current = 0;
  private shown = 0;

  constructor(
    private readonly model: TextModel,
    asked: SampleOptions,
    private readonly byCharacter: boolean,
    private readonly nulls = false,
  ) {
    this.prompt = [...model.tokenizer.encode(asked.prompt ?? '')];
  }

  /** @returns what can be shown now that these characters are written */
  add(characters: readonly { readonly text: number; readonly token: number }[]): string {
    const { tokenizer, maxCharacters } = this.model;
    for (const { text, token } of characters) {
      const tokens = (this.tokens[text] ??= [...this.prompt]);
      if (token !== tokenizer.padToken) tokens.push(token);
      if (token === tokenizer.padToken || tokens.length === maxCharacters) this.ended.add(text);
    }
    let lines = '';
    for (let tokens = this.tokens[this.current]; tokens !== undefined; tokens = this.tokens[this.current]) {
      const ended = this.ended.has(this.current);
      if (!ended && !this.byCharacter) break;
      const part = tokenizer.decode(tokens.slice(this.shown));
      lines += this.nulls ? part : escapeLine(part);
      this.shown = tokens.length;
      if (!ended) break;
      lines += this.nulls ? '\0' : '\n';
      this.current++;
      this.shown = 0;
    }
    return lines;
  }
}
