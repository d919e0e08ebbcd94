import '../support/own-plugins';

import { workflowIdOf } from '../../temporal/names';
import type { Answer } from '../support/client';
import { eventually } from '../support/eventually';
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

  it('in the middle of a line of quick plugins', async () => {
    const nodes = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const { task_id, ids } = await start({
      chains: [['S', ...nodes, 'E'].join(' ')],
      activities: Object.fromEntries(nodes.map((node) => [node, { code: 'test_quick', inputs: { value: 'x' } }])),
    });

    await gantry.untilState(task_id, 'FINISHED', 60_000);

    const finished = await gantry.countRounds(task_id);
    expect(Object.values(ids).map((id) => finished[id])).toEqual(nodes.map(() => 1));
    expect(await countRuns(task_id)).toBeGreaterThan(2);
  });

  it('while callbacks, retries and pauses arrive: none is lost, none doubled', async () => {
    const rounds = 95;
    const retries = 60;
    // How many callbacks a run has room for is chance: five lanes have enough of them for the count of runs below.
    const lanes = ['a', 'b', 'c', 'd', 'e'];
    const { task_id, ids } = await start({
      chains: [
        'S p r v E',
        ...lanes.map((lane) => `p ${lane} x${lane} ${lane}`),
        ...lanes.map((lane) => `x${lane} y${lane} v`),
      ],
      activities: {
        ...Object.fromEntries(lanes.map((lane) => [lane, { code: 'pause_node' }])),
        r: { code: 'sleep_timer', inputs: { bk_timing: 'bad' } },
      },
      gateways: {
        p: { type: 'ParallelGateway' },
        v: { type: 'ConvergeGateway' },
        ...Object.fromEntries(lanes.map((lane) => [`x${lane}`, roundsGateway(lane, rounds)])),
      },
      constants: Object.fromEntries(
        lanes.map((lane) => [`n${lane}`, { source_type: 'component_outputs', source_info: { [lane]: ['_loop'] } }]),
      ),
    });

    // Every accepted callback ends one round, and only an accepted one does.
    const [called, retried] = await Promise.all([
      Promise.all(lanes.map((lane) => callAgainAndAgain(task_id, ids[lane]!, rounds))),
      retryAgainAndAgain(task_id, ids.r!, retries),
      pauseAndResume(task_id),
    ]);

    await gantry.untilState(task_id, 'FINISHED', 60_000);
    expect(called).toEqual(lanes.map(() => rounds));
    const finished = await gantry.countRounds(task_id);
    for (const lane of lanes) expect(finished[ids[lane]!]).toBe(rounds);
    const { retry } = (await gantry.status(task_id)).children[ids.r!]!;
    expect([retried, retry]).toEqual([retries, retries]);
    expect(await countRuns(task_id)).toBeGreaterThan(70);
  }, 120_000);

  function roundsGateway(lane: string, rounds: number) {
    const conditions = {
      [`x${lane}_${lane}`]: { evaluate: `\${n${lane}} < ${rounds}` },
      [`x${lane}_y${lane}`]: { evaluate: `\${n${lane}} >= ${rounds}` },
    };
    return { type: 'ExclusiveGateway' as const, conditions };
  }

  /** Calls a node back until its lane has had all its rounds; a request that was not answered is repeated as it was. */
  async function callAgainAndAgain(taskId: number, node: string, rounds: number): Promise<number> {
    let accepted = 0;
    while (accepted < rounds) {
      const body = { node_id: node, callback_data: { turn: accepted }, request_id: `${node}-${accepted}` };
      // The round that this one is for may not have begun: the gateway's condition is on its way.
      await untilAccepted(() => gantry.post(`/apigw/node_callback/${taskId}/1/`, body));
      accepted += 1;
    }
    return accepted;
  }

  /** Retries a node that fails again every time, until the last retry repairs it. */
  async function retryAgainAndAgain(taskId: number, node: string, times: number): Promise<number> {
    let accepted = 0;
    while (accepted < times) {
      const inputs = { bk_timing: accepted === times - 1 ? '0' : 'bad' };
      const body = { node_id: node, action: 'retry', inputs, request_id: `retry-${accepted}` };
      await untilAccepted(() => gantry.post(`/apigw/operate_node/1/${taskId}/`, body));
      accepted += 1;
    }
    return accepted;
  }

  function untilAccepted(send: () => Promise<Answer>): Promise<Answer> {
    return eventually('the request is accepted', send, { isWanted: ({ result }) => result });
  }

  /** Each takes effect before the next is possible; one that comes before the last was heard is refused, and sent again. */
  async function pauseAndResume(taskId: number): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      for (const action of ['pause', 'resume']) {
        const operate = () => gantry.post(`/apigw/operate_task/${taskId}/1/`, { action });
        await eventually(`${action} is accepted`, operate, {
          isWanted({ result, message }) {
            if (!result) expect(message).toMatch(/is (SUSPENDED|RUNNING)/);
            return result;
          },
        });
      }
    }
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
