import { counted, formatBytes, formatCount, formatDuration, formatPercent } from '../../format.js';
import { measureDryRun, type DryRunParts } from '../../profile/dry-run.js';
import { peakMemoryBytes } from '../../profile/memory.js';
import type { CliContext } from '../context.js';
import { withProgress } from '../terminal/progress.js';

/** Prints what a training would be, instead of training. */
export async function printDryRun(of: DryRunParts, json: boolean, context: CliContext): Promise<void> {
  const measured = await withProgress(measureDryRun(of), () => undefined, context);
  const found = { ...measured, peakMemoryBytes: peakMemoryBytes() };
  if (json) {
    context.printJson(found);
    return;
  }
  const { texts, outsideAlphabet } = found;
  const rows: readonly (readonly [string, string])[] = [
    [
      'texts',
      `${formatCount(texts.train)} to train, ${formatCount(texts.val)} to validate, ${formatCount(texts.test)} to test`,
    ],
    ['outside the alphabet', `${formatPercent(outsideAlphabet.train)} of the training texts' characters`],
    ['parameters', formatCount(found.parameters)],
    ['an epoch', `${formatDuration(found.secondsPerEpoch)} (${counted(found.stepsPerEpoch, 'step')})`],
    ['all epochs', `${formatDuration(found.seconds)} for ${formatCount(found.epochs)}, unless it is stopped early`],
    ['memory', formatBytes(found.peakMemoryBytes)],
  ];
  context.print(rows.map(([name, value]) => `${context.style.bold(name.padEnd(22))}${value}\n`).join(''));
}
