import { Readable, Writable } from 'node:stream';
import { runCli } from '../../src/cli/run.js';
import type { CliStreams } from '../../src/cli/context.js';

/** A stream that keeps what is written to it. */
export class Capture extends Writable {
  text = '';
  isTTY = false;
  columns = 80;

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string | Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** What a command line left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process. `stdin` is given in the pieces in which it arrives. */
export async function letterpress(
  argv: readonly string[],
  options: { readonly stdin?: Iterable<string | Uint8Array> } & Partial<
    Omit<CliStreams, 'stdin' | 'stdout' | 'stderr'>
  > = {},
): Promise<Outcome> {
  const stdout = new Capture();
  const stderr = new Capture();
  const { stdin = [], ...streams } = options;
  const code = await runCli(argv, { ...streams, stdout, stderr, stdin: Readable.from(stdin) });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** Runs a command line, and presses Ctrl-C once, when the output first matches. */
export async function interrupted(argv: readonly string[], at: RegExp): Promise<Outcome> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  let interrupt: (() => void) | undefined;
  stdout._write = (chunk: string, _encoding, done) => {
    stdout.text += chunk;
    if (at.test(stdout.text)) {
      interrupt?.();
      interrupt = undefined;
    }
    done();
  };
  const onInterrupt = (listener: () => void) => {
    interrupt = listener;
    return () => undefined;
  };
  const code = await runCli(argv, { stdout, stderr, stdin: Readable.from([]), onInterrupt });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
