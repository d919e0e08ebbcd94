import { plugins } from '../../plugins';
import { unavailablePlugins } from '../../plugins/unavailable';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

interface Entry {
  code: string;
  version: string;
  available: boolean;
  reason: string;
  inputs: { key: string; required: boolean; schema: object }[];
  outputs: { key: string }[];
}

describe('the plugin catalog through the bk-sops API', () => {
  let gantry: Gantry;
  let list: Entry[];

  beforeAll(async () => {
    gantry = await Gantry.create();
    list = (await gantry.get('/apigw/get_plugin_list/1/')).data;
  });

  afterAll(() => gantry.stop());

  const keyOf = ({ code, version }: { code: string; version: string }) => `${code} ${version}`;

  it('has every plugin that runs here, then those that cannot', () => {
    const lacking = unavailablePlugins.flatMap(({ code, versions }) => versions.map((version) => `${code} ${version}`));

    expect(list.map(keyOf)).toEqual([...plugins.map(keyOf), ...lacking]);
    expect(new Set(list.map(keyOf)).size).toBe(list.length);
    expect(list.filter(({ available }) => available).map(keyOf)).toEqual(plugins.map(keyOf));
    expect(list.filter(({ available, reason }) => available !== (reason === ''))).toEqual([]);
  });

  it('describes a plugin by its own schemas', async () => {
    const { data } = await gantry.get('/apigw/get_plugin_detail/1/?code=sleep_timer');

    expect(data).toMatchObject({
      code: 'sleep_timer',
      version: 'legacy',
      available: true,
      inputs: [
        { key: 'bk_timing', required: true, schema: { description: expect.any(String) } },
        { key: 'force_check', type: 'bool', required: false, schema: { type: 'boolean', default: true } },
      ],
    });
    expect(list).toContainEqual(data);
  });

  it('ends the outputs of every plugin with those that all have', () => {
    for (const { outputs } of list) {
      expect(outputs.slice(-3).map(({ key }) => key)).toEqual(['_result', '_loop', '_inner_loop']);
    }
  });

  it('lists what needs a host runner or services that are not here, and says which', async () => {
    const { data } = await gantry.get('/apigw/get_plugin_detail/1/?code=job_fast_execute_script&version=v1.0');

    expect(data).toMatchObject({ available: false, reason: expect.stringContaining('host runner') });
    expect(data.inputs.map(({ key }: { key: string }) => key)).toContain('job_content');
    const lacking = list.filter(({ available }) => !available).map(({ code }) => code);
    for (const code of ['job_execute_task', 'cc_create_set', 'nodeman_create_task', 'gsekit_job_exec']) {
      expect(lacking).toContain(code);
    }
  });

  it.each([
    ['', 'parameter code need to be provided.'],
    ['?code=', 'parameter code need to be provided.'],
    ['?code=ghost', 'can not find suitable component with code: ghost and version: legacy'],
    ['?code=bk_display&version=9', 'can not find suitable component with code: bk_display and version: 9'],
    ['?code=job_cron_task&version=9', 'can not find suitable component with code: job_cron_task and version: 9'],
  ])('has no detail for %s', async (query, message) => {
    expect(await gantry.get(`/apigw/get_plugin_detail/1/${query}`)).toMatchObject({
      status: 200,
      result: false,
      code: 3546100,
      message,
    });
  });

  it('names every code once', async () => {
    const { data } = await gantry.get('/apigw/get_plugin_base_info/1/');

    const codes = data.map(({ code }: { code: string }) => code);
    expect(codes).toEqual([...new Set(list.map(({ code }) => code))]);
    expect(data).toContainEqual({ code: 'bk_display', name: 'Message display' });
  });

  it.each(['legacy', 'v1.0', 'v9.9'])('refuses tasks with a plugin that is not available: %s', async (version) => {
    const inner = sketch({ chains: ['S deep E'], activities: { deep: { code: 'cc_create_set' } } });
    const tree = sketch({
      chains: ['S script sub E'],
      activities: {
        script: { code: 'job_fast_execute_script', version },
        sub: { type: 'SubProcess', pipeline: inner },
      },
    });

    const answer = await gantry.post('/apigw/fast_create_task/1/', { name: 'x', pipeline_tree: tree });

    expect(answer).toMatchObject({ status: 200, result: false, code: 3540000 });
    expect(answer.message).toContain('activity script: plugin job_fast_execute_script is not available here: it runs');
    expect(answer.errors).toMatchObject([
      { nodeId: 'script' },
      { nodeId: 'deep', message: 'activity deep: plugin cc_create_set is not available here: it needs BlueKing CMDB' },
    ]);
  });
});
