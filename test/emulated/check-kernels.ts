/**
 * The edge cases of the contract, for processors that are emulated, where Vitest does not run: `.ci/check-arm64` makes
 * one file of this. Prints what each compiled backend got wrong, and exits with 1 if anything.
 */
import { portable } from '../../src/backend/portable/index.js';
import { compiledBackends } from '../support/backends.js';
import { edgeCases } from '../support/op-cases.js';
import { errors, exactResults } from '../support/op-errors.js';

const LARGEST = 1e-5; // as in test/backend/contract.test.ts
const exactly = exactResults(portable);
const wanted = process.argv.slice(2);
const found = compiledBackends();
for (const name of wanted.filter((each) => !found.some((backend) => backend.name === each))) {
  process.stderr.write(`there is no ${name}\n`);
  process.exitCode = 1;
}
for (const { name, take } of found.filter((backend) => wanted.includes(backend.name))) {
  const backend = take(2);
  let [results, wrong] = [0, 0];
  for (const opCase of edgeCases()) {
    opCase.calls('float32').forEach((call, i) => {
      for (const [output, got] of call.run(backend)) {
        results++;
        const { largest } = errors(got, exactly(opCase)[i]!.get(output)!);
        if (largest <= LARGEST) continue;
        wrong++;
        process.stderr.write(`${name}: ${opCase.name}: ${call.op}.${output} is off by ${largest}\n`);
      }
    });
  }
  process.stdout.write(`${name} on ${process.arch}: ${results} results, ${wrong} wrong\n`);
  if (results === 0 || wrong > 0) process.exitCode = 1;
}
