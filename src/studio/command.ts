import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LetterpressError } from '../errors.js';
import type { FormField } from './api.js';

/** How `letterpress` is started, and what may be asked of its training. */
export interface StudioCommand {
  readonly program: string;
  /** Before those of a command. */
  readonly arguments: readonly string[];
  readonly form: readonly FormField[];
}

/** Characters of what a process said last that are kept. */
const KEPT = 4000;

/** Lets a command end as by Ctrl-C; on Windows, the signal itself would kill it. */
export function interrupt(child: ChildProcess): void {
  if (child.connected) child.send('SIGINT');
}

/** Starts `letterpress` in a folder, as a process that nothing which happens here can harm. */
export function spawnCommand(
  { program, arguments: before }: StudioCommand,
  folder: string,
  args: readonly string[],
  stdout: 'pipe' | 'ignore',
): { readonly child: ChildProcess; readonly refusal: () => LetterpressError } {
  const child = spawn(program, [...before, ...args], {
    cwd: folder,
    // In a process group of its own: Ctrl-C in the studio's terminal is passed on once.
    detached: true,
    windowsHide: true,
    stdio: ['ignore', stdout, 'pipe', 'ipc'],
  });
  child.channel?.unref();
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-KEPT)));
  child.on('error', ({ message }) => (said = `error: ${message}`)); // one that cannot be started closes too
  return { child, refusal: () => refusalOf(said) };
}

/**
 * What `letterpress … --json` prints.
 *
 * @param signal ends the process
 * @throws LetterpressError BAD_OPTION with what the command line says, when it refuses; what `signal` was aborted with
 *   before
 */
export async function runCommand(
  command: StudioCommand,
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<unknown> {
  signal.throwIfAborted();
  const { child, refusal } = spawnCommand(command, folder, args, 'pipe');
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  signal.removeEventListener('abort', kill);
  if (code !== 0) throw refusal();
  return JSON.parse(output) as unknown;
}

/** The playground and the X-ray of a run's model as one file, as `letterpress export --to html` writes it. */
export async function exportRunPage(
  command: StudioCommand,
  { path }: { readonly path: string },
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = mkdtempSync(join(tmpdir(), 'letterpress-page-'));
  try {
    const file = join(folder, 'page.html');
    await runCommand(command, folder, ['export', path, '--to=html', `--out=${file}`, '--json'], signal);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The error that the command line printed: `error: MESSAGE`, and indented what to do. */
function refusalOf(text: string): LetterpressError {
  const [, message = 'the command failed', fix = ''] = /(?:^|\n)error: (.*?)\.?(?:\n\s+(.*))?(?:\n|$)/.exec(text) ?? [];
  return new LetterpressError('BAD_OPTION', message, fix);
}
