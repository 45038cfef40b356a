/**
 * A file of the package's folder, such as `data/punkt-en.json`. This module lies directly below it, in src/ and dist/
 * as well as in the bundles.
 */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
