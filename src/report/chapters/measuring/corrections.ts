import { entryAt } from '../../rules/temperature.js';
import type { Block, Text } from '../../../render/document.js';
import { REFERENCE_TEST_TEXTS } from '../../reference.js';
import { bullets, paragraph, section } from '../../writing/blocks.js';
import { diagnosisWords } from '../../writing/diagnosis-words.js';
import { three, whole } from '../../writing/numbers.js';
import { code, prose } from '../../writing/prose.js';
import type { ReportContext } from '../context.js';

/** What the source got wrong, and how it is done here. */
export function corrections({ facts, models }: ReportContext): Block[] {
  const own = entryAt(facts.temperatures?.entries ?? [], 1);
  const even = facts.temperatures?.uniformEntropy ?? NaN;
  const measured =
    own !== undefined && Number.isFinite(even)
      ? ` Measured here: ${three(own.entropyPerCharacter)} nats per character, where a uniform one would have ${three(even)}.`
      : '';
  const largest = models.find(({ reference }) => reference?.size.preset === '10m');
  const diagnosed =
    largest === undefined || facts.kind === 'quick'
      ? ''
      : ` The curve of ${largest.name} here: ${diagnosisWords(largest)}.`;
  const items: Text[] = [
    prose`Its top-1 total began at 1 instead of 0, so that every figure is too high by one over the number of texts (1/${whole(REFERENCE_TEST_TEXTS)}). Here totals begin at 0.`,
    prose`It called the failure of its largest model overfitting. Training NLL stayed high as well, so nothing was fitted too well: the optimisation failed. Here baselines
      that ignore the characters before are measured, and a curve that stays at one of them is called failed.${diagnosed}`,
    prose`It called the distribution at temperature 1 almost uniform. It is the model’s own distribution.${measured}`,
    prose`It printed one test NLL of its largest model (166.6) and reported another (116.6), called the model trained on 1,000 texts by the wrong size, and showed another
      model’s samples as the best one’s. Here every number and text is read from the files of the runs, and nothing is typed in.`,
    prose`The argument ${code('causal')} of its model was accepted and never passed on to the blocks. Here every model has the causal mask, and it cannot be switched off.`,
    prose`It judged samples by eye only. Here they are measured too, beside as many real texts.`,
  ];
  return [
    section('corrections', 'What the source got wrong'),
    paragraph(
      'This study repeats that of a notebook with a written report. Some of it was wrong, and is done differently here:',
    ),
    bullets(...items),
  ];
}
