import { addExamples, type DefineCommand } from '../command.js';
import { define as defineClean } from './data-clean.js';
import { define as defineStats } from './data-stats.js';

/** The commands about texts alone. */
export const define: DefineCommand = (command, context) => {
  command.description('Statistics of texts, and cleaning.');
  defineStats(command.command('stats').summary('sizes, lengths and characters of texts'), context);
  defineClean(command.command('clean').summary('one cleaned line for every line of a file'), context);
  addExamples(command, [
    ['letterpress data stats --data news.txt', 'sizes, lengths and characters of your texts'],
    ['letterpress data clean news.txt > clean.txt', "a file, cleaned as the notebook's headlines"],
  ]);
};
