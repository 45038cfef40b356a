import type { DistillCliOptions } from '../actions/distill.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';
import { integer, number, positiveInteger } from '../options.js';

/** `letterpress distill`. */
export const registerDistill: RegisterCommand = (program, context) => {
  const command = program
    .command('distill')
    .argument('<teacher>', 'a run directory, or a mixture')
    .summary('have a model write a distillation set for another one')
    .description(
      'Have a model or a mixture write texts, and keep what it expected at every character. `train --distillation-set` trains another model on\n' +
        'that, beside the real texts: a small model learns more from it than from the texts alone.',
    )
    .option('-n, --texts <n>', 'number of texts', positiveInteger('--texts'), 20_000)
    .option('--temperature <t>', 'of the characters that are drawn', number('--temperature', { above: 0 }), 1)
    .option('--seed <n>', 'seed of the draws', integer('--seed', { min: 0 }), 0)
    .option('--out <folder>', "the distillation set's folder (default: the teacher's, followed by -distillation-set)")
    .option('--force', 'replace a distillation set that is there already');
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (teacher: string, options: DistillCliOptions) => {
      const { distill } = await import('../actions/distill.js');
      await distill(teacher, options, context);
    });
  addExamples(command, [
    [
      'letterpress distill runs/news-5m-mixture --texts 40000',
      'a distillation set by what letterpress mix made, better than each of its runs',
    ],
    [
      'letterpress train --data news/ --size 87k --distillation-set runs/news-5m-mixture-distillation-set',
      'a small model that is distilled by it',
    ],
  ]);
};
