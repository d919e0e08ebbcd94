import { FairLimiter } from '../../api/fair-limit';
import { RateLimiter } from '../../api/rate-limit';

/** Requests that are let in of so many at one moment. */
function countLetIn(limiter: FairLimiter, user: string, requests: number, now: number, app = 'app'): number {
  return Array.from({ length: requests }, () => limiter.take(app, user, null, now)).filter((wait) => wait === 0).length;
}

describe('the limit of an app', () => {
  it.each([1, 2, 100, 500])('lets one user alone send what the app may: %d a second', (rate) => {
    const limiter = new FairLimiter(rate);

    expect(countLetIn(limiter, 'alice', 10 * rate, 0)).toBe(2 * rate);
    let later = 0;
    for (let at = 100; at <= 10_000; at += 100) later += countLetIn(limiter, 'alice', rate, at);
    // The last one may come a moment later.
    expect([10 * rate - 1, 10 * rate]).toContain(later);
  });

  it.each([1, 100])('lets others through while one sends all that it can: %d a second', (rate) => {
    const limiter = new FairLimiter(rate);
    countLetIn(limiter, 'alice', 10 * rate, 0);
    countLetIn(limiter, 'carol', 10 * rate, 0);

    expect(countLetIn(limiter, 'bob', 1, 0)).toBe(1);
    // Somebody who sends a third of the app's rate is never refused, however the others knock.
    let refused = 0;
    for (let at = 3_000; at <= 180_000; at += 3_000 / rate) {
      countLetIn(limiter, 'alice', 10, at);
      refused += 1 - countLetIn(limiter, 'bob', 1, at);
    }
    expect(refused).toBe(0);
  });

  it('is kept by all users together, however many there are', () => {
    const limiter = new FairLimiter(10);
    let letIn = 0;
    for (let at = 0; at < 10_000; at += 10) letIn += countLetIn(limiter, `user-${at}`, 5, at);

    // A burst of two seconds and what is spared, and then ten seconds at the rate.
    expect(letIn).toBeLessThanOrEqual(20 + 10 + 100);
  });

  it('counts each app alone, by a limit of its own where it has one, and says when to go on', () => {
    const limiter = new FairLimiter(1);
    countLetIn(limiter, 'alice', 5, 0);

    expect(limiter.take('app', 'alice', null, 0)).toBeGreaterThan(0);
    expect(countLetIn(limiter, 'alice', 5, 0, 'other')).toBe(2);
    expect(
      Array.from({ length: 5 }, () => limiter.take('third', 'alice', 2, 0)).filter((wait) => wait === 0),
    ).toHaveLength(4);
    const wait = limiter.take('app', 'alice', null, 0);
    expect(limiter.take('app', 'alice', null, wait * 1000)).toBe(0);
  });

  it('is none at 0', () => {
    expect(countLetIn(new FairLimiter(0), 'alice', 1000, 0)).toBe(1000);
  });
});

describe('the rate limiter', () => {
  it('remembers the 10,000 callers that it heard of last', () => {
    const limiter = new RateLimiter(0.5);
    limiter.take('first', null, 0);
    for (let caller = 0; caller < 9_999; caller++) limiter.take(`caller ${caller}`, null, 0);
    expect(limiter.look('first', 0)).toBeGreaterThan(0);

    limiter.take('one more', null, 0);

    expect(limiter.look('first', 0)).toBe(0);
    expect(limiter.look('one more', 0)).toBeGreaterThan(0);
  });

  it('looks without counting', () => {
    const limiter = new RateLimiter(1);

    expect([0, 0, 0].map(() => limiter.look('a', 0))).toEqual([0, 0, 0]);
    expect([0, 0, 0].map(() => limiter.take('a', null, 0))).toEqual([0, 0, 1]);
  });
});
