import { addExamples, type DefineCommand } from '../command.js';
import { defineDataClean } from './data-clean.js';
import { defineDataStats } from './data-stats.js';

/** The commands about texts alone. */
export const defineData: DefineCommand = (command, context) => {
  command.description('Statistics of texts, and cleaning.');
  defineDataStats(command.command('stats').summary('sizes, lengths and characters of texts'), context);
  defineDataClean(command.command('clean').summary('one cleaned line for every line of a file'), context);
  addExamples(command, [
    ['letterpress data stats --data news.txt', 'sizes, lengths and characters of your texts'],
    ['letterpress data clean news.txt > clean.txt', "a file, cleaned as the notebook's headlines"],
  ]);
};
