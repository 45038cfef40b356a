import { distillSteps } from '../../ensemble/distill.js';
import { loadTextModel } from '../../ensemble/load-mixture.js';
import { checkDistillationSetFolder, writeDistillationSet } from '../../train/distillation/distillation-set-folder.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { formatCount } from '../../format.js';
import { withProgress } from './with-progress.js';

/** The options of `letterpress distill`. */
export interface DistillCliOptions extends BackendOptions {
  readonly texts: number;
  readonly temperature: number;
  readonly seed: number;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Has a model write a distillation set. */
export async function distill(teacher: string, options: DistillCliOptions, context: CliContext): Promise<void> {
  const { texts: count, temperature, seed, json } = options;
  const { backend } = openBackend(options, context);
  const model = loadTextModel(teacher, backend);
  const folder = options.out ?? `${teacher.replace(/[/\\]+$/, '')}-distillation-set`;
  checkDistillationSetFolder(folder, options.force === true);
  const steps = distillSteps(model.characterSource(), { texts: count, temperature, seed });
  const distillationSet = await withProgress(steps, { total: count, unit: 'texts', label: 'teaching' }, context);
  const characters = distillationSet.texts.reduce((sum, { length }) => sum + length, 0);
  const about = {
    teacher,
    seed,
    temperature,
    texts: count,
    characters,
    contextLength: model.maxCharacters + 1,
    tokenizer: { ...model.tokenizer.toJSON() },
  };
  const file = writeDistillationSet(folder, about, distillationSet);
  if (json) context.printJson({ folder, ...file });
  else {
    context.print(`${formatCount(count)} texts of ${formatCount(characters)} characters by ${teacher}\n`);
    context.print(`distillation set in ${folder}: train with --distillation-set ${folder}\n`);
  }
}
