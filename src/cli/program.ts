import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { letterpressVersion } from '../version.js';
import { addExamples, type DefineCommand } from './command.js';
import type { CliContext } from './context.js';
import { nameOption } from './options/other-names.js';

/** Columns: longer lines are hard to read. */
const MAX_HELP_WIDTH = 110;

/** Every command, in the order in which `--help` lists them. Only the modules of those that are named are loaded. */
const COMMANDS: Readonly<Record<string, readonly [summary: string, load: () => Promise<{ define: DefineCommand }>]>> = {
  demo: ['train a small model on the built-in corpus, in a minute or two', () => import('./commands/demo.js')],
  train: ['train a model and write its run directory', () => import('./commands/train.js')],
  study: ['run the whole experiment and write its report', () => import('./commands/study.js')],
  tune: ["search a recipe's settings", () => import('./commands/tune.js')],
  distill: ['have a model write a distillation set for a smaller one', () => import('./commands/distill.js')],
  sample: ['write new texts with a trained model', () => import('./commands/sample.js')],
  evaluate: ['NLL and top-1 of a trained model', () => import('./commands/evaluate.js')],
  score: ['NLL of given texts', () => import('./commands/score.js')],
  mix: ['a mixture of several models and an n-gram model', () => import('./commands/mix.js')],
  export: ['a model for ONNX, transformers.js or PyTorch, or as one HTML page', () => import('./commands/export.js')],
  import: ['a run of weights that were trained elsewhere', () => import('./commands/import.js')],
  analyse: ['repeat the measurements that reports are made from', () => import('./commands/analyse.js')],
  novelty: ['how much of the samples is copied from training texts', () => import('./commands/novelty.js')],
  compare: ['figures of runs side by side', () => import('./commands/compare.js')],
  studio: ['watch and compare runs in a web page', () => import('./commands/studio.js')],
  report: ['write a report of runs, as a page and as PDF', () => import('./commands/report.js')],
  summary: ["a model's layers and parameters", () => import('./commands/summary.js')],
  recipes: ['the named ways to train, and the reasons for their settings', () => import('./commands/recipes.js')],
  data: ['statistics of texts, and cleaning', () => import('./commands/data.js')],
  bench: ['training speed on this machine, and where the time goes', () => import('./commands/bench.js')],
  'build-native': ['build the native backend for this machine', () => import('./commands/build-native.js')],
  doctor: ['what Letterpress runs on here, and why', () => import('./commands/doctor.js')],
};

/**
 * The whole command line as a commander program that writes to `context` and throws instead of exiting.
 *
 * @param words of the command line: a command that is not among them has a name and a summary only
 */
export async function createProgram(context: CliContext, words: readonly string[]): Promise<Command> {
  const { style, errorStyle } = context;
  const inRed = (message: string) => message.replace(/^error:/, errorStyle.red('error:'));
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
      outputError: (text, write) => write(inRed(text)),
      getOutHasColors: () => style.enabled,
      getErrHasColors: () => errorStyle.enabled,
      getOutHelpWidth: () => Math.min(style.columns, MAX_HELP_WIDTH),
      getErrHelpWidth: () => Math.min(errorStyle.columns, MAX_HELP_WIDTH),
    });
  for (const [name, [summary, load]] of Object.entries(COMMANDS)) {
    const command: Command = program.command(name).summary(summary);
    if (!words.includes(name)) continue;
    command.configureOutput({ outputError: (text, write) => write(inRed(nameOption(text, command))) });
    (await load()).define(command, context);
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

/**
 * The words that commander should read: `help data stats` as `data stats --help`, and up to a command that does not
 * exist, which it then refuses, with or without `help` and `--help`.
 */
export function resolveHelp(program: Command, argv: readonly string[]): readonly string[] {
  let command: CommandUnknownOpts = program;
  const path: string[] = [];
  let help = false;
  for (const word of argv) {
    if (word.startsWith('-') || command.commands.length === 0) break;
    if (word === 'help' && !help) {
      help = true;
      continue;
    }
    path.push(word);
    const next: CommandUnknownOpts | undefined = command.commands.find((each) => each.name() === word);
    if (next === undefined) return path;
    command = next;
  }
  return help ? [...path, '--help'] : argv;
}

export const COMMAND_NAMES = Object.keys(COMMANDS);
