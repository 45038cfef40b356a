import { spawn } from 'node:child_process';
import { Command } from '@commander-js/extra-typings';
import type { FormField } from '../../studio/api.js';
import type { StudioCommand } from '../../studio/command.js';
import { shellWord } from '../folders.js';
import { describeOptions } from '../options/form.js';
import { exportPage } from '../../studio/page-files.js';
import { startStudio } from '../../studio/studio.js';
import { LetterpressError } from '../../errors.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { flagOf, givenOptions } from '../options/given.js';
import { integer } from '../options/parsers.js';

export const define: DefineCommand = (command, context) => {
  command
    .description(
      'Show the runs of a folder in a web page: their curves while they are trained, samples, comparisons, reports. ' +
        'Only this machine can open it. Ctrl-C ends it; what is being trained can be resumed.',
    )
    .argument('[folder]', 'folder with runs, studies, searches', '.')
    .option('--port <n>', 'port (default: any that is free)', integer({ min: 0, max: 65535 }))
    .option('--no-open', 'do not open the browser')
    .option('--export <folder>', 'write the page as static files, which train in the tab of whoever opens them')
    .action(async (folder, options) => {
      const { signal } = context;
      if (options.export !== undefined) {
        checkExport();
        exportPage(options.export, await formFields(context, NOT_IN_TAB));
        context.print(`${context.style.bold(options.export)}  is the page: serve it by any web server\n`);
        return;
      }
      const studio = await startStudio({ folder, port: options.port, command: await studioCommand(context) });
      context.print(`${context.style.bold(studio.url)}\n`);
      if (isRemote(context))
        context.notice(
          `From your own computer: ssh -L ${studio.port}:127.0.0.1:${studio.port} HOST, then open the address there.\n`,
        );
      else if (options.open) openBrowser(studio.url, context);
      context.notice('Ctrl-C ends the studio.\n');
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      for (const run of await studio.close()) context.notice(`Stopped: letterpress train --resume ${shellWord(run)}\n`);
    });
  addExamples(command, [
    ['letterpress studio', 'the runs below the current folder'],
    ['letterpress studio studies/news --port 8080', 'one study, always at the same address'],
    ['letterpress studio --export site', 'the page for a web server, such as GitHub Pages'],
  ]);

  /** @throws LetterpressError BAD_OPTION for what only the studio's own server can do */
  function checkExport(): void {
    const [argument] = command.args;
    const other =
      argument ??
      givenOptions(command)
        .map(flagOf)
        .find((flag) => flag !== '--export');
    if (other === undefined) return;
    throw new LetterpressError(
      'BAD_OPTION',
      `--export writes the page without runs and without a server, but ${other} was given too`,
      'Leave one of them out.',
    );
  }
};

/** Options that the page decides itself, and those that name other places on the disk. */
const NOT_IN_FORM = [
  ...['--out', '--force', '--resume', '--change-backend', '--dry-run', '--tensorboard', '--json'],
  ...['--data', '--distillation-set'],
];

/** Options of files and of hardware that a tab has not. */
const NOT_IN_TAB = [
  ...NOT_IN_FORM,
  ...['--column', '--config', '--format', '--delimiter', '--quote', '--no-header', '--clean', '--continuous'],
  ...['--strict', '--backend', '--precision'],
];

async function studioCommand(context: CliContext): Promise<StudioCommand> {
  // Whatever runs now: the bundle, or a build.
  const [, script = ''] = process.argv;
  return { program: process.execPath, arguments: [script], form: await formFields(context, NOT_IN_FORM) };
}

async function formFields(context: CliContext, leftOut: readonly string[]): Promise<FormField[]> {
  const command = new Command('train');
  (await import('./train.js')).define(command, context);
  return describeOptions(command, leftOut);
}

function isRemote({ environment }: CliContext): boolean {
  return ['SSH_CONNECTION', 'SSH_TTY'].some((name) => environment[name] !== undefined);
}

/** Where there is no browser, the address is printed anyway. */
function openBrowser(url: string, { environment, stdoutIsTerminal }: CliContext): void {
  if (!stdoutIsTerminal) return;
  const { DISPLAY, WAYLAND_DISPLAY } = environment;
  const [program, ...before] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""']
        : DISPLAY === undefined && WAYLAND_DISPLAY === undefined
          ? []
          : ['xdg-open'];
  if (program === undefined) return;
  spawn(program, [...before, url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
