import type { RegisterCommand } from '../command.js';

export const registerData: RegisterCommand = (program) => {
  program.command('data').description('look at texts, and clean them');
};
