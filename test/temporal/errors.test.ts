import { isInBetween, isUnreachable } from '../../temporal/errors';

/** As the client throws it: the gRPC error is the cause. */
const failure = (code: number) =>
  new Error('Workflow Update failed', { cause: Object.assign(new Error('gRPC'), { code }) });

describe('what an error of the Temporal client says', () => {
  it.each([1, 2, 4, 8, 13, 14, 15])('code %i: the server could not do it, and may later', (code) => {
    expect(isUnreachable(failure(code))).toBe(true);
  });

  it.each([9, 10])('code %i: the workflow could not take it at that moment', (code) => {
    expect([isUnreachable(failure(code)), isInBetween(failure(code))]).toEqual([false, true]);
  });

  it.each([3, 5, 6, 7, 16])('code %i: it will not work a second time', (code) => {
    expect([isUnreachable(failure(code)), isInBetween(failure(code))]).toEqual([false, false]);
  });

  it('an error of Postgres, whose codes are text, is none of these', () => {
    expect(isUnreachable(Object.assign(new Error('deadlock'), { code: '14' }))).toBe(false);
  });
});
