#!/usr/bin/env node
// Nothing here but what every version of Node.js can read: the rest is loaded once this one is known to be able to.
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
if (major > 20 || (major === 20 && minor >= 12)) await import('./start.js');
else {
  process.stderr.write(
    `error: Letterpress needs Node.js 20.12 or later, this is ${process.version}\n` +
      '  Install a newer one (https://nodejs.org), and run the command again.\n',
  );
  process.exitCode = 2;
}
