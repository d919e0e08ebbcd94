import type { Gantry } from './gantry';
import { sketch } from './trees';

/** Runs a task to its end and answers its id. */
type Scenario = (gantry: Gantry) => Promise<number>;

const FAILING = { code: 'sleep_timer', inputs: { bk_timing: 'bad' } };

/** One run of each kind of thing that a workflow can do; their histories are kept and replayed. */
export const scenarios: Record<string, Scenario> = {
  async line_with_timer(gantry) {
    const { task_id } = await start(gantry, {
      chains: ['S a b E'],
      activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '1' } } },
    });
    return finish(gantry, task_id);
  },

  async exclusive_gateway_then_parallel(gantry) {
    const { task_id } = await start(gantry, {
      chains: ['S x a w E', 'x p b v w', 'p c v'],
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_a: { evaluate: '${n} > 10' }, x_p: { evaluate: '${n} <= 10' } },
        },
        p: { type: 'ParallelGateway' },
        v: { type: 'ConvergeGateway' },
        w: { type: 'ConvergeGateway' },
      },
      constants: { n: { value: '1' } },
      outputs: ['${n}'],
    });
    return finish(gantry, task_id);
  },

  async retry_after_failure(gantry) {
    const { task_id, id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: FAILING },
    });
    await gantry.untilState(task_id, 'FAILED');
    await operate(gantry, task_id, { node_id: id('a'), action: 'retry', inputs: { bk_timing: '0' } });
    return finish(gantry, task_id);
  },

  async skip_after_failure(gantry) {
    const { task_id, id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: FAILING },
    });
    await gantry.untilState(task_id, 'FAILED');
    await operate(gantry, task_id, { node_id: id('a'), action: 'skip' });
    return finish(gantry, task_id);
  },

  async branch_chosen_by_operator(gantry) {
    const { task_id, id, flow } = await start(gantry, {
      chains: ['S x a v E', 'x b v'],
      gateways: {
        x: { type: 'ExclusiveGateway', conditions: { x_a: { evaluate: '1 > 2' }, x_b: { evaluate: '2 > 3' } } },
        v: { type: 'ConvergeGateway' },
      },
    });
    await gantry.untilState(task_id, 'FAILED');
    await operate(gantry, task_id, { node_id: id('x'), action: 'skip_exg', flow_id: flow('x_b') });
    return finish(gantry, task_id);
  },

  async callback_to_waiting_node(gantry) {
    const { task_id, id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: { code: 'pause_node' } },
    });
    await gantry.until(task_id, ({ children }) => children[id('a')]?.state === 'RUNNING');
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: id('a'), callback_data: { who: 'bob' } });
    return finish(gantry, task_id);
  },

  async paused_at_start_then_resumed(gantry) {
    const { task_id } = await start(
      gantry,
      {
        chains: ['S a E'],
      },
      { hold: true },
    );
    await gantry.untilState(task_id, 'SUSPENDED');
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'resume' });
    return finish(gantry, task_id);
  },

  async stopped_while_waiting(gantry) {
    const { task_id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '1000' } } },
    });
    await gantry.until(task_id, ({ children }) => Object.values(children).some(({ state }) => state === 'RUNNING'));
    await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action: 'revoke' });
    await gantry.untilState(task_id, 'REVOKED');
    return task_id;
  },

  async paused_resumed_and_called_back_before_an_activity(gantry) {
    const { task_id, id } = await start(gantry, {
      chains: ['S a b E'],
      activities: {
        a: { code: 'pause_node' },
        b: {
          code: 'bk_http_request',
          error_ignorable: true,
          inputs: { bk_http_request_url: 'http://169.254.169.254/' },
        },
      },
    });
    await gantry.until(task_id, ({ children }) => children[id('a')]?.state === 'RUNNING');
    for (const action of ['pause', 'resume']) {
      const answer = await gantry.post(`/apigw/operate_task/${task_id}/1/`, { action });
      if (!answer.result) throw new Error(answer.message);
    }
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: id('a'), callback_data: {} });
    return finish(gantry, task_id);
  },

  async loop_three_rounds(gantry) {
    const { task_id } = await start(gantry, {
      chains: ['S a x b E', 'x a'],
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_a: { evaluate: '${round} < 3' }, x_b: { evaluate: '${round} >= 3' } },
        },
      },
      constants: { round: { source_type: 'component_outputs', source_info: { a: ['_loop'] } } },
      outputs: ['${round}'],
    });
    return finish(gantry, task_id);
  },

  async conditional_parallel_gateway(gantry) {
    const { task_id } = await start(gantry, {
      chains: ['S c a v E', 'c b v', 'c d v'],
      gateways: {
        c: {
          type: 'ConditionalParallelGateway',
          conditions: { c_a: { evaluate: '1 == 1' }, c_b: { evaluate: '1 == 2' }, c_d: { evaluate: '2 == 2' } },
        },
        v: { type: 'ConvergeGateway' },
      },
    });
    return finish(gantry, task_id);
  },

  async subprocess_with_parameters(gantry) {
    const inner = sketch({
      chains: ['S i E'],
      activities: { i: { inputs: { bk_display_message: 'in ${x}' } } },
      constants: { x: { value: '${p}' }, z: { value: '${x}!', show_type: 'hide' } },
      outputs: ['${z}'],
    });
    const { task_id } = await start(gantry, {
      chains: ['S s b E'],
      activities: { s: { type: 'SubProcess', pipeline: inner }, b: { inputs: { bk_display_message: 'got ${r}' } } },
      constants: { p: { value: 'P' }, r: { source_type: 'component_outputs', source_info: { s: ['${z}'] } } },
      outputs: ['${r}'],
    });
    return finish(gantry, task_id);
  },

  async timeout_then_skip(gantry) {
    const timeout_config = { enable: true, seconds: 1, action: 'forced_fail_and_skip' as const };
    const { task_id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: { code: 'pause_node', timeout_config } },
    });
    return finish(gantry, task_id);
  },

  async timeout_that_is_ignored(gantry) {
    const timeout_config = { enable: true, seconds: 1, action: 'forced_fail' as const };
    const { task_id } = await start(gantry, {
      chains: ['S a b E'],
      activities: { a: { code: 'pause_node', error_ignorable: true, timeout_config } },
    });
    return finish(gantry, task_id);
  },

  async retry_with_some_inputs(gantry) {
    const inputs = { bk_timing: 'bad', force_check: false };
    const { task_id, id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: { code: 'sleep_timer', inputs } },
    });
    await gantry.untilState(task_id, 'FAILED');
    const retry = { node_id: id('a'), action: 'retry', inputs: { bk_timing: '0' } };
    await operate(gantry, task_id, retry);
    await operate(gantry, task_id, { ...retry, inputs_mode: 'merge' });
    return finish(gantry, task_id);
  },

  async forced_fail_then_automatic_retry(gantry) {
    const { task_id, id } = await start(gantry, {
      chains: ['S a E'],
      activities: { a: { code: 'pause_node', auto_retry: { enable: true, interval: 1, times: 1 } } },
    });
    await gantry.until(task_id, ({ children }) => children[id('a')]?.state === 'RUNNING');
    await operate(gantry, task_id, { node_id: id('a'), action: 'forced_fail' });
    await gantry.until(
      task_id,
      ({ children }) => children[id('a')]?.retry === 1 && children[id('a')]?.state === 'RUNNING',
    );
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: id('a'), callback_data: {} });
    return finish(gantry, task_id);
  },

  async node_paused_before_it_is_reached(gantry) {
    const { task_id, id } = await start(gantry, { chains: ['S a b E'], activities: { a: { code: 'pause_node' } } });
    await gantry.until(task_id, ({ children }) => children[id('a')]?.state === 'RUNNING');
    await operate(gantry, task_id, { node_id: id('b'), action: 'pause' });
    await gantry.post(`/apigw/node_callback/${task_id}/1/`, { node_id: id('a'), callback_data: {} });
    await gantry.untilState(task_id, 'NODE_SUSPENDED');
    await operate(gantry, task_id, { node_id: id('b'), action: 'resume' });
    return finish(gantry, task_id);
  },

  async renders_too_much(gantry) {
    const { task_id, id } = await start(gantry, {
      chains: ['S a b E'],
      activities: {
        a: { inputs: { bk_display_message: "<${'a' * 10**9}> <${len([1 for i in range(20)])}>" } },
        b: { code: 'sleep_timer', inputs: { bk_timing: '1' } },
      },
    });
    await gantry.untilState(task_id, 'FAILED');
    await operate(gantry, task_id, { node_id: id('a'), action: 'skip' });
    return finish(gantry, task_id);
  },

  async renders_for_several_turns(gantry) {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const { task_id } = await start(gantry, {
      chains: ['S p n0 v E', ...names.slice(1).map((name) => `p ${name} v`)],
      activities: Object.fromEntries(
        names.map((name) => [name, { inputs: { bk_display_message: '${sum(range(10000))}' } }]),
      ),
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
    });
    return finish(gantry, task_id);
  },

  async http_request_that_is_refused(gantry) {
    const { task_id } = await start(gantry, {
      chains: ['S a E'],
      activities: {
        a: {
          code: 'bk_http_request',
          error_ignorable: true,
          inputs: { bk_http_request_method: 'GET', bk_http_request_url: 'http://169.254.169.254/' },
        },
      },
    });
    return finish(gantry, task_id);
  },
};

async function start(gantry: Gantry, tree: Parameters<typeof sketch>[0], body: object = {}) {
  const submitted = sketch(tree);
  const { task_id, pipeline_tree } = await gantry.create(submitted);
  await gantry.start(task_id, body);
  const find = (section: 'activities' | 'gateways' | 'flows', id: string) =>
    Object.keys(pipeline_tree[section])[Object.keys(submitted[section]).indexOf(id)]!;
  return {
    task_id,
    id: (node: string) => find(node in submitted.activities ? 'activities' : 'gateways', node),
    flow: (id: string) => find('flows', id),
  };
}

async function operate(gantry: Gantry, taskId: number, body: object): Promise<void> {
  const answer = await gantry.post(`/apigw/operate_node/1/${taskId}/`, body);
  if (!answer.result) throw new Error(answer.message);
}

async function finish(gantry: Gantry, taskId: number): Promise<number> {
  await gantry.untilState(taskId, 'FINISHED');
  return taskId;
}
