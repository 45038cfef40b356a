import type { DoctorOptions } from '../actions/doctor.js';
import { addBackendOptions } from '../backend-options.js';
import { addExamples, type RegisterCommand } from '../command.js';

/** `letterpress doctor`. */
export const registerDoctor: RegisterCommand = (program, context) => {
  const command = program
    .command('doctor')
    .summary('what Letterpress runs on here, and why')
    .description('Print versions, processor, backend, instruction set and threads, and what to do if it is slow.');
  addBackendOptions(command)
    .option('--json', 'write one JSON document')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../actions/doctor.js');
      doctor(options, context);
    });
  addExamples(command, [
    ['letterpress doctor', 'the defaults'],
    ['letterpress doctor --backend portable --json', 'with a backend of your choice, for a program'],
  ]);
};
