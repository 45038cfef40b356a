import type { RegisterCommand } from '../command.js';
import { addExamples } from '../command.js';
import { registerDataClean } from './data-clean.js';
import { registerDataStats } from './data-stats.js';

/** `letterpress data`: the commands about texts alone. */
export const registerData: RegisterCommand = (program, context) => {
  const data = program.command('data').description('look at texts, and clean them');
  registerDataStats(data, context);
  registerDataClean(data, context);
  addExamples(data, [
    ['letterpress data stats --data news.txt', 'sizes, lengths and characters of your texts'],
    ['letterpress data clean news.txt > clean.txt', 'clean a file as the notebook cleaned headlines'],
  ]);
};
