/**
 * `node count.js REPORT TESTS LINT TYPES`: adds up Jest's JSON report and the exit codes of the three commands, prints
 * `N passed, N failed`, and fails when anything failed or no test ran.
 */

const fs = require('node:fs');

const [reportFile, ...exitCodes] = process.argv.slice(2);
const [tests, lint, types] = exitCodes.map(Number);

function readReport() {
  try {
    return JSON.parse(fs.readFileSync(reportFile, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  }
}

const report = readReport();
let passed = report.numPassedTests;
// A file that does not even load has no failed test of its own.
let failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
// No report, no test, or an end after the last test: the run did not pass whatever the counts say.
if ((tests !== 0 || passed === 0) && failed === 0) failed += 1;
for (const code of [lint, types]) {
  if (code === 0) passed += 1;
  else failed += 1;
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
