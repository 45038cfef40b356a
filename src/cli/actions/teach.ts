import { existsSync, readdirSync } from 'node:fs';
import { teaching } from '../../ensemble/distill.js';
import { LetterpressError } from '../../errors.js';
import { loadTextModel } from '../../ensemble/load-mixture.js';
import { isLesson, LESSON_SCHEMA_VERSION, writeLesson } from '../../train/distillation/lesson-folder.js';
import { letterpressVersion } from '../../version.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import { formatCount } from '../terminal/format.js';
import { withProgress } from './with-progress.js';

/** The options of `letterpress teach`. */
export interface TeachCliOptions extends BackendOptions {
  readonly texts: number;
  readonly temperature: number;
  readonly seed: number;
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Has a model write a lesson. */
export async function teach(teacher: string, options: TeachCliOptions, context: CliContext): Promise<void> {
  const { texts: count, temperature, seed, json } = options;
  const { backend } = openBackend(options, context);
  const model = loadTextModel(teacher, backend);
  const folder = options.out ?? `${teacher.replace(/[/\\]+$/, '')}-lesson`;
  checkFolder(folder, options.force === true);
  const steps = teaching(model.letterSource(), { texts: count, temperature, seed });
  const lesson = await withProgress(steps, { total: count, unit: 'texts', label: 'teaching' }, context);
  const letters = lesson.texts.reduce((sum, { length }) => sum + length, 0);
  const about = {
    schemaVersion: LESSON_SCHEMA_VERSION,
    letterpress: letterpressVersion(),
    createdAt: new Date().toISOString(),
    teacher,
    seed,
    temperature,
    texts: count,
    letters,
    window: model.maxLetters + 1,
    tokenizer: { ...model.tokenizer.toJSON() },
  } as const;
  const file = writeLesson(folder, about, lesson);
  if (json) context.printJson({ folder, ...file });
  else {
    context.print(`${formatCount(count)} texts of ${formatCount(letters)} letters by ${teacher}\n`);
    context.print(`lesson in ${folder}: train with --lesson ${folder}\n`);
  }
}

/** @throws LetterpressError EXISTS for a folder that holds a lesson (without force) or anything else (always) */
function checkFolder(folder: string, force: boolean): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  if (isLesson(folder) && force) return;
  throw new LetterpressError(
    'EXISTS',
    isLesson(folder) ? `${folder} holds a lesson already` : `${folder} is not empty, and holds no lesson`,
    isLesson(folder)
      ? 'Choose another folder with --out, or replace it with --force.'
      : 'Choose another folder with --out.',
  );
}
