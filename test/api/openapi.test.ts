import pino from 'pino';
import { createApp } from '../../api/app';
import { endpoints } from '../../api/bk-sops';
import { routesOf } from '../../api/bk-sops/routes';
import type { Services } from '../../tasks/services';

/** The document needs no server behind it. */
const services = { log: pino({ level: 'silent' }), baseUrl: 'http://gantry.test' } as Services;

type Operation = { operationId?: string; requestBody?: { content: object } };

describe('the OpenAPI document', () => {
  let paths: Record<string, Record<string, Operation>>;

  beforeAll(async () => {
    const response = await createApp({ services }).request('/openapi.json');
    expect(response.status).toBe(200);
    ({ paths } = (await response.json()) as { paths: typeof paths });
  });

  it('has every endpoint at each of its paths, with each of its methods', () => {
    for (const endpoint of endpoints) {
      const { name, path } = endpoint;
      const ids = path.map((id) => `{${id}}/`).join('');
      const documented = {
        app: `/apigw/${name}/${ids}`,
        system: `/apigw/system/${name}/${ids}`,
        esb: `/api/c/compapi/v2/sops/${name}/`,
      };
      for (const { style, methods } of routesOf(endpoint)) {
        expect(Object.keys(paths[documented[style]] ?? {}).sort()).toEqual([...methods].sort());
      }
    }
  });

  it('names every operation, and none twice', () => {
    const ids = Object.values(paths).flatMap((operations) => Object.values(operations).map((one) => one.operationId));

    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says that a body may be JSON or a form', () => {
    expect(Object.keys(paths['/api/c/compapi/v2/sops/get_task_list/']!.post!.requestBody!.content)).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
    ]);
  });
});
