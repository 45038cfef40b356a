import type { Readable, Writable } from 'node:stream';
import { LetterpressError } from '../errors.js';
import { escapeForTerminal, escapeJson } from '../escapes.js';
import { toJson } from '../json.js';
import { createStyle, movesCursor, outward, type Environment, type Style } from './terminal/style.js';
import { formatParagraph } from './terminal/table.js';

/** What the command line is connected to. Nothing in `src/cli` but `main.ts` touches `process`. */
export interface CliStreams {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Standard input; an empty one when left out. */
  readonly stdin?: Readable;
  /** Whether the outputs are terminals; by default each stream's own `isTTY`. */
  readonly isTTY?: boolean;
  /** Environment variables; none when left out. */
  readonly environment?: Environment;
  /** Calls `listener` at every Ctrl-C (`SIGINT`), `SIGTERM` and `SIGHUP`, and returns how to stop that. */
  readonly onInterrupt?: (listener: (signal?: InterruptSignal) => void) => () => void;
}

export type InterruptSignal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** Everything a command may use to speak with its user. */
export interface CliContext {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly stdin: Readable;
  readonly environment: Environment;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Whether standard error is a terminal on which a line can be drawn again. */
  readonly stderrMovesCursor: boolean;
  /** Decorations for standard output, and for standard error. */
  readonly style: Style;
  readonly errorStyle: Style;
  /** Whether `--debug` was given. */
  readonly debug: boolean;
  /**
   * Aborted at the first Ctrl-C. A command that reads this property undertakes to stop by itself soon after, saving
   * what it has; any other is ended by Ctrl-C at once. A second Ctrl-C always ends a command at once.
   */
  readonly signal: AbortSignal;
  /** Writes text for readers to standard output, with escapes for what could steer a terminal. */
  readonly print: (text: string) => void;
  /** The same for standard error: notices, warnings, progress. */
  readonly notice: (text: string) => void;
  /**
   * Writes lines for programs to standard output, as they are unless it is a terminal, and waits until there is room
   * for more: for long outputs.
   */
  readonly write: (text: string) => Promise<void>;
  /**
   * Writes one JSON document to standard output. With `--json`, a command writes nothing else there.
   *
   * @param indent 2 by default; 0 for a document that is one line among others
   */
  readonly printJson: (value: object, indent?: number) => void;
  /** Runs `cleanup` when the command is over, however it ends. */
  readonly onFinish: (cleanup: () => void) => void;
}

/** A context together with the controls that only the frame uses. */
export interface ControlledContext extends CliContext {
  /** True once a command has read `signal`. */
  readonly handlesInterrupt: boolean;
  readonly interrupt: () => void;
  /** Runs and forgets the clean-ups, last one first. */
  readonly finish: () => void;
}

/** Builds the context of one command line. `stdin` must be given. */
export function createContext(streams: CliStreams & { readonly stdin: Readable }, debug: boolean): ControlledContext {
  const { stdout, stderr, stdin, environment = {} } = streams;
  const stdoutIsTerminal = streams.isTTY ?? isTerminal(stdout);
  const stderrIsTerminal = streams.isTTY ?? isTerminal(stderr);
  const errorStyle = createStyle(stderrIsTerminal, environment, columnsOf(stderr, stderrIsTerminal));
  const abort = new AbortController();
  const cleanups: (() => void)[] = [];
  let handlesInterrupt = false;
  return {
    stdout,
    stderr,
    stdin,
    environment,
    stdoutIsTerminal,
    stderrIsTerminal,
    stderrMovesCursor: stderrIsTerminal && movesCursor(environment),
    style: createStyle(stdoutIsTerminal, environment, columnsOf(stdout, stdoutIsTerminal)),
    errorStyle,
    debug,
    get signal() {
      handlesInterrupt = true;
      return abort.signal;
    },
    get handlesInterrupt() {
      return handlesInterrupt;
    },
    print: (text) => void stdout.write(outward(text)),
    notice: (text) => void stderr.write(outward(stderrIsTerminal ? wrapProse(text, errorStyle) : text)),
    write: (text) => writeFully(stdout, stdoutIsTerminal ? escapeForTerminal(text) : text),
    printJson: (value, indent = 2) => void stdout.write(`${escapeJson(toJson(value, indent))}\n`),
    onFinish: (cleanup) => void cleanups.push(cleanup),
    interrupt: () => abort.abort(new LetterpressError('IO', 'interrupted')),
    finish: () => {
      for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) cleanup();
    },
  };
}

/** Lines no wider than the terminal, which would break them inside words; but commands, which are to be copied. */
function wrapProse(text: string, style: Style): string {
  const lines = text.split('\n');
  return lines
    .map((line) => (/\bletterpress \w/.test(line) ? line : formatParagraph(line, style).trimEnd()))
    .join('\n');
}

function isTerminal(stream: Writable): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** Undefined where it is not known: some terminals say 0. */
function columnsOf(stream: Writable, isTerminal: boolean): number | undefined {
  if (!isTerminal || !('columns' in stream) || typeof stream.columns !== 'number') return undefined;
  return stream.columns > 0 ? Math.max(stream.columns, 40) : undefined;
}

function writeFully(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
