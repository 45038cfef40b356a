/** A shared worker: one stream of changes for all tabs. */
import { EVERYTHING } from './changes.js';

const ports = new Set<MessagePort>();
const tell = (data: string): void => ports.forEach((port) => port.postMessage(data));

let source: EventSource | undefined;

function open(): void {
  source = new EventSource('../api/changes');
  source.addEventListener('change', ({ data }: MessageEvent<string>) => tell(data));
  source.addEventListener('ready', () => tell(EVERYTHING));
}

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
  if (source === undefined) open();
});
