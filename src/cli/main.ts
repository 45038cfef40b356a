#!/usr/bin/env node
// Nothing here but what every version of Node.js can read: the rest is loaded once this one is known to be able to.
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
if (major > 20 || (major === 20 && minor >= 12)) {
  try {
    await import('./start.js');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EMFILE')) throw error;
    process.stderr.write('error: too many open files\n  Close other programs, or raise the limit (ulimit -n).\n');
    process.exitCode = 2;
  }
} else {
  process.stderr.write(
    `error: Letterpress needs Node.js 20.12 or later, this is ${process.version}\n` +
      '  Install a newer one (https://nodejs.org), and run the command again.\n',
  );
  process.exitCode = 2;
}
