/** Requests to the Hub: redirects, time-outs, repetitions, and what its refusals mean. */
import { setTimeout } from 'node:timers/promises';
import type * as z from 'zod';
import { codeOf } from '../io-error.js';
import { describeIssues } from '../describe-issues.js';
import { LetterpressError } from '../errors.js';
import { formatDuration } from '../format.js';
import type { HubSettings } from './settings.js';

/** A failure that may pass: no answer, a cut connection, 429, 5xx. */
export class PassingFailure extends Error {
  /** @param retryAfter seconds that the server asks to wait */
  constructor(
    message: string,
    readonly retryAfter?: number,
    options?: ErrorOptions,
    /** Whether there was no connection at all. */
    readonly isUnconnected = false,
  ) {
    super(message, options);
  }
}

/** Whether the Hub could not be reached, as opposed to having refused. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof LetterpressError && error.cause instanceof PassingFailure;
}

/** What is asked for, for messages. */
export interface Asked {
  readonly name: string;
  readonly revision: string;
  readonly path?: string;
}

/** An answer whose body is read piece by piece, each within the time-out. */
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the answer, whether {@link body} was read or not. */
  readonly cancel: () => Promise<void>;
  /** Where redirects ended. */
  readonly url: string;
}

const MAX_REDIRECTS = 8;
const MAX_ATTEMPTS = 5;
/** A name that does not resolve and a port that refuses seldom change within seconds. */
const MAX_CONNECTIONS = 2;
/** Seconds that a server may ask to wait. */
const MAX_WAIT = 300;
const MAX_JSON_BYTES = 32 * 2 ** 20;

/** Why there is no connection, by the system's code. */
const UNCONNECTED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known here',
  EAI_AGAIN: 'its name cannot be looked up',
  ECONNREFUSED: 'it refuses the connection',
  ENETUNREACH: 'no network leads there',
  EHOSTUNREACH: 'no network leads there',
};
const CUT: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};

export class HubClient {
  constructor(
    readonly settings: HubSettings,
    readonly signal?: AbortSignal,
    private readonly notice: (message: string) => void = () => undefined,
  ) {}

  get host(): string {
    return new URL(this.settings.endpoint).host;
  }

  /**
   * Does `work` again while it throws a {@link PassingFailure}, with waits that double, or as long as the server asks.
   *
   * @param gained bytes so far: failures before a megabyte that was gained do not count
   * @throws LetterpressError IO with the failure as its cause (see {@link isUnreachable})
   */
  async retry<T>(work: () => Promise<T>, gained: () => number = () => 0): Promise<T> {
    let before = gained();
    for (let failures = 1; ; failures++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof PassingFailure)) throw error;
        if (gained() - before >= 2 ** 20) {
          failures = 1;
          before = gained();
        }
        const most = error.isUnconnected ? MAX_CONNECTIONS : MAX_ATTEMPTS;
        const wait = error.retryAfter ?? (this.settings.retryDelay / 1000) * 2 ** (failures - 1);
        if (failures >= most || wait > MAX_WAIT) throw this.unreachable(error, failures);
        if (error.retryAfter !== undefined && wait >= 1)
          this.notice(`${this.host} asks to wait ${Math.ceil(wait)} s (${error.message})`);
        await setTimeout(wait * 1000, undefined, this.signal === undefined ? {} : { signal: this.signal });
      }
    }
  }

  /**
   * One GET, redirects followed, answered with 2xx (or 416, for a range). The token goes to the endpoint's origin only.
   *
   * @throws PassingFailure as above; LetterpressError when the Hub refuses
   */
  async get(address: string, asked: Asked, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { endpoint, token, timeout } = this.settings;
    let url = new URL(address, endpoint);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const stall = new Stall(timeout, this.signal);
      const mayKnow = token !== undefined && url.origin === new URL(endpoint).origin;
      const response = await fetch(url, {
        redirect: 'manual',
        headers: {
          'user-agent': 'letterpress',
          'accept-encoding': 'identity',
          ...headers,
          ...(mayKnow ? { authorization: `Bearer ${token}` } : {}),
        },
        signal: stall.signal,
      }).catch((error: unknown) => {
        stall.stop();
        throw this.failure(error);
      });
      const cancel = async (): Promise<void> => {
        stall.stop();
        // One that was cut has ended by itself, and says so again.
        if (response.body?.locked === false) await response.body.cancel().catch(() => undefined);
      };
      const { status } = response;
      const location = response.headers.get('location');
      if ([301, 302, 303, 307, 308].includes(status) && location !== null) {
        await cancel();
        url = this.redirected(url, location);
        continue;
      }
      const body = this.read(response, stall);
      if (response.ok || status === 416) return { status, headers: response.headers, body, cancel, url: url.href };
      await cancel();
      throw this.refusal(response, asked);
    }
    throw new LetterpressError('IO', `${this.host} redirects without end`, 'Check HF_ENDPOINT, or try again later.');
  }

  /** JSON of a known shape, and the address of the next page where there is one. */
  async json<T>(address: string, asked: Asked, schema: z.ZodType<T>): Promise<{ value: T; next?: string }> {
    return this.retry(async () => {
      const { headers, body, url } = await this.get(address, asked, { accept: 'application/json' });
      const parts: Uint8Array[] = [];
      let bytes = 0;
      for await (const part of body) {
        if ((bytes += part.length) > MAX_JSON_BYTES) throw this.strange(`more than ${MAX_JSON_BYTES >> 20} MB of JSON`);
        parts.push(part);
      }
      const parsed = this.parse(Buffer.concat(parts).toString('utf8'));
      const result = schema.safeParse(parsed);
      if (!result.success) throw this.strange(describeIssues(result.error, parsed));
      const next = nextPage(headers.get('link'));
      return { value: result.data, ...(next === undefined ? {} : { next: new URL(next, url).href }) };
    });
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.strange(printable(text.slice(0, 60)));
    }
  }

  private strange(what: string): LetterpressError {
    return new LetterpressError(
      'IO',
      `expected an answer of a hub from ${this.settings.endpoint}, got something else: ${what}`,
      'Check HF_ENDPOINT, and that no login page of a network is in between.',
    );
  }

  private async *read(response: Response, stall: Stall): AsyncGenerator<Uint8Array> {
    try {
      for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        stall.refresh();
        yield part;
      }
    } catch (error) {
      throw this.failure(error);
    } finally {
      stall.stop();
    }
  }

  private redirected(from: URL, location: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (to !== undefined && (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')))
      return to;
    throw new LetterpressError(
      'IO',
      `${from.host} redirects to an address that is not followed: ${printable(location)}`,
      'Check HF_ENDPOINT, or try again later.',
    );
  }

  /** A network error in words. An abort by the caller stays what it is. */
  private failure(error: unknown): unknown {
    if (this.signal?.aborted) return this.signal.reason;
    if (error instanceof PassingFailure || error instanceof LetterpressError) return error;
    const causes = error instanceof Error ? [error.cause, error] : [];
    const code = causes.map(codeOf).find((each) => each !== '') ?? '';
    const isUnconnected = code in UNCONNECTED;
    const certificate = /CERT|SIGNATURE/.test(code) ? `its certificate is not accepted (${code})` : undefined;
    const other = `the connection failed${code === '' ? '' : ` (${code})`}`;
    const why = UNCONNECTED[code] ?? CUT[code] ?? certificate ?? other;
    return new PassingFailure(why, undefined, { cause: error }, isUnconnected);
  }

  private unreachable(failure: PassingFailure, attempts: number): LetterpressError {
    const { retryAfter } = failure;
    const { endpoint } = this.settings;
    const what = failure.isUnconnected ? `${endpoint} cannot be reached` : `no usable answer from ${endpoint}`;
    return new LetterpressError(
      'IO',
      `${what}: ${failure.message} (${attempts === 1 ? 'one attempt' : `${attempts} attempts`})`,
      retryAfter !== undefined && retryAfter > MAX_WAIT
        ? `Try again in ${formatDuration(retryAfter)}; what was downloaded is kept.`
        : 'Check the network and HF_ENDPOINT, and try again: what was downloaded is kept.',
      { cause: failure },
    );
  }

  /** What an answer other than 2xx means. */
  private refusal({ status, headers }: Response, { name, revision, path }: Asked): Error {
    const code = headers.get('x-error-code') ?? '';
    const said = printable(headers.get('x-error-message') ?? '');
    const saying = said === '' ? '' : `: ${said}`;
    const { host, settings } = this;
    const { endpoint, token } = settings;
    if (status === 429 || status === 408 || status >= 500) {
      const what = status === 429 ? 'too many requests' : `status ${status}`;
      return new PassingFailure(`${what}${saying}`, secondsOf(headers.get('retry-after')));
    }
    const refuse = (message: string, fix: string) => new LetterpressError('BAD_INPUT', message, fix);
    if (code === 'GatedRepo')
      return refuse(
        `${name} is gated: its owners grant access on request`,
        `Ask for access on ${endpoint}/datasets/${name}, and set HF_TOKEN to a token of that account.`,
      );
    if (code === 'EntryNotFound')
      return refuse(`${name} has no file ${path ?? '?'} at ${revision}`, 'Check the path and the revision.');
    if (code === 'RevisionNotFound')
      return refuse(
        `${name} has no revision ${revision}`,
        `Name a branch, a tag or a commit: hf:${name}@REVISION; without one, main is read.`,
      );
    if (status === 401 && token !== undefined && code !== 'RepoNotFound')
      return refuse(
        `${host} does not accept the token${saying}`,
        'Set HF_TOKEN to a valid token; public data sets need none: unset it, and remove the file HF_HOME/token.',
      );
    if (status === 401 || status === 404)
      return refuse(
        `no data set ${name} on ${host}, or it is private`,
        token === undefined
          ? 'Check the name, OWNER/NAME; set HF_TOKEN for a private one.'
          : 'Check the name, OWNER/NAME, and that the token (HF_TOKEN) may read it.',
      );
    if (status === 403)
      return refuse(
        `${host} refuses access to ${name}${saying}`,
        'Check that the account of the token (HF_TOKEN) may read it.',
      );
    return refuse(`${host} answered ${status} for ${name}${saying}`, 'Check the name and HF_ENDPOINT.');
  }
}

/** Aborts when nothing has come for a while, or when the caller aborts. */
class Stall {
  private readonly controller = new AbortController();
  readonly signal: AbortSignal;
  private readonly timer: NodeJS.Timeout;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    const reason = new PassingFailure(`nothing came for ${milliseconds / 1000} s`);
    this.timer = globalThis.setTimeout(() => this.controller.abort(reason), milliseconds);
    this.signal = outer === undefined ? this.controller.signal : AbortSignal.any([this.controller.signal, outer]);
  }

  refresh(): void {
    this.timer.refresh();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Text of a server, fit for a terminal. */
function printable(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ')
    .slice(0, 200)
    .trim();
}

/** Seconds of a Retry-After header: a number, or a date. */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** The address with `rel="next"` of a Link header (RFC 8288). */
function nextPage(header: string | null): string | undefined {
  for (const [, address, parameters = ''] of (header ?? '').matchAll(/<([^<>]*)>([^,<]*)/g))
    if (/;\s*rel="?next"?/.test(parameters)) return address;
  return undefined;
}
