import { mkdirSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startStudio, type Studio } from '../../src/studio/studio.js';
import { RunWriter } from '../../src/runs/writer.js';
import { config, metricsLine, results, tensorsOf } from '../runs/fixtures.js';
import { fileFolder } from '../support/temporary-folders.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Question {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A studio of a temporary folder, for the tests of a file. */
export class ServedFolder {
  readonly folder = fileFolder();
  private studio: Studio | undefined;

  /** @param fill what the folder holds before the studio starts */
  constructor(fill: (folder: string) => void) {
    beforeAll(async () => {
      const page = join(this.folder, '.page');
      mkdirSync(page);
      writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
      writeFileSync(join(page, 'main.js'), 'page');
      fill(this.folder);
      const command = { program: process.execPath, arguments: ['-e', 'process.exit(1)'], form: FORM };
      this.studio = await startStudio({ folder: this.folder, page, command });
    });
    afterAll(() => this.studio?.close());
  }

  get port(): number {
    return this.studio!.port;
  }

  get token(): string {
    return new URL(this.studio!.url).searchParams.get('token')!;
  }

  /** Asks as the page does, with its cookie. */
  ask(path: string, { headers = {}, ...question }: Question = {}): Promise<Answer> {
    return this.askAs(path, { ...question, headers: { Cookie: `letterpress-${this.port}=${this.token}`, ...headers } });
  }

  /** Asks as anybody. */
  askAs(path: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.port, path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async json<T>(path: string): Promise<T> {
    const { status, text } = await this.ask(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }
}

const FORM = [
  { flag: '--epochs', group: 'Training', help: '', expects: { kind: 'integer' } },
  { flag: '--recipe', group: 'Model', help: '', expects: { kind: 'choice', choices: ['modern'] } },
  { flag: '--strict', group: 'Texts', help: '', expects: { kind: 'flag' } },
] as const;

/** Writes a run of some epochs, which has ended. */
export function writeRun(folder: string, epochs = 3): string {
  const writer = RunWriter.create(folder, config);
  for (let epoch = 0; epoch < epochs; epoch++) writer.appendEpoch(metricsLine(epoch));
  writer.writeSamples(1, ['mayor opens bridge', '']);
  const bestEpoch = Math.min(epochs, results.bestEpoch + 1) - 1;
  const { valNll: bestValNll } = metricsLine(bestEpoch);
  writer.writeWeights(tensorsOf(1), metricsLine(bestEpoch));
  writer.writeResults({ ...results, epochsRun: epochs, bestEpoch, bestValNll });
  return folder;
}
