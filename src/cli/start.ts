import { isatty } from 'node:tty';
import type { InterruptSignal } from './context.js';
import { runCli } from './run.js';
import { reportError } from './report-error.js';
import { createStyle, movesCursor, outward, SHOW_CURSOR } from './terminal/style.js';

const hasTerminal = [0, 1, 2].some(isatty);
// `nohup` leaves no terminal that could be closed. It has SIGHUP ignored, but Node takes that back.
if (!hasTerminal) process.on('SIGHUP', () => undefined);

/**
 * Listens to Ctrl-C, SIGTERM and a closed terminal (SIGHUP) for as long as somebody wants to know. The studio sends the
 * signal's name as a message, since on Windows a signal kills.
 */
function onInterrupt(listener: (signal: InterruptSignal) => void): () => void {
  const onMessage = (message: unknown): void => {
    if (message === 'SIGINT') listener('SIGINT');
  };
  const signals = [...(hasTerminal ? (['SIGHUP'] as const) : []), 'SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, listener);
  process.on('message', onMessage);
  process.channel?.unref();
  return () => {
    for (const signal of signals) process.off(signal, listener);
    process.off('message', onMessage);
  };
}

/** For errors outside any command, such as a rejected promise that nobody awaited. */
function onUncaught(error: unknown): never {
  const errorStyle = createStyle(process.stderr.isTTY, process.env);
  const debug = process.argv.includes('--debug');
  const notice = (text: string): void => void process.stderr.write(outward(text));
  process.exit(reportError(error, { errorStyle, debug, notice }));
}

process.on('uncaughtException', onUncaught);
// A progress line that was cut off has hidden the cursor.
process.on('exit', () => process.stderr.isTTY && movesCursor(process.env) && process.stderr.write(SHOW_CURSOR));

const code = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  onInterrupt,
});
process.exitCode = code;
// After an interrupt or a closed pipe, or when it failed half-way, whatever still runs is not wanted any more.
if (code !== 0 || process.stdout.destroyed || process.stdout.errored !== null) process.exit(code);
