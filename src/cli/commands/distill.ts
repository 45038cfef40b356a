import { STANDARD_INPUT } from '../../corpus/sources/file-errors.js';
import { distillSteps } from '../../ensemble/distill.js';
import { quoteForShell, shellWord } from '../folders.js';
import { openModelFolder } from '../open-model-folder.js';
import { lockDistillationSetFolder, writeDistillationSet } from '../../train/distillation/distillation-set-folder.js';
import type { Run } from '../../runs/reader.js';
import { addExamples, type DefineCommand } from '../command.js';
import { addBackendOptions, openBackend } from '../options/backend.js';
import { integer, number, positiveInteger, somePath } from '../options/parsers.js';
import { counted } from '../../format.js';
import { withProgress } from '../terminal/progress.js';

export const define: DefineCommand = (command, context) => {
  addBackendOptions(
    command
      .argument('<teacher>', 'run directory or mixture')
      .description(
        'Sample texts from a trained model or a mixture, and store its probabilities of every character. ' +
          '`letterpress train --distillation-set` trains another model on them and on the real texts: a small model ' +
          'learns more from both than from the texts alone.',
      )
      .option('-n, --texts <n>', 'number of texts', positiveInteger, 20_000)
      .option('--temperature <t>', 'temperature of sampling', number({ above: 0 }), 1)
      .option('--seed <n>', 'seed of sampling', integer({ min: 0 }), 0)
      .option(
        '--out <folder>',
        "distillation set (default: the teacher's folder with -distillation-set appended)",
        somePath,
      )
      .option('--force', 'replace an existing distillation set')
      .option('--json', 'one JSON document'),
  ).action(async (teacher, options) => {
    const { texts, temperature, seed } = options;
    const { run, load } = await openModelFolder(teacher);
    const model = load(openBackend(options, context).backend);
    const folder = options.out ?? `${teacher.replace(/[/\\]+$/, '')}-distillation-set`;
    const lock = lockDistillationSetFolder(folder, options.force === true);
    context.onFinish(() => lock.release());
    const set = await withProgress(
      distillSteps(model.characterSource(), { texts, temperature, seed }),
      (done) => ({ label: 'distilling', unit: 'texts', total: texts, done }),
      context,
    );
    const characters = set.texts.reduce((sum, { length }) => sum + length, 0);
    const about = {
      teacher,
      seed,
      temperature,
      texts,
      characters,
      contextLength: model.maxCharacters + 1,
      tokenizer: { ...model.tokenizer.toJSON() },
    };
    lock.check();
    const file = writeDistillationSet(folder, about, set);
    if (options.json) context.printJson({ folder, ...file });
    else
      context.print(
        `${counted(texts, 'text')} of ${counted(characters, 'character')} by ${teacher}\n` +
          `distillation set in ${folder}\nNext: letterpress train${dataOf(run)} ` +
          `--distillation-set ${shellWord(folder)}\n`,
      );
  });
  addExamples(command, [
    ['letterpress distill runs/news-5m-mixture --texts 40000', 'a distillation set by a mixture'],
    [
      'letterpress train --data news/ --size 87k --distillation-set runs/news-5m-mixture-distillation-set',
      'a small model that learns from it',
    ],
  ]);
};

/** The options of `train` that name the texts of a run, as far as it recorded where they are. */
function dataOf({ config: { corpus } }: Run): string {
  const { kind, path, columns = [] } = corpus;
  if (kind === 'builtin') return '';
  if (path === undefined || path === STANDARD_INPUT) return ' --data TEXTS';
  return [` --data ${shellWord(path)}`, ...columns.map((column) => `--column=${quoteForShell(column)}`)].join(' ');
}
