import { emptyReport, summarizeReport } from '../../tokenizer/report.js';
import type { SampleOptions, TextModel } from '../../model/text-model.js';
import { loadTextModel } from '../../ensemble/load-mixture.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { breathe } from './prepare-texts.js';

/** The options of `letterpress sample`. */
export interface SampleCliOptions extends BackendOptions {
  readonly count: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly prompt?: string;
  readonly seed: number;
  readonly json?: true;
}

/** Writes texts with a run's best model, or with a mixture: character by character on a terminal, else a line a text. */
export async function sample(folder: string, options: SampleCliOptions, context: CliContext): Promise<void> {
  const { backend } = openBackend(options, context);
  const model = loadTextModel(folder, backend);
  const { count, temperature, topK, topP, prompt, seed } = options;
  const asked: SampleOptions = { count, temperature, topK, topP, prompt, seed };
  const report = emptyReport();
  const sampling = model.sampleSteps(asked, report);
  const stream = context.stdoutIsTerminal && options.json !== true ? new Stream(model, asked, context) : undefined;
  let step = sampling.next();
  if (prompt !== undefined) {
    for (const line of summarizeReport(report)) context.notice(`prompt: ${line}\n`);
  }
  while (!step.done) {
    stream?.add(step.value);
    await breathe();
    step = sampling.next();
  }
  const texts = step.value;
  if (stream) stream.end();
  else if (options.json) context.printJson({ run: folder, ...asked, texts });
  else await context.write(texts.map((text) => `${text}\n`).join(''));
}

/**
 * Shows texts as they are written. All are written side by side, so the first is shown character by character, and the
 * others as far as they are, each when the one before it has ended.
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

  /** Everything is written: shows what is left. */
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
