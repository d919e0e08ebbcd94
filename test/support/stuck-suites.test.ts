import { join } from 'node:path';

const StuckSuites = require('./stuck-suites');

const suite = (name: string) => ({ path: join(process.cwd(), 'test', name) });
const MINUTE_MS = 60_000;

describe('a suite that does not end', () => {
  let said: string[];
  // biome-ignore lint/suspicious/noExplicitAny: a reporter is JavaScript, which Jest loads as it is
  let reporter: any;

  beforeEach(() => {
    jest.useFakeTimers();
    said = [];
    reporter = new StuckSuites({}, { giveUp: (sentence: string) => said.push(sentence) });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('ends the run with its name, and those of the suites beside it', () => {
    reporter.onTestFileStart(suite('one.test.ts'));
    jest.advanceTimersByTime(15 * MINUTE_MS);
    reporter.onTestFileStart(suite('two.test.ts'));
    jest.advanceTimersByTime(5 * MINUTE_MS);

    expect(said).toEqual([
      'test/one.test.ts has not ended after 20 minutes: the run is given up; beside it: test/two.test.ts',
    ]);
  });

  it('is none that has ended, however long the run goes on', () => {
    reporter.onTestFileStart(suite('one.test.ts'));
    jest.advanceTimersByTime(19 * MINUTE_MS);
    reporter.onTestFileResult(suite('one.test.ts'));
    jest.advanceTimersByTime(60 * MINUTE_MS);

    expect(said).toEqual([]);
  });

  it('keeps no run from ending that was interrupted', () => {
    reporter.onTestFileStart(suite('one.test.ts'));
    reporter.onRunComplete();

    expect(jest.getTimerCount()).toBe(0);
  });
});
