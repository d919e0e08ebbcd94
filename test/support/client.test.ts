import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { ApiClient } from './client';
import { listen } from './http-server';
import { filesOf, ROOT } from './rooms';

/** Who sends requests without the client, and why. */
const AROUND: Record<string, string> = {
  'test/api/body.test.ts': 'watches what is parsed meanwhile; holds its answers against their descriptions itself',
  'test/api/door.test.ts': 'has an API family of its own',
  'test/api/linger.test.ts': 'sends what nobody wants to read; holds its answers against their descriptions itself',
  'test/api/masking.test.ts': 'has an app of its own',
  'test/api/metrics.test.ts': 'reads metrics, which are no answer of an endpoint',
  'test/api/openapi.test.ts': 'reads the description',
  'test/api/orion/who-asks.test.ts': 'comes from addresses of its own',
  'test/api/v1/events.test.ts': 'reads streams, which are no one answer',
  'test/cli/hosts-run.test.ts': 'stands between the command line and the API',
  'test/machines/secret-places.test.ts': 'reads all that a stack tells, whatever it means',
  'test/stack/damage.test.ts': 'asks whether the API is ready',
  'test/stack/life.test.ts': 'asks whether the API and the Web UI are there',
  'test/support/client.ts': 'is the client',
  'test/support/http-server.ts': 'is the socket of the client',
  'test/worker/metrics.test.ts': 'reads metrics of a worker',
};

/** An app that says of every task something that is not its description's. */
const lying = new OpenAPIHono().all('*', (context) => context.json({ result: true, code: 0, data: { state: 7 } }));

describe('the client', () => {
  it('refuses an answer that its description does not have, in this process and through a socket', async () => {
    const server = await listen(lying);
    try {
      for (const client of [ApiClient.of(lying), ApiClient.at(server.url)]) {
        const refusal = '/apigw/get_task_status/1/1/ answered what its description does not have';

        await expect(client.status(1)).rejects.toThrow(refusal);
        await expect(client.ask({ method: 'GET', path: '/apigw/get_task_status/1/1/' })).rejects.toThrow(refusal);
        expect((await client.ask({ method: 'GET', path: '/readyz' })).status).toBe(200);
      }
    } finally {
      await server.close();
    }
  });

  it('is what every suite sends its requests with', () => {
    const around = filesOf(join(ROOT, 'test'))
      .filter((file) =>
        /\bfetch\(|[\w)]\.request\(| request\(\{|\bsend\b.*http-server'/.test(readFileSync(file, 'utf8')),
      )
      .map((file) => relative(ROOT, file));

    expect(around.sort()).toEqual(Object.keys(AROUND).sort());
  });
});
