import { temper } from '../../texts/temperature.js';
import { discuss } from '../rules/rule.js';
import { TEMPERATURE_RULES } from '../rules/texts.js';
import type { Block } from '../../render/document.js';
import type { TemperatureFacts } from '../facts/types.js';
import { barsFigure } from '../../figures/bars.js';
import {
  chapter,
  codeExcerpt,
  discussion,
  figure,
  formula,
  listed,
  paragraph,
  right,
  table,
} from '../writing/blocks.js';
import { distinctPairs, knownShare } from '../facts/figures.js';
import { decimal, inWords, percent, three, whole } from '../writing/numbers.js';
import { code, prose } from '../writing/prose.js';
import { inspectionOf, questionTitle, runOf, shownToken, tokenNote, type ReportContext } from './context.js';
import { chooseStep, rank } from './explain-sampling.js';
import { copies, SHOWN, shownTexts, textsEach } from './samples.js';

const MAX_CHARACTERS = 8;

export function temperatureChapter(context: ReportContext): Block[] {
  const { facts } = context;
  const { temperatures } = facts;
  if (temperatures === undefined) return [];
  const values = temperatures.entries.map(({ temperature }) => temperature);
  const run = runOf(context, temperatures.run);
  const measured = run?.temperatures?.entries ?? [];
  const columns = temperatures.entries.map(({ temperature, texts }) => ({
    title: `τ = ${temperature}`,
    texts: shownTexts(texts, measured.find((entry) => entry.temperature === temperature)?.quality, SHOWN),
  }));
  return [
    chapter('temperature', questionTitle(context, '4', 'temperature')),
    paragraph(
      prose`The logits $z_i$ are divided by a temperature $\tau$ before the softmax. In terms of the probabilities at
        $\tau = 1$, each is raised to the power $1/\tau$ and renormalised:`,
    ),
    formula(
      String.raw`p_{\tau,i} = \frac{e^{z_i/\tau}}{\sum_j e^{z_j/\tau}} = \frac{p_i^{1/\tau}}{\sum_j p_j^{1/\tau}}`,
      'The probability of token i at temperature tau is e to the power of its logit over tau, divided by the ' +
        'sum of that for all tokens; the same as the probability at temperature one to the power of one over ' +
        'tau, divided by the sum of these.',
    ),
    paragraph(
      prose`The ratio of two probabilities becomes $p_{\tau,i} / p_{\tau,j} = (p_i / p_j)^{1/\tau}$: at $\tau = 0.5$,
        a character that is twice as probable as another becomes four times as probable, at $\tau = 0.1$ about a
        thousand times. As $\tau \to 0$ only the most probable character is left; above 1 the distribution flattens
        and tends to the uniform distribution as $\tau \to \infty$. The entropy never falls as $\tau$ rises: its
        derivative is the variance of the logits under $p_\tau$, over $\tau^3$. At $\tau = 1$ nothing changes, and
        samples have the learned distribution.`,
    ),
    codeExcerpt(
      'temperature',
      'The softmax with a temperature in the sources: the weights of one position, not yet divided by their sum.',
    ),
    ...oneDistribution(context, values),
    {
      kind: 'samples',
      caption:
        `The first ${inWords(SHOWN)} samples of ${temperatures.run} at each temperature, uncurated and marked ` +
        'as the final samples are.',
      columns,
    },
    ...discussion(discuss(TEMPERATURE_RULES, facts)),
    temperatureTable(temperatures),
  ];
}

function oneDistribution(context: ReportContext, temperatures: readonly number[]): Block[] {
  const run = runOf(context, context.facts.temperatures!.run);
  const inspection = run && inspectionOf(run);
  const step = inspection === undefined ? undefined : chooseStep(inspection);
  if (run === undefined || inspection === undefined || step === undefined) return [];
  const logs = step.distribution.map((p) => Math.log(p)); // −∞ for a rounded 0 stays 0 at every temperature
  const order = rank(step.distribution).slice(0, MAX_CHARACTERS);
  const categories = order.map((i) => shownToken(inspection.tokens[i]!));
  const series = temperatures.map((temperature) => {
    const tempered = temper(logs, temperature);
    return { label: `τ = ${temperature}`, values: order.map((i) => tempered[i]!) };
  });
  return [
    figure(
      'one-distribution',
      barsFigure({
        title: `What follows “${step.before}”, at each temperature`,
        subtitle: `the ${order.length} most probable characters, ${run.name}`,
        xTitle: 'next character',
        yTitle: 'probability',
        height: 210,
        ordered: true,
        categories,
        series,
      }),
      prose`The distribution of the character after ${code(step.before)} at each temperature, from the same
        logits.${tokenNote(categories)}`,
      `Grouped bars of the probabilities of the ${order.length} most probable next characters. The most probable one ` +
        `has ${listed(series.map(({ label, values }) => `${percent(values[0])} at ${label}`))}.`,
    ),
  ];
}

function temperatureTable({ entries }: TemperatureFacts): Block {
  const counts = new Set(entries.map(({ texts }) => texts.length));
  return table(
    `Samples at each temperature in numbers${textsEach(counts)}. Entropy is the mean entropy of the distributions ` +
      'that characters were sampled from. NLL is that of the samples under the model itself at temperature 1. The ' +
      'other measures are those of the table of final samples.',
    entries,
    [
      right('temperature', ({ temperature }) => String(temperature)),
      counts.size > 1 && right('texts', ({ texts }) => whole(texts.length)),
      right('different', ({ differentTexts }) => whole(differentTexts)),
      right('characters per text', ({ quality }) => decimal(quality.meanCharacters, 1)),
      right('entropy (nats per character)', ({ entropyPerCharacter }) => three(entropyPerCharacter)),
      right('NLL (nats per character)', ({ modelNllPerCharacter }) => three(modelNllPerCharacter)),
      right('known words', ({ quality }) => percent(knownShare(quality))),
      right('copies (training / val. / test)', ({ quality }) => copies(quality)),
      right('distinct word pairs', ({ quality }) => percent(distinctPairs(quality))),
    ],
  );
}
