/**
 * The stream of changes. A browser opens six connections to a server at most, all tabs together, so the tabs share one
 * stream through a shared worker; where there are none, each tab has its own while it is visible.
 */
export function listenToChanges(listener: (data: string) => void): () => void {
  return typeof SharedWorker === 'undefined' ? listenAlone(listener) : listenShared(listener);
}

function listenShared(listener: (data: string) => void): () => void {
  const { port } = new SharedWorker(new URL('assets/changes-worker.js', document.baseURI), {
    name: 'changes',
    type: 'module',
  });
  port.onmessage = ({ data }: MessageEvent<string>) => listener(data);
  const close = (): void => port.postMessage('close');
  addEventListener('pagehide', close);
  return () => {
    removeEventListener('pagehide', close);
    close();
    port.close();
  };
}

function listenAlone(listener: (data: string) => void): () => void {
  let source: EventSource | undefined;
  const update = (): void => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (source === undefined || source.readyState === EventSource.CLOSED) {
      source = openStream('api/changes', listener);
    }
  };
  document.addEventListener('visibilitychange', update);
  update();
  return () => {
    document.removeEventListener('visibilitychange', update);
    source?.close();
  };
}

/** After an interruption anything may have changed; who asks by cursor gets what is new. */
const EVERYTHING = '{"runs":["*"],"list":true}';

/** The stream has ended: what changes is not known until it begins again. */
const LOST = '{"runs":[],"list":false,"isLost":true}';

/** A stream that says when it is lost. A browser opens it again by itself, but not where the server refuses. */
export function openStream(address: string, tell: (data: string) => void): EventSource {
  const source = new EventSource(address);
  source.addEventListener('change', ({ data }: MessageEvent<string>) => tell(data));
  source.addEventListener('ready', () => tell(EVERYTHING));
  source.addEventListener('error', () => tell(LOST));
  return source;
}
