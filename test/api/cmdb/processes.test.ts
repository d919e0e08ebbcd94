import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';

/** What the document of the API sends (cmdb §1). */
const NGINX = {
  bk_process_name: 'nginx',
  port: 80,
  bind_ip: '1',
  protocol: '1',
  bk_func_name: 'nginx',
  work_path: '/data/cc/running',
  user: 'cc',
};

describe('processes', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('are made, and told by their properties in either language', async () => {
    const made = await cmdb.post('/proc/0/1', NGINX);

    expect(made).toEqual({
      status: 200,
      result: true,
      bk_error_code: 0,
      bk_error_msg: 'success',
      data: { bk_process_id: expect.any(Number) },
    });
    const { data } = await cmdb.get(`/proc/0/1/${made.data.bk_process_id}`);
    expect(data).toHaveLength(22);
    expect(data.slice(0, 2)).toEqual([
      { bk_property_id: 'bk_biz_id', bk_property_name: '业务ID', bk_property_value: 1 },
      { bk_property_id: 'bk_process_name', bk_property_name: '进程名称', bk_property_value: 'nginx' },
    ]);
    expect(data.find((one: { bk_property_id: string }) => one.bk_property_id === 'port').bk_property_value).toBe('80');
    expect(await cmdb.put(`/proc/0/1/${made.data.bk_process_id}`, { bk_process_name: 'nginx' })).toMatchObject({
      data: 'success',
    });
  });
});
