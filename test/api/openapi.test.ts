import pino from 'pino';
import { createApp } from '../../api/app';
import { endpoints } from '../../api/bk-sops';
import type { Services } from '../../tasks/services';
import { requireDescribed } from '../support/answers';

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
