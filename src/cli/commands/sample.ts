import { openModel } from '../open-model.js';
import type { SampleOptions, TextModel } from '../../model/text-model.js';
import { emptyReport, summarizeReport } from '../../tokenizer/report.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { integer, number, positiveInteger } from '../options/parsers.js';
import { withProgress } from '../terminal/progress.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    command
      .argument('<run>', 'run directory or mixture')
      .description("Sample texts from a run's best model, one a line. Text i depends on the seed and i only.")
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
      .option('--prompt <text>', 'beginning of every text')
      .option('--seed <n>', 'seed of sampling', integer({ min: 0 }), 0)
      .option('--json', 'one JSON document'),
  ).action(async (folder, options) => {
    const { load } = await openModel(folder);
    const model = load(openBackend(options, context).backend);
    const { count, temperature, topK, topP, prompt, seed } = options;
    const asked: SampleOptions = { count, temperature, topK, topP, prompt, seed };
    const report = emptyReport();
    const stream = context.stdoutIsTerminal && !options.json ? new Stream(model, asked, context) : undefined;
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
    else if (options.json) context.printJson({ run: folder, ...asked, texts });
    else await context.write(texts.map((text) => `${text}\n`).join(''));
  });
  addExamples(command, [
    ['letterpress sample runs/gazette-modern-48x3', 'ten texts'],
    ['letterpress sample runs/gazette-modern-48x3 -n 3 --temperature 0.5 --prompt "mayor "', 'with a beginning'],
    ['letterpress sample runs/gazette-modern-48x3 -n 1000 --seed 7 > texts.txt', 'a file of texts'],
  ]);
};

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
      this.context.print(text.slice(this.shown));
      this.shown = text.length;
      if (!all && !this.ended.has(this.current)) return;
      this.context.print('\n');
      this.current++;
      this.shown = 0;
    }
  }
}
