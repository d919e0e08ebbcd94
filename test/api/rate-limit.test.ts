import { createApp } from '../../api/app';
import { RateLimiter } from '../../api/rate-limit';
import { addCaller, addPlainApp } from '../support/callers';
import { ApiClient, authorization, CALLER } from '../support/client';
import { Gantry } from '../support/gantry';

describe('the rate limiter', () => {
  it('lets two seconds of requests through at once, and then as many as the rate', () => {
    const limiter = new RateLimiter(2);
    const burst = Array.from({ length: 5 }, () => limiter.take('a', null, 1000));

    expect(burst).toEqual([0, 0, 0, 0, 1]);
    expect([limiter.take('a', null, 1500), limiter.take('a', null, 1500)]).toEqual([0, 1]);
  });

  it('says in how many seconds to go on', () => {
    const limiter = new RateLimiter(0.1);

    expect(limiter.take('a', null, 0)).toBe(8);
    expect(new RateLimiter(0.5).take('a', null, 0)).toBe(0);
  });

  it('counts each caller alone, by a limit of its own where it has one', () => {
    const limiter = new RateLimiter(1);
    const take = (caller: string, own: number | null) => limiter.take(caller, own, 0);

    expect([take('a', null), take('a', null), take('a', null)]).toEqual([0, 0, 1]);
    expect([take('b', 2), take('b', 2), take('b', 2), take('b', 2), take('b', 2)]).toEqual([0, 0, 0, 0, 1]);
  });

  it('keeps no more than the burst, and takes nothing when the clock is set back', () => {
    const limiter = new RateLimiter(1);
    limiter.take('a', null, 10_000);

    expect([0, 0, 0].map(() => limiter.take('a', null, 99_000))).toEqual([0, 0, 1]);
    expect(limiter.take('a', null, 98_000)).toBe(1);
  });

  it('is off at 0', () => {
    const limiter = new RateLimiter(0);

    expect(Array.from({ length: 1000 }, () => limiter.take('a', null, 0)).every((wait) => wait === 0)).toBe(true);
  });
});

describe('the limits of an app', () => {
  let gantry: Gantry;
  let plain: Record<string, string>;

  const trusted = authorization(CALLER);

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry, { requests_per_second: 1, max_body_bytes: 100 });
    plain = await addCaller(gantry, 'alice', 'admin');
  });

  afterAll(() => gantry.stop());

  it('answer 429 with when to go on, to that app and no other', async () => {
    const client = ApiClient.of(createApp({ services: gantry.services, requestsPerSecond: 100 }));
    const ask = (headers: Record<string, string>) =>
      client.ask({ method: 'GET', path: '/apigw/get_user_project_list/', headers });
    const answers = [await ask(plain)];
    // However slow this machine is: three of its requests come within a second before long.
    while (answers.at(-1)!.status === 200 && answers.length < 100) answers.push(await ask(plain));
    const refused = answers.at(-1)!;

    expect(answers.length).toBeGreaterThan(2);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect(JSON.parse(refused.text)).toMatchObject({
      result: false,
      code: 3545000,
      message: 'app plain-app sends too many requests: go on in 1 s',
      data: null,
      request_id: refused.headers['x-request-id'],
    });
    expect((await ask(trusted)).status).toBe(200);
  });

  it('answer 413 to bodies that are too large, in either style', async () => {
    const send = (path: string, headers: Record<string, string>, body: object) =>
      gantry.ask({ path, headers, body: JSON.stringify(body) });
    const value = 'x'.repeat(200);

    const answers = [
      await send('/apigw/set_project_constant/1/', plain, { key: 'k', value }),
      await send(
        '/api/c/compapi/v2/sops/set_project_constant/',
        {},
        {
          ...JSON.parse(plain['X-Bkapi-Authorization']!),
          bk_biz_id: 1,
          key: 'k',
          value,
        },
      ),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.text)).toMatchObject({
        result: false,
        code: 3540000,
        message: 'the body is larger than 100 bytes',
        request_id: expect.any(String),
      });
    }
    expect((await send('/apigw/set_project_constant/1/', trusted, { key: 'k', value })).status).toBe(200);
  });

  it('of the installation answers before anybody is asked who they are', async () => {
    const client = ApiClient.of(createApp({ services: gantry.services, maxBodyBytes: 2000 }));

    const answer = await client.ask({ path: '/apigw/set_project_constant/1/', body: 'x'.repeat(2001) });

    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({
      message: 'the body is larger than 2000 bytes',
      request_id: answer.headers['x-request-id'],
    });
  });
});
