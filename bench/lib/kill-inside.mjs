// Preloaded into a process (--import): ends it by SIGKILL inside one of the calls that write files.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Which call of a thread, counted from 1, and when: before it, after it, or with half of it written. */
const [at, when] = (process.env['KILL_INSIDE'] ?? '0').split(',');
let calls = 0;

function die() {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // until the signal comes
}

for (const name of ['openSync', 'writeSync', 'fsyncSync', 'renameSync', 'linkSync', 'mkdirSync', 'rmSync']) {
  const original = fs[name];
  fs[name] = (...args) => {
    const isRead = name === 'openSync' && (args[1] === undefined || args[1] === 'r');
    if (isRead || ++calls !== Number(at)) return original(...args);
    if (when === 'half' && name === 'writeSync' && typeof args[1] !== 'string') {
      const [descriptor, bytes, offset = 0, length = bytes.length - offset, position = null] = args;
      original(descriptor, bytes, offset, length >> 1, position);
    } else if (when !== 'before') original(...args);
    die();
  };
}
syncBuiltinESMExports();
