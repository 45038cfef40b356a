import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { codeOf, ioError } from '../io-error.js';
import { createContext, type CliStreams, type ControlledContext, type InterruptSignal } from './context.js';
import { createProgram, resolveHelp } from './program.js';
import { reportError } from './report-error.js';

/**
 * Exit codes: 0 success, 1 bugs of Letterpress, 2 user errors, 3 a training that diverged, 129, 130 and 143 ended by a
 * signal (128 + its number).
 */
const INTERRUPTED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const USAGE = 2;
/** Milliseconds that SIGTERM leaves to save what is done: what sends it may kill soon after. */
const TERM_PATIENCE = 1000;

/**
 * Runs one command line inside this process, and returns its exit code. Never throws and never exits, so that tests
 * can call it as `main.ts` does.
 *
 * @param argv the arguments after `node letterpress`
 * @example await runCli(['data', 'stats'], { stdout: process.stdout, stderr: process.stderr });
 */
export async function runCli(argv: readonly string[], streams: CliStreams): Promise<number> {
  const context = createContext({ ...streams, stdin: streams.stdin ?? Readable.from([]) }, wantsDebug(argv));
  const ended = endings(context, streams);
  let running: CommandUnknownOpts | undefined;
  try {
    const code = await Promise.race([execute(argv, context, (command) => (running = command)), ended.promise]);
    return code === 'interrupted' ? INTERRUPTED[ended.signal()] : code;
  } catch (error) {
    if (ended.signal() === 'SIGHUP') return INTERRUPTED.SIGHUP;
    return isBrokenPipe(error) ? 0 : reportError(error, context, running?.options);
  } finally {
    context.finish();
    ended.unsubscribe();
  }
}

async function execute(
  argv: readonly string[],
  context: ControlledContext,
  onAction: (command: CommandUnknownOpts) => void,
): Promise<number | 'interrupted'> {
  try {
    const program = await createProgram(context, argv);
    program.hook('preAction', (_, command) => onAction(command));
    await program.parseAsync(resolveHelp(program, argv), { from: 'user' });
  } catch (error) {
    if (context.handlesInterrupt && context.signal.aborted) return 'interrupted';
    if (!(error instanceof CommanderError)) throw error;
    if (context.debug) context.notice(`${inspect(error)}\n`);
    // Commander has already written its own message; `exitCode` 0 is --help and --version.
    if (error.exitCode !== 0) return USAGE;
  }
  // A full disk or a closed pipe shows only once the last write has gone through.
  await context.write('');
  await new Promise((resolve) => setImmediate(resolve));
  return context.handlesInterrupt && context.signal.aborted ? 'interrupted' : 0;
}

/**
 * The ways a command ends from outside: Ctrl-C, SIGTERM or a closed terminal, a reader that closed the pipe (`| head`),
 * an output that fails.
 */
function endings(
  context: ControlledContext,
  streams: CliStreams,
): { promise: Promise<number | 'interrupted'>; signal: () => InterruptSignal; unsubscribe: () => void } {
  let signal: InterruptSignal = 'SIGINT';
  const undo: (() => void)[] = [];
  const promise = new Promise<number | 'interrupted'>((resolve, reject) => {
    let interrupts = 0;
    const onInterrupt = (came: InterruptSignal = 'SIGINT'): void => {
      // Of a closed terminal, the system and the shell both tell: that asks for no haste.
      if (came !== 'SIGHUP' || interrupts === 0) interrupts++;
      signal = came;
      context.interrupt();
      const stop = (): void => resolve('interrupted');
      if (interrupts > 1 || !context.handlesInterrupt) stop();
      else if (came === 'SIGTERM') setTimeout(stop, TERM_PATIENCE).unref();
    };
    const unsubscribe = streams.onInterrupt?.(onInterrupt);
    if (unsubscribe !== undefined) undo.push(unsubscribe);

    context.stdout.on('error', (error) => {
      if (codeOf(error) === 'EIO' && context.stdoutIsTerminal) onInterrupt('SIGHUP');
      else if (isBrokenPipe(error)) resolve(0);
      else reject(ioError('write to', 'standard output', error));
    });
    // Nobody is left to tell.
    context.stderr.on('error', () => undefined);
  });
  return { promise, signal: () => signal, unsubscribe: () => undo.forEach((each) => each()) };
}

function isBrokenPipe(error: unknown): boolean {
  return ['EPIPE', 'ERR_STREAM_DESTROYED'].includes(codeOf(error));
}

/** Looked up by hand because a wrong option must be reported before commander has read them all. */
function wantsDebug(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--debug');
}
