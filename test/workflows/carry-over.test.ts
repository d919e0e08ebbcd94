import { workflowIdOf } from '../../temporal/names';
import { Gantry } from '../support/gantry';
import { keepHistory } from '../support/histories';
import { startShortHistories } from '../support/temporal';
import { sketch, type TreeSketch } from '../support/trees';

/** A run is carried over every few nodes. */
const EVENTS_PER_RUN = 8;

describe('a long task is carried over to new runs', () => {
  let server: Awaited<ReturnType<typeof startShortHistories>>;
  let gantry: Gantry;

  beforeAll(async () => {
    server = await startShortHistories(EVENTS_PER_RUN);
    gantry = await Gantry.create(server);
    await gantry.startWorker();
  });

  afterAll(async () => {
    await gantry.stop();
    await server.stop();
  });

  it('with its timers, loops and outputs', async () => {
    const { task_id } = await start({
      chains: ['S a x a', 'x b E'],
      activities: {
        a: { code: 'sleep_timer', inputs: { bk_timing: '1' } },
        b: { code: 'sleep_timer', inputs: { bk_timing: '1' } },
      },
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_a: { evaluate: '${n} < 6' }, x_b: { evaluate: '${n} >= 6' } },
        },
      },
      constants: { n: { source_type: 'component_outputs', source_info: { a: ['_loop'] } } },
      outputs: ['${n}'],
    });

    await gantry.untilState(task_id, 'FINISHED', 60_000);

    const { data } = await gantry.get(`/apigw/get_task_detail/${task_id}/1/`);
    expect(data.outputs).toEqual([{ key: '${n}', value: 6, name: 'n' }]);
    const history = await gantry.history(task_id);
    expect(history.events![0]!.workflowExecutionStartedEventAttributes!.continuedExecutionRunId).not.toBe('');
    keepHistory('carried_over', history);
  });

  it('while callbacks arrive: none is lost, none doubled', async () => {
    const rounds = 40;
    const lanes = ['a', 'b', 'c', 'd'];
    const { task_id, ids } = await start({
      chains: [
        'S p',
        ...lanes.map((lane) => `p ${lane} x${lane} ${lane}`),
        ...lanes.map((lane) => `x${lane} y${lane} v`),
        'v E',
      ],
      activities: Object.fromEntries(lanes.map((lane) => [lane, { code: 'pause_node' }])),
      gateways: {
        p: { type: 'ParallelGateway' },
        v: { type: 'ConvergeGateway' },
        ...Object.fromEntries(
          lanes.map((lane) => [
            `x${lane}`,
            {
              type: 'ExclusiveGateway',
              conditions: {
                [`x${lane}_${lane}`]: { evaluate: `\${n${lane}} < ${rounds}` },
                [`x${lane}_y${lane}`]: { evaluate: `\${n${lane}} >= ${rounds}` },
              },
            },
          ]),
        ),
      },
      constants: Object.fromEntries(
        lanes.map((lane) => [`n${lane}`, { source_type: 'component_outputs', source_info: { [lane]: ['_loop'] } }]),
      ),
    } as TreeSketch);

    // 4 lanes x 40 rounds: every accepted callback ends one round, and only an accepted one does.
    const accepted = await Promise.all(lanes.map((lane) => callAgainAndAgain(task_id, ids[lane]!, rounds)));

    await gantry.untilState(task_id, 'FINISHED', 60_000);
    expect(accepted).toEqual(lanes.map(() => rounds));
    const finished = await gantry.countRounds(task_id);
    for (const lane of lanes) expect(finished[ids[lane]!]).toBe(rounds);
    expect(await countRuns(task_id)).toBeGreaterThan(70);
  }, 120_000);

  /** Calls a node back until its lane has had all its rounds; a request that was not answered is repeated as it was. */
  async function callAgainAndAgain(taskId: number, node: string, rounds: number): Promise<number> {
    let accepted = 0;
    for (let turn = 0; accepted < rounds && turn < rounds * 50; turn++) {
      const body = { node_id: node, callback_data: { turn }, request_id: `${node}-${accepted}` };
      const answer = await gantry.post(`/apigw/node_callback/${taskId}/1/`, body);
      if (answer.result) accepted += 1;
      // The round that this one is for may not have begun: the gateway's condition is on its way.
      else await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return accepted;
  }

  async function countRuns(taskId: number): Promise<number> {
    let runs = 0;
    const query = `WorkflowId = '${workflowIdOf(gantry.installation, taskId)}'`;
    for await (const _run of gantry.client.workflow.list({ query })) runs += 1;
    return runs;
  }

  async function start(tree: TreeSketch): Promise<{ task_id: number; ids: Record<string, string> }> {
    const { task_id, pipeline_tree } = await gantry.create(sketch(tree));
    await gantry.start(task_id);
    const entries = Object.values(pipeline_tree.activities).map(({ id, template_node_id }) => [template_node_id!, id]);
    return { task_id, ids: Object.fromEntries(entries) };
  }
});
