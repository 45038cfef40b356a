import type { TeachCliOptions } from '../actions/teach.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { integer, number, positiveInteger } from '../options.js';

/** `letterpress teach`. */
export const registerTeach: RegisterCommand = (program, context) => {
  const command = program
    .command('teach')
    .argument('<teacher>', 'a run directory, or a mixture')
    .summary('have a model write a lesson for another one')
    .description(
      'Have a model or a mixture write texts, and keep what it expected at every letter. `train --lesson` trains another model on\n' +
        'that, beside the real texts: a small model learns more from it than from the texts alone.',
    )
    .option('-n, --texts <n>', 'number of texts', positiveInteger('--texts'), 20_000)
    .option('--temperature <t>', 'of the letters that are drawn', number('--temperature', { above: 0 }), 1)
    .option('--seed <n>', 'seed of the draws', integer('--seed', { min: 0 }), 0)
    .option('--out <folder>', "the lesson's folder (default: the teacher's, with -lesson behind it)")
    .option('--force', 'replace a lesson that is there already');
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (teacher: string, options: TeachCliOptions) => {
      const { teach } = await import('../actions/teach.js');
      await teach(teacher, options, context);
    });
  addExamples(command, [
    [
      'letterpress teach runs/news-5m-mixture --texts 40000',
      'a lesson by what letterpress mix made, better than each of its runs',
    ],
    [
      'letterpress train --data news/ --size 87k --lesson runs/news-5m-mixture-lesson',
      'a small model that is taught by it',
    ],
  ]);
};
