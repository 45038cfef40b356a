import { createAdaptorServer } from '@hono/node-server';
import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { LetterpressError } from '../errors.js';
import { codeOf } from '../io-error.js';
import { createApp } from './app.js';
import { FolderWatch } from './changes.js';
import { readPage } from './page-files.js';
import type { StudioCommand } from './command.js';
import { NoveltyMeasures } from './novelty.js';
import { Trainings } from './trainings.js';
import { Uploads } from './uploads.js';

export interface StudioOptions {
  /** Whose runs are shown, its own and those of the folders in it. */
  readonly folder: string;
  /** 0, the default, for any that is free. */
  readonly port?: number | undefined;
  /** Where the page's files are, if not beside this module. */
  readonly page?: string | undefined;
  /** How trainings and measurements are started; none can be without it. */
  readonly command?: StudioCommand | undefined;
}

export interface Studio {
  /** With the token that lets its reader in. */
  readonly url: string;
  readonly port: number;
  /** Stops its trainings too, and returns their folders: they can be resumed. */
  close(): Promise<readonly string[]>;
}

/** Milliseconds that a request may take to arrive, and a connection may be idle. */
const PATIENCE = 30_000;
const MAX_CONNECTIONS = 500;

/**
 * Serves the studio's page of a folder, to this machine only.
 *
 * @throws LetterpressError BAD_INPUT for a folder that is missing, IO for a port that is taken
 */
export async function startStudio({ folder, port = 0, page, command }: StudioOptions): Promise<Studio> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new LetterpressError('BAD_INPUT', `expected a folder: ${folder}`, 'Name a folder with runs in it.');
  const root = realpathSync(folder);
  const token = randomBytes(24).toString('base64url');
  const watch = new FolderWatch(root);
  const uploads = new Uploads(join(root, 'texts'));
  const trainings = command && new Trainings(root, command, uploads);
  const novelty = command && new NoveltyMeasures(root, command);
  const folderName = basename(root) || root;
  const app = createApp({ token, watch, page: readPage(page), folderName, uploads, trainings, novelty, command });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.requestTimeout = PATIENCE;
  server.headersTimeout = PATIENCE;
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, port);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${chosen}/?token=${token}`,
    port: chosen,
    close: async () => {
      server.closeAllConnections();
      server.close();
      novelty?.close();
      return (await trainings?.close()) ?? [];
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const why = codeOf(error) === 'EADDRINUSE' ? 'another program uses it' : error.message;
      reject(new LetterpressError('IO', `cannot listen on port ${port}: ${why}`, 'Choose another port.'));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
