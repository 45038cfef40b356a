import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Backend } from '../../backend/types.js';
import { LetterpressError } from '../../errors.js';
import { escapeMarkup } from '../../escapes.js';
import { packageFile } from '../../package-file.js';
import type { Run } from '../../runs/reader.js';
import { letterpressVersion } from '../../version.js';
import { floatToHalf, halfToFloat } from '../half.js';
import { LanguageModel } from '../language-model.js';
import { modelOfRun, partsOf } from '../load-model.js';
import { encodeModel, type ModelParts } from '../saved-model.js';
import type { PageAbout } from './page-about.js';

/** A page with the playground and the X-ray of a model, which is inside, as is all that computes it. */
function htmlPage(about: PageAbout, weights: Uint8Array): string {
  const script = pageFile('page.js').toString('utf8');
  const style = pageFile('page.css').toString('utf8');
  const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval' blob:`,
    'worker-src blob:',
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(about.name)} – Letterpress</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>This page computes with JavaScript, which is off.</noscript></div>
<script type="application/json" id="about">${JSON.stringify(about).replaceAll('<', '\\u003c')}</script>
<script type="text/plain" id="module">${base64(readFileSync(packageFile('native/wasm/letterpress.wasm')))}</script>
<script type="text/plain" id="weights">${base64(weights)}</script>
<script id="code">${script}</script>
</body>
<!--
${pageFile('LICENSES.txt').toString('utf8').replaceAll('--', '- -')}
-->
</html>
`;
}

function pageFile(name: string): Buffer {
  const file = packageFile(`bundle/page/${name}`);
  if (existsSync(file)) return readFileSync(file);
  throw new LetterpressError('INTERNAL', `expected a part of the page at ${file.pathname}`, 'Build it: npm run build.');
}

/** Of a run's best model, in either precision. */
export function pageOfRun(run: Run, name: string, precision: PageAbout['precision']): string {
  const about = { name, corpus: run.config.corpus.name, version: letterpressVersion(), precision };
  const model = partsOf(run);
  if (precision === 'f16') checkHalf(model);
  return htmlPage(about, encodeModel(model, {}, precision === 'f16' ? 'F16' : 'F32'));
}

/** A page whose weights became infinite would be refused by whoever opens it. */
function checkHalf({ transformer }: ModelParts): void {
  for (const [name, { data }] of transformer.parameters.toMap()) {
    const wide = data.find((weight) => !Number.isFinite(halfToFloat(floatToHalf(weight))));
    if (wide === undefined) continue;
    throw new LetterpressError(
      'BAD_RUN',
      `expected weights that float16 can hold, got ${wide.toPrecision(3)} in ${name}`,
      'Keep them as float32 (precision f32).',
    );
  }
}

/** Texts that the effect of rounding is measured on: the model's own. */
const MEASURED = 64;

/** What it costs to keep weights as float16: NLL with them minus NLL without, in nats per text of the model's own. */
export function halfPrecisionCost(run: Run | string, backend: Backend): number {
  const model = modelOfRun(run, backend);
  const half = LanguageModel.fromBytes(encodeModel(model, {}, 'F16'), backend);
  const texts = model.sample({ count: MEASURED });
  return half.evaluate(texts).nll - model.evaluate(texts).nll;
}
