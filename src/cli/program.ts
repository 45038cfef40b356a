import { Command } from '@commander-js/extra-typings';
import { letterpressVersion } from '../version.js';
import { addExamples, type DefineCommand } from './command.js';
import type { CliContext } from './context.js';

interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

/** Every command, in the order in which `--help` lists them. Only the modules of those that are named are loaded. */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: 'train a small model on the built-in corpus, in a minute or two',
    load: async () => (await import('./commands/demo.js')).defineDemo,
  },
  train: {
    summary: 'train a model and write its run directory',
    load: async () => (await import('./commands/train.js')).defineTrain,
  },
  study: {
    summary: 'run the whole experiment and write its report',
    load: async () => (await import('./commands/study.js')).defineStudy,
  },
  tune: {
    summary: "search a recipe's settings",
    load: async () => (await import('./commands/tune.js')).defineTune,
  },
  distill: {
    summary: 'have a model write a distillation set for a smaller one',
    load: async () => (await import('./commands/distill.js')).defineDistill,
  },
  sample: {
    summary: 'write new texts with a trained model',
    load: async () => (await import('./commands/sample.js')).defineSample,
  },
  evaluate: {
    summary: 'NLL and top-1 of a trained model',
    load: async () => (await import('./commands/evaluate.js')).defineEvaluate,
  },
  score: {
    summary: 'NLL of given texts',
    load: async () => (await import('./commands/score.js')).defineScore,
  },
  mix: {
    summary: 'a mixture of several models and an n-gram model',
    load: async () => (await import('./commands/mix.js')).defineMix,
  },
  analyse: {
    summary: 'repeat the measurements that reports are made from',
    load: async () => (await import('./commands/analyse.js')).defineAnalyse,
  },
  compare: {
    summary: 'figures of runs side by side',
    load: async () => (await import('./commands/compare.js')).defineCompare,
  },
  report: {
    summary: 'write a report of runs, as a page and as PDF',
    load: async () => (await import('./commands/report.js')).defineReport,
  },
  summary: {
    summary: "a model's layers and parameters",
    load: async () => (await import('./commands/summary.js')).defineSummary,
  },
  recipes: {
    summary: 'the named ways to train, and the reasons for their settings',
    load: async () => (await import('./commands/recipes.js')).defineRecipes,
  },
  data: {
    summary: 'statistics of texts, and cleaning',
    load: async () => (await import('./commands/data.js')).defineData,
  },
  bench: {
    summary: 'training speed on this machine, and where the time goes',
    load: async () => (await import('./commands/bench.js')).defineBench,
  },
  doctor: {
    summary: 'what Letterpress runs on here, and why',
    load: async () => (await import('./commands/doctor.js')).defineDoctor,
  },
};

/**
 * The whole command line as a commander program that writes to `context` and throws instead of exiting.
 *
 * @param words of the command line: a command that is not among them has a name and a summary only
 */
export async function createProgram(context: CliContext, words: readonly string[]): Promise<Command> {
  const { style, errorStyle } = context;
  const program: Command = new Command('letterpress');
  program
    .description('Train, measure, sample and explain small transformers of short texts, character by character.')
    .version(letterpressVersion(), '-V, --version', 'print the version')
    .option('--debug', 'print stack traces of errors')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // Subcommands inherit everything below: commander copies it when they are created.
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('  Add --help to see what is possible.')
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => style.bold(title) })
    .configureOutput({
      writeOut: (text) => context.print(text),
      writeErr: (text) => context.notice(text),
      outputError: (text, write) => write(text.replace(/^error:/, errorStyle.red('error:'))),
      getOutHasColors: () => style.enabled,
      getErrHasColors: () => errorStyle.enabled,
      getOutHelpWidth: () => helpWidth(context),
      getErrHelpWidth: () => helpWidth(context),
    });
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command: Command = program.command(name).summary(summary);
    if (words.includes(name)) (await load())(command, context);
  }
  addExamples(program, [
    ['letterpress demo', 'a first model, in a minute or two'],
    ['letterpress train', 'the same recipe in full'],
    ['letterpress train --data news/ --preset 87k', "the notebook's smallest model, on a folder of headlines"],
    ['letterpress sample runs/gazette-modern-48x3', 'new texts of a run'],
    ['letterpress data stats', 'statistics of the built-in corpus'],
  ]);
  return program;
}

export const COMMAND_NAMES = Object.keys(COMMANDS);

function helpWidth({ stdout }: CliContext): number {
  const columns = 'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : 100;
  return Math.min(Math.max(columns, 60), 110);
}
