import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspectNative, nativeCacheFolder } from '../../backend/registry.js';
import { LetterpressError } from '../../errors.js';
import { packageFile } from '../../package-file.js';
import { addExamples, type DefineCommand } from '../command.js';

/** The package's own folder, or one of the user's where that is read-only. */
function chooseFolder(): string {
  try {
    accessSync(packageFile('native'), constants.W_OK);
    return fileURLToPath(packageFile('native/build'));
  } catch {
    return nativeCacheFolder();
  }
}

export const define: DefineCommand = (command, context) => {
  command
    .description(
      'Build the native backend for this machine: where the package has none for it, or with your own compiler. ' +
        'Needs a C++17 compiler, g++ or clang++ (the variable CXX names another), and about a minute. ' +
        'An earlier build stays until the new one is complete.',
    )
    .option('--force', 'also what is built and has not changed')
    .action(async ({ force }) => {
      const folder = chooseFolder();
      const script = fileURLToPath(packageFile('scripts/build-native.mjs'));
      const child = spawn(process.execPath, [script, '--out', folder, ...(force ? ['--force'] : [])], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      context.onFinish(() => void child.kill());
      child.stderr.setEncoding('utf8').on('data', context.notice);
      const [code] = (await once(child, 'close')) as [number | null];
      if (code !== 0)
        throw new LetterpressError('NO_BACKEND', 'the native backend was not built, for the reason above');
      const built = inspectNative(undefined, pathToFileURL(`${folder}/`));
      if (!built.ok) throw new LetterpressError('NO_BACKEND', built.why, built.remedy);
      context.print(`built ${built.file}, with ${built.instructionSets.join(', ')}\n`);
    });
  addExamples(command, [
    ['letterpress build-native', 'into the package, or your cache folder where that is read-only'],
    ['letterpress build-native --force', 'again, for instance with another compiler (export CXX="ccache clang++")'],
  ]);
};
