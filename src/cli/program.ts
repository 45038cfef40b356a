import { Command } from 'commander';
import { letterpressVersion } from '../version.js';
import type { CliContext } from './context.js';
import { addExamples, type RegisterCommand } from './command.js';
import { registerAnalyse } from './commands/analyse.js';
import { registerBench } from './commands/bench.js';
import { registerCompare } from './commands/compare.js';
import { registerData } from './commands/data.js';
import { registerDemo } from './commands/demo.js';
import { registerDoctor } from './commands/doctor.js';
import { registerEvaluate } from './commands/evaluate.js';
import { registerRecipes } from './commands/recipes.js';
import { registerMix } from './commands/mix.js';
import { registerReport } from './commands/report.js';
import { registerSample } from './commands/sample.js';
import { registerScore } from './commands/score.js';
import { registerStudy } from './commands/study.js';
import { registerSummary } from './commands/summary.js';
import { registerTune } from './commands/tune.js';
import { registerDistill } from './commands/distill.js';
import { registerTrain } from './commands/train.js';

/** Every command, in the order in which `--help` lists them. To add one: write its file, and name it here. */
const COMMANDS: readonly RegisterCommand[] = [
  registerDemo,
  registerTrain,
  registerStudy,
  registerTune,
  registerDistill,
  registerSample,
  registerEvaluate,
  registerScore,
  registerMix,
  registerAnalyse,
  registerCompare,
  registerReport,
  registerSummary,
  registerRecipes,
  registerData,
  registerBench,
  registerDoctor,
];

/** The whole command line as a commander program that writes to `context` and throws instead of exiting. */
export function createProgram(context: CliContext, commands: readonly RegisterCommand[] = COMMANDS): Command {
  const { style, errorStyle } = context;
  const program = new Command('letterpress');
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
  for (const register of commands) register(program, context);
  return addExamples(program, [
    ['letterpress demo', 'a first model, in a minute or two'],
    ['letterpress train', 'the same recipe at its full length'],
    ['letterpress train --data news/ --preset 87k', "the notebook's smallest model on a folder of headlines"],
    ['letterpress sample runs/gazette-modern-48x3', 'write new texts with it'],
    ['letterpress data stats', 'what the built-in corpus looks like'],
  ]);
}

function helpWidth({ stdout }: CliContext): number {
  const columns = 'columns' in stdout && typeof stdout.columns === 'number' ? stdout.columns : 100;
  return Math.min(Math.max(columns, 60), 110);
}
