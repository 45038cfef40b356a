/** Where the Hub is, who asks, and where files are kept: the environment variables of huggingface_hub. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { LetterpressError } from '../errors.js';

export type HubEnvironment = Readonly<Record<string, string | undefined>>;

export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token?: string;
  /** Cache folder: `datasets--OWNER--NAME` and `.locks` are in it. */
  readonly cache: string;
  /** Only the cache is read. */
  readonly offline: boolean;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly timeout: number;
  /** Milliseconds before the first repetition; each further one waits twice as long. */
  readonly retryDelay: number;
}

/**
 * Reads HF_ENDPOINT, HF_TOKEN (or the file HF_TOKEN_PATH, by default HF_HOME/token), HF_HUB_CACHE (before HF_HOME/hub,
 * before XDG_CACHE_HOME/huggingface/hub), HF_HUB_OFFLINE and HF_HUB_DOWNLOAD_TIMEOUT.
 *
 * @throws LetterpressError BAD_OPTION for a variable that cannot be used
 */
export function hubSettings(environment: HubEnvironment): HubSettings {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const userHome = given('HOME') ?? homedir();
  const path = (name: string): string | undefined => {
    const value = given(name);
    return value === undefined ? undefined : resolve(value.replace(/^~(?=[/\\]|$)/, userHome));
  };
  const home = path('HF_HOME') ?? join(path('XDG_CACHE_HOME') ?? join(userHome, '.cache'), 'huggingface');
  const token =
    given('HF_TOKEN') ?? given('HUGGING_FACE_HUB_TOKEN') ?? readToken(path('HF_TOKEN_PATH') ?? join(home, 'token'));
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new LetterpressError(
      'BAD_OPTION',
      'HF_TOKEN must be a token of the Hub: it has spaces or characters that no token has',
      'Copy the token again, or unset it: public data sets need none.',
    );
  return {
    endpoint: endpointOf(given('HF_ENDPOINT') ?? 'https://huggingface.co'),
    ...(token === undefined ? {} : { token }),
    cache: path('HF_HUB_CACHE') ?? path('HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub'),
    offline: /^(1|on|yes|true)$/i.test(given('HF_HUB_OFFLINE') ?? ''),
    timeout: secondsOf(given('HF_HUB_DOWNLOAD_TIMEOUT') ?? '30') * 1000,
    retryDelay: 500,
  };
}

function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '')
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  throw new LetterpressError(
    'BAD_OPTION',
    'HF_ENDPOINT must be an address such as https://huggingface.co, without a name or password',
    'Correct it, or unset it.',
  );
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new LetterpressError(
    'BAD_OPTION',
    `HF_HUB_DOWNLOAD_TIMEOUT must be a number of seconds above 0, got ${text}`,
    'Correct it, or unset it: the default is 30.',
  );
}

/** The token that `hf auth login` saved. */
function readToken(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
