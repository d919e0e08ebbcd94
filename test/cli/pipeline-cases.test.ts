import type { PipelineCase } from '../../cli/cases/load';
import { type Caller, checkPipeline } from '../../cli/cases/pipelines';
import { sketch } from '../support/trees';

const TREE = sketch({ chains: ['S a E'] });
const SEEN = {
  task_state_shown: 'FINISHED',
  nodes: {},
  task_outputs: {},
  node_outputs: { a: { _loop: 6 } },
  node_inputs: {},
};

function caseWith(pre_steps: PipelineCase['pre_steps']): PipelineCase {
  return {
    name: 'case',
    pipeline_tree: TREE,
    pre_steps,
    expect_after_start: SEEN,
    steps: [],
  } as unknown as PipelineCase;
}

/** An API whose tasks have the ids given, and look as they are expected to. */
class FakeApi implements Caller {
  readonly posted: string[] = [];

  constructor(private readonly ids: number[]) {}

  async post(endpoint: string, body: Record<string, unknown>) {
    const [name, id] = endpoint.split('/');
    this.posted.push(name === 'operate_task' ? `${String(body.action)} ${id}` : `${name} ${id}`);
    if (name !== 'fast_create_task') return { result: true, code: 0, message: '' };
    return { result: true, code: 0, message: '', data: { task_id: this.ids.shift(), pipeline_tree: TREE } };
  }

  async get(endpoint: string) {
    const data: Record<string, unknown> = {
      get_task_status: { state: 'FINISHED', children: {} },
      get_task_detail: { outputs: [] },
      get_task_node_data: { inputs: {}, outputs: [{ key: '_loop', value: 6 }] },
    };
    return { result: true, code: 0, message: '', data: data[endpoint.split('/')[0]!] };
  }
}

describe('a recorded pipeline', () => {
  it('has a task whose id is no number that is expected of it', async () => {
    const api = new FakeApi([6, 7]);

    expect(await checkPipeline(api, caseWith([]))).toBeUndefined();
    expect(api.posted).toEqual(['fast_create_task 1', 'fast_create_task 1', 'start_task 7']);
  });

  it('goes on after what is done before it starts, unless that is a pause', async () => {
    const step = { op: 'pause_node', node: 'a', expect_result: { result: true } };
    const pause = { op: 'pause', expect_result: { result: true } };
    const [resumed, paused] = [new FakeApi([7]), new FakeApi([7])];

    expect(await checkPipeline(resumed, caseWith([step]))).toBeUndefined();
    expect(await checkPipeline(paused, caseWith([pause, step]))).toBeUndefined();

    expect(resumed.posted).toEqual(['fast_create_task 1', 'start_task 7', 'operate_node 1', 'resume 7']);
    expect(paused.posted).toEqual(['fast_create_task 1', 'start_task 7', 'operate_node 1']);
  });
});
