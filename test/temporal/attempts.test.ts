import type { Client } from '@temporalio/client';
import { askRepeatedly, callInAttempts } from '../../temporal/attempts';
import { isOutOfTime } from '../../temporal/errors';

/** As the client throws it: the gRPC error is the cause. */
const failure = (code: number) => new Error('it failed', { cause: Object.assign(new Error('gRPC'), { code }) });

/** Notes the deadlines of attempts. */
class FakeClient {
  readonly deadlines: number[] = [];

  withDeadline<T>(deadline: number, call: () => Promise<T>): Promise<T> {
    this.deadlines.push(deadline - Date.now());
    return call();
  }
}

describe('a call in attempts', () => {
  let client: FakeClient;
  const callWith = (call: () => Promise<unknown>) => callInAttempts(client as unknown as Client, call);

  beforeEach(() => {
    client = new FakeClient();
  });

  it.each([
    [1, 'cancelled'],
    [4, 'its deadline is over'],
    [9, 'the workflow is between two tasks'],
    [10, 'the server gave it up'],
  ])('is repeated after code %i: %s', async (code) => {
    const call = jest.fn().mockRejectedValueOnce(failure(code)).mockResolvedValueOnce('answered');

    expect(await callWith(call)).toBe('answered');

    expect(call).toHaveBeenCalledTimes(2);
  });

  it.each([3, 5, 6, 7, 14])('is not repeated after code %i', async (code) => {
    const call = jest.fn().mockRejectedValue(failure(code));

    await expect(callWith(call)).rejects.toThrow('it failed');

    expect(call).toHaveBeenCalledTimes(1);
  });

  it('gives an attempt a part of the time, and ends when all of it is over', async () => {
    // The pause between attempts is no timer of the test's clock.
    jest.useFakeTimers();
    const call = jest.fn(() => {
      jest.advanceTimersByTime(client.deadlines.at(-1)!);
      return Promise.reject(failure(4));
    });

    await expect(callWith(call)).rejects.toThrow('it failed');
    jest.useRealTimers();

    expect(client.deadlines).toEqual([1_500, 1_500, 1_500, 500]);
  });

  it('takes other bounds and other errors that may pass', async () => {
    jest.useFakeTimers();
    const codes = [4, 4, 9];
    const call = jest.fn(() => {
      jest.advanceTimersByTime(client.deadlines.at(-1)!);
      return Promise.reject(failure(codes.shift()!));
    });
    const options = { attemptMs: 300, callMs: 10_000, mayPass: isOutOfTime };

    await expect(callInAttempts(client as unknown as Client, call, options)).rejects.toThrow('it failed');
    jest.useRealTimers();

    expect(client.deadlines).toEqual([300, 300, 300]);
    expect(codes).toEqual([]);
  });
});

describe('a question that is asked repeatedly', () => {
  const mayChange = (answer: string) => answer === 'not yet';

  it('is asked until an answer will not change, which is the one that counts', async () => {
    const ask = jest.fn().mockResolvedValue('no').mockResolvedValueOnce('not yet').mockResolvedValueOnce('not yet');

    expect(await askRepeatedly<string>(ask, mayChange)).toBe('no');

    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('is given up after five times, with the last answer', async () => {
    const ask = jest.fn(async () => 'not yet');

    expect(await askRepeatedly(ask, mayChange)).toBe('not yet');

    expect(ask).toHaveBeenCalledTimes(5);
  });

  it('passes on what went wrong', async () => {
    const ask = jest.fn().mockRejectedValue(new Error('away'));

    await expect(askRepeatedly(ask, mayChange)).rejects.toThrow('away');

    expect(ask).toHaveBeenCalledTimes(1);
  });
});
