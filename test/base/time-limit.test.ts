import { timeLimit } from '../../base/time-limit';

describe('a time limit', () => {
  it('comes though nobody but what waits for it holds it, and memory is needed meanwhile', async () => {
    const limits = Array.from({ length: 50 }, () => timeLimit(200, [new AbortController().signal]));
    let aborted = 0;
    for (const { signal } of limits.splice(0)) {
      signal.addEventListener('abort', () => {
        aborted += 1;
      });
    }

    const kept: unknown[] = [];
    const until = Date.now() + 30_000;
    while (aborted < 50 && Date.now() < until) {
      kept.push(
        Buffer.alloc(100_000),
        Array.from({ length: 1000 }, (_, n) => ({ n })),
      );
      if (kept.length > 200) kept.length = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(aborted).toBe(50);
  });

  it('says why: the time, or what the other signal says', async () => {
    const other = new AbortController();
    const late = timeLimit(1);
    const { signal } = timeLimit(60_000, [other.signal]);
    await new Promise((resolve) => late.signal.addEventListener('abort', resolve));
    other.abort(new Error('no more'));

    expect(late.signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(signal.reason).toMatchObject({ message: 'no more' });
    expect(timeLimit(60_000, [AbortSignal.abort('gone')]).signal.reason).toBe('gone');
  });
});
