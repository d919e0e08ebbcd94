import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { openReceiver } from '../support/receiver';
import { sketch } from '../support/trees';
import { WorkerProcess } from '../support/worker-process';

describe('a worker that is killed while it follows a remote run', () => {
  it('is replaced by one that follows the same run, by its trace id', async () => {
    const remote = await openRemote();
    const gantry = await Gantry.create();
    const env = {
      GANTRY_HTTP_ALLOW: '127.0.0.1',
      GANTRY_REMOTE_PLUGINS: JSON.stringify({ deploy: remote.url }),
    };
    let worker = await WorkerProcess.start(gantry.databaseUrl, env);
    const { task_id } = await gantry.create(tree());
    await gantry.start(task_id);
    await gantry.until(task_id, () => remote.calls().includes('POST /bk_plugin/invoke/1.0'));
    await untilSaved(gantry, task_id);

    await worker.kill('SIGKILL');
    remote.finish();
    worker = await WorkerProcess.start(gantry.databaseUrl, env);
    await gantry.untilState(task_id, 'FINISHED', 60_000);

    expect(remote.calls()).toEqual([
      'GET /bk_plugin/detail/1.0',
      'POST /bk_plugin/invoke/1.0',
      'GET /bk_plugin/schedule/t-1',
    ]);
    const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/`);
    expect(data.outputs).toMatchObject([{ key: '${url}', value: 'http://deployed' }]);
    await worker.kill('SIGTERM');
    await gantry.stop();
    await remote.close();
  }, 120_000);
});

/** The offset of a named time zone travels with the task, as an input of the remote plugin. */
function tree() {
  return sketch({
    chains: ['S a E'],
    activities: {
      a: {
        code: 'remote_plugin',
        version: '1.0.0',
        inputs: { plugin_code: 'deploy', plugin_version: '1.0', offset: '${offset}' },
      },
    },
    constants: {
      offset: {
        custom_type: 'format_support_current_time',
        value: { time_format: '%z', time_zone: 'Asia/Tokyo' },
      },
      url: { source_type: 'component_outputs', source_info: { a: ['url'] } },
    },
    outputs: ['${url}'],
  });
}

async function untilSaved(gantry: Gantry, taskId: number): Promise<void> {
  const saved = async () => {
    const rows = await gantry.db
      .selectFrom('node_executions')
      .select(['progress', 'inputs'])
      .where('task_id', '=', taskId)
      .where('progress', 'is not', null)
      .execute();
    const [row] = rows as { progress: { trace_id?: string }; inputs: object }[];
    return row?.progress.trace_id ? row : undefined;
  };
  const row = await eventually('the trace id is kept', saved);
  expect(row.inputs).toMatchObject({ offset: '+0900' });
}

/** A remote plugin whose run goes on until it is told to finish. */
async function openRemote() {
  let state = 2;
  const receiver = await openReceiver((_, response) => {
    const outputs = state === 4 ? { url: 'http://deployed' } : {};
    response.end(JSON.stringify({ result: true, trace_id: 't-1', data: { state, outputs, err: null } }));
  });
  return {
    ...receiver,
    calls: () => receiver.received.map(({ method, path }) => `${method} ${path}`),
    finish() {
      state = 4;
    },
  };
}
