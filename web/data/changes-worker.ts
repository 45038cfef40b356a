/** A shared worker: one stream of changes for all tabs. */
import { openStream } from './changes.js';

const ports = new Set<MessagePort>();
const tell = (data: string): void => ports.forEach((port) => port.postMessage(data));

let source: EventSource | undefined;

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  if (port === undefined) return;
  ports.add(port);
  port.onmessage = () => {
    ports.delete(port);
    if (ports.size > 0) return;
    source?.close();
    source = undefined;
  };
  // A server that was started again refuses the old key; the tab that comes has the new one.
  if (source === undefined || source.readyState === EventSource.CLOSED) source = openStream('../api/changes', tell);
});
