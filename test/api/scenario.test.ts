import type { Answer } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { sketch } from '../support/trees';

/** What a client of bk-sops does in a day, over HTTP only: the steps share one installation and build on each other. */
describe('a day of a bk-sops client', () => {
  let gantry: Gantry;
  const known: Record<string, number> = {};

  beforeAll(async () => {
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it('shelves a deploy as a template', async () => {
    const tree = sketch({
      chains: ['S wait confirm E'],
      activities: {
        wait: { name: 'wait for the window', inputs: { bk_timing: '${seconds}' }, code: 'sleep_timer' },
        confirm: { name: 'confirm', code: 'pause_node' },
      },
      constants: {
        seconds: { value: 'never', source_type: 'custom', show_type: 'show' },
        answer: { source_type: 'component_outputs', source_info: { confirm: ['callback_data'] } },
      },
      outputs: ['${answer}'],
    });

    const { data } = await ok(gantry.post('/apigw/create_template/1/', { name: 'deploy', pipeline_tree: tree }));

    known.template = data.template_id;
    const list = await ok(gantry.get('/apigw/get_template_list/1/'));
    expect(list.data.map(({ id, name }: { id: number; name: string }) => [id, name])).toEqual([
      [known.template, 'deploy'],
    ]);
  });

  it('looks at what would run', async () => {
    const { data } = await ok(gantry.post(`/apigw/preview_task_tree/1/${known.template}/`, {}));

    const names = Object.values<{ name: string }>(data.pipeline_tree.activities).map(({ name }) => name);
    expect(names).toEqual(['wait for the window', 'confirm']);
  });

  it('plans it every night, and switches that on', async () => {
    const cron = { minute: '30', hour: '2' };
    const planned = await ok(
      gantry.post(`/apigw/create_periodic_task/${known.template}/1/`, { name: 'nightly', cron }),
    );
    known.periodic = planned.data.id;
    expect(planned.data).toMatchObject({ enabled: false, total_run_count: 0, last_run_at: '' });

    const switched = await ok(gantry.post(`/apigw/set_periodic_task_enabled/${known.periodic}/1/`, { enabled: true }));

    expect(switched.data).toEqual({ enabled: true });
  });

  it('runs it now: the first node fails', async () => {
    const { data } = await ok(gantry.post(`/apigw/run_periodic_task_now/${known.periodic}/1/`, {}));
    known.task = data.task_id;

    const root = await gantry.untilState(known.task!, 'FAILED');

    const failed = Object.values(root.children).find(({ state }) => state === 'FAILED')!;
    expect(failed.name).toBe('wait for the window');
    const info = await ok(gantry.get(`/apigw/get_periodic_task_info/${known.periodic}/1/`));
    expect(info.data.total_run_count).toBe(1);
  });

  it('retries it with inputs, and it waits for a confirmation', async () => {
    const node_id = await nodeCalled('wait for the window');
    const retry = { node_id, action: 'retry', inputs: { bk_timing: '0' } };
    await ok(gantry.post(`/apigw/operate_node/1/${known.task}/`, retry));

    await gantry.until(known.task!, ({ children }) =>
      Object.values(children).some(({ name, state }) => name === 'confirm' && state === 'RUNNING'),
    );

    const { data } = await ok(
      gantry.post('/apigw/get_tasks_manual_intervention_state/1/', { task_id_list: [known.task] }),
    );
    expect(data).toEqual([{ id: known.task, manual_intervention_required: true }]);
  });

  it('confirms, and it finishes with its output', async () => {
    const confirmation = { node_id: await nodeCalled('confirm'), callback_data: { by: 'the client' } };
    await ok(gantry.post(`/apigw/node_callback/${known.task}/1/`, confirmation));

    await gantry.untilState(known.task!, 'FINISHED');

    const { data } = await ok(gantry.get(`/apigw/get_task_detail/${known.task}/1/`));
    expect(data.outputs).toEqual([{ key: '${answer}', value: { by: 'the client' }, name: 'answer' }]);
    expect(data).toMatchObject({ template_id: known.template, create_method: 'periodic' });
  });

  it('sees who did what', async () => {
    const { data } = await ok(gantry.get(`/apigw/get_task_operate_record/${known.task}/1/`));

    const types = data.map(({ operate_type }: { operate_type: string }) => operate_type).sort();
    expect(types).toEqual(['callback', 'create', 'retry', 'start']);
  });

  it('starts another one with a constant, and skips what fails in it', async () => {
    const request = { name: 'by hand', constants: { '${seconds}': 'not a number' } };
    const { data } = await ok(gantry.post(`/apigw/create_and_start_task/${known.template}/1/`, request));
    const root = await gantry.untilState(data.task_id, 'FAILED');
    const node_id = Object.values(root.children).find(({ state }) => state === 'FAILED')!.id;

    await ok(gantry.post(`/apigw/operate_node/1/${data.task_id}/`, { node_id, action: 'skip' }));
    await gantry.until(data.task_id, ({ children }) => Object.values(children).some(({ name }) => name === 'confirm'));
    await ok(gantry.post(`/apigw/operate_task/${data.task_id}/1/`, { action: 'revoke' }));

    const end = await gantry.untilState(data.task_id, 'REVOKED');
    expect(end.children[node_id]!.skip).toBe(true);
    const finished = await ok(gantry.get('/apigw/get_task_list/1/?is_finished=true'));
    expect(finished.data.map(({ id }: { id: number }) => id)).toContain(known.task);
  });

  it('takes the template to another project, where it runs as well', async () => {
    const exported = await ok(
      gantry.post('/apigw/export_project_template/1/', { template_ids: [known.template], format: 'yaml' }),
    );
    const project = (await ok(gantry.post('/apigw/create_project/', { name: 'the other team' }))).data.project_id;
    const place = `${project}/?scope=project`;
    const file = { template_data: exported.data.template_data, format: 'yaml', scope: 'project' };

    const imported = await ok(gantry.post(`/apigw/import_project_template/${place}`, file));

    const [template] = Object.keys(imported.data.flows);
    expect(Number(template)).not.toBe(known.template);
    const request = { name: 'there', constants: { '${seconds}': '0' }, scope: 'project' };
    const { data } = await ok(gantry.post(`/apigw/create_and_start_task/${template}/${project}/`, request));
    const here = await gantry.get(`/apigw/get_task_detail/${data.task_id}/1/`);
    expect(here.code).toBe(3540400);
    const status = () => gantry.get(`/apigw/get_task_status/${data.task_id}/${place}`);
    const isUnderWay = ({ data: { children } }: Answer) => Object.keys(children).length >= 3;
    const answer = await eventually('three nodes have begun', status, { isWanted: isUnderWay });
    expect(answer.data.state).toBe('RUNNING');
  });

  async function ok(sent: Promise<Answer>): Promise<Answer> {
    const answer = await sent;
    expect([answer.result, answer.code, answer.result ? '' : answer.message]).toEqual([true, 0, '']);
    return answer;
  }

  async function nodeCalled(wanted: string): Promise<string> {
    const { children } = await gantry.status(known.task!);
    return Object.values(children).find(({ name }) => name === wanted)!.id;
  }
});
