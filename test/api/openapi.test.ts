import pino from 'pino';
import { createApp } from '../../api/app';
import { endpoints } from '../../api/bk-sops';
import type { Services } from '../../tasks/services';

/** The document needs no server behind it. */
const services = { log: pino({ level: 'silent' }), baseUrl: 'http://gantry.test' } as Services;

describe('the OpenAPI document', () => {
  it('has every endpoint at both of its paths', async () => {
    const response = await createApp({ services }).request('/openapi.json');

    expect(response.status).toBe(200);
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    for (const { name, method, path } of endpoints) {
      const appPath = `/apigw/${name}/${path.map((id) => `{${id}}/`).join('')}`;
      expect(paths[appPath]?.[method]).toBeDefined();
      expect(paths[`/api/c/compapi/v2/sops/${name}/`]?.[method]).toBeDefined();
    }
  });
});
