import { join } from 'node:path';
import { loadCases } from '../../../cli/cases/load';
import { runCase } from '../../support/case-runs';

const { pipelines } = loadCases(join(__dirname, '../../data'));

/** The runner of the real API compares the same things; here time is virtual and no server is needed. */
describe('the machine runs the recorded cases of the original engine', () => {
  it.each(pipelines.map((testCase) => [testCase.name, testCase] as const))('%s', (_name, testCase) => {
    runCase(testCase);
  });
});
