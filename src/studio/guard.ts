import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** Names under which a browser reaches this machine; any other in `Host` is a foreign name that leads here. */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** Where requests of the page, and of an address that is typed, come from. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/** Of pages: nothing but the studio's own files, no inline scripts, and WebAssembly. */
export const PAGE_POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self' blob:",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Of a report, which is a page of its own without scripts: its styles and pictures are inside. */
export const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; sandbox";

/**
 * Lets in only who was given the token: the first request has it in its address, and later ones the cookie that they
 * got for it. Requests by other names of this machine, or from other pages, are refused, token or not.
 */
export function guard(token: string): MiddlewareHandler {
  return async (c, next) => {
    const refused = refusalOf(c, token);
    if (refused === undefined) await next();
    else c.res = c.text(refused.text, refused.status);
    protect(c.res.headers);
    return undefined;
  };
}

function protect(headers: Headers): void {
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', PAGE_POLICY.join('; '));
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Referrer-Policy', 'no-referrer');
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
}

interface Refusal {
  readonly status: 401 | 403;
  readonly text: string;
}

function refusalOf(c: Context, token: string): Refusal | undefined {
  const host = c.req.header('Host') ?? '';
  const [, name = '', port = '80'] = /^(\[::1\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  if (!LOOPBACK.includes(name.toLowerCase())) return { status: 403, text: 'Expected a request to 127.0.0.1.\n' };
  const origin = c.req.header('Origin');
  const isForeign = origin !== undefined && origin !== `http://${host}`;
  // To the browser, other programs on this machine are the same site. Programs that are no browsers do not say.
  const site = c.req.header('Sec-Fetch-Site') ?? 'none';
  if (isForeign || (!OWN_SITES.includes(site) && !isNavigation(c)))
    return { status: 403, text: 'Expected a request of the studio itself.\n' };
  const cookie = `letterpress-${port}`;
  const given = c.req.path === '/' ? c.req.query('token') : undefined;
  if (given !== undefined && isSame(given, token)) {
    setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    return undefined;
  }
  if (isSame(getCookie(c, cookie) ?? '', token)) return undefined;
  return { status: 401, text: 'Open the address that `letterpress studio` printed: it has a key in it.\n' };
}

/** A link in another program or page leads here: the token decides. */
function isNavigation(c: Context): boolean {
  return c.req.method === 'GET' && c.req.path === '/' && c.req.header('Sec-Fetch-Mode') === 'navigate';
}

function isSame(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
