// Sums the JSON reports of Vitest given as arguments and prints "N passed, N failed". A test file that could not even
// be loaded counts as one failed test; a report that is missing makes the exit code 1, because its run was cut short.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
for (const path of process.argv.slice(2)) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`no test report: ${error.message}`);
    process.exitCode = 1;
    continue;
  }
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    const someFailed = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !someFailed) failed++;
  }
}
// No test at all is not a success.
if (passed === 0) process.exitCode = 1;
// A test that is left out must be seen to be left out.
if (skipped > 0) console.error(`${skipped} tests were skipped.`);
console.log(`${passed} passed, ${failed} failed`);
