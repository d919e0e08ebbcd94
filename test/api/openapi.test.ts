import pino from 'pino';
import { createApp } from '../../api/app';
import { endpoints } from '../../api/bk-sops';
import { routesOf } from '../../api/bk-sops/routes';
import type { Services } from '../../tasks/services';
import { requireDescribed } from '../support/answers';

/** The document needs no server behind it. */
const services = { log: pino({ level: 'silent' }), baseUrl: 'http://gantry.test' } as unknown as Services;

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

  it('describes answers so that the suites can hold each answer against it', async () => {
    const node = { ...NODE, children: { inner: NODE } };
    const answer = (data: unknown) => ({ result: true, code: 0, message: 'success', data });
    const asks = (data: unknown) => () => requireDescribed('/apigw/get_task_status/7/1/', answer(data));

    expect(asks(node)).not.toThrow();
    expect(asks({ ...NODE, children: { inner: { ...NODE, retry: 'no' } } })).toThrow('get_task_status');
    expect(asks({ ...NODE, raw_state: undefined })).toThrow('get_task_status');

    const response = await createApp({ services }).request('/openapi.json');
    const { components } = (await response.json()) as { components: { schemas: Record<string, unknown> } };
    expect(JSON.stringify(components.schemas.StateNode)).toContain('"#/components/schemas/StateNode"');
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

const NODE = {
  ...{
    id: 'a',
    name: '',
    parent_id: 'r',
    root_id: 'r',
    'root_id:': 'r',
    version: 'v',
    state: 'RUNNING',
    raw_state: 'RUNNING',
  },
  ...{ loop: 1, retry: 0, elapsed_time: 0, skip: false, error_ignorable: false, error_ignored: false },
  ...{ start_time: null, finish_time: null, children: {} },
};
