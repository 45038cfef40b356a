import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the studio's page where the studio looks for it, and returns that folder. */
export function buildStudioPage(root: string): string {
  execFileSync(process.execPath, ['scripts/build-web.mjs'], { cwd: root });
  return join(root, 'bundle', 'web');
}
