import { epochNumber } from '../format.js';
import { curvesFigure } from '../figures/curves.js';
import { bestLine, type MetricsLine, type RunConfig } from '../runs/schema.js';

/** Training and validation NLL against epochs, the best epoch ringed; the exact entropy where it is known. An SVG. */
export function nllFigure(config: RunConfig, metrics: readonly MetricsLine[]): string {
  const epochs = metrics.map((line) => epochNumber(line.epoch));
  const best = bestLine(metrics);
  const { entropy } = config.corpus;
  return curvesFigure({
    title: runTitle(config),
    ...(best === undefined
      ? {}
      : { subtitle: `best validation NLL ${best.valNll.toFixed(2)} in epoch ${epochNumber(best.epoch)}` }),
    yTitle: 'NLL (nats per text)',
    series: [
      { label: 'training', epochs, values: metrics.map((line) => line.trainNll), dashed: true },
      {
        label: 'validation',
        epochs,
        values: metrics.map((line) => line.valNll),
        ...(best === undefined ? {} : { markEpoch: epochNumber(best.epoch) }),
      },
    ],
    references: entropy === undefined ? [] : [{ label: `exact entropy ${entropy.toFixed(2)}`, value: entropy }],
  });
}

/** Validation top-1 against epochs, with the epoch of the lowest validation NLL ringed. An SVG. */
export function top1Figure(config: RunConfig, metrics: readonly MetricsLine[]): string {
  const best = bestLine(metrics);
  return curvesFigure({
    title: runTitle(config),
    ...(best === undefined
      ? {}
      : { subtitle: `validation top-1 ${best.valTop1.toFixed(4)} in the best epoch, ${epochNumber(best.epoch)}` }),
    yTitle: 'top-1 (share of positions)',
    series: [
      {
        label: 'validation',
        epochs: metrics.map((line) => epochNumber(line.epoch)),
        values: metrics.map((line) => line.valTop1),
        // The colour that validation has in the other figure, too.
        colourIndex: 1,
        ...(best === undefined ? {} : { markEpoch: epochNumber(best.epoch) }),
      },
    ],
  });
}

function runTitle(config: RunConfig): string {
  return `${config.corpus.name} · ${config.recipe.name}`;
}
