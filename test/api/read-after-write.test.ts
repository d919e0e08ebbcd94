import '../support/own-plugins';

import type { StateNode } from '../../api/bk-sops/state-tree';
import { Gantry } from '../support/gantry';
import { sketch, type TreeSketch } from '../support/trees';

/** Tasks of each kind, and how many of them are operated at the same moment. */
const TASKS = 12;
const SIDE_BY_SIDE = 6;

/** An operation, and what every read after it has to show. */
interface Step {
  name: string;
  operate(): Promise<{ result: boolean; message: string }>;
  shows: Partial<Reads>;
}

/** What people read of a task, and of one of its nodes. */
interface Reads {
  status: (root: StateNode) => boolean;
  statuses: string;
  isRevoked: boolean;
  constant: unknown;
  node: { id: string; state: string; retry?: number; skip?: boolean };
  records: string;
}

describe('what is read right after an operation was accepted', () => {
  let gantry: Gantry;
  let other: Gantry;

  beforeAll(async () => {
    gantry = await Gantry.create();
    other = await gantry.another();
    await gantry.startWorker();
  });

  afterAll(async () => {
    await other.stop();
    await gantry.stop();
  });

  /** Operates many tasks through one API process and reads them through another; the reads that were stale. */
  async function countStale(tree: TreeSketch, stepsOf: (task: Subject) => AsyncGenerator<Step>) {
    const stale: Record<string, number> = {};
    const subjects = Array.from({ length: TASKS }, (_, index) => index);
    const lane = async () => {
      while (subjects.pop() !== undefined) {
        const subject = await begin(tree);
        for await (const step of stepsOf(subject)) {
          const answer = await step.operate();
          expect([step.name, answer.message, answer.result]).toEqual([step.name, 'success', true]);
          for (const kind of await staleReads(subject.taskId, step.shows)) {
            const key = `${step.name}: ${kind}`;
            stale[key] = (stale[key] ?? 0) + 1;
          }
        }
        await gantry.post(`/apigw/operate_task/${subject.taskId}/1/`, { action: 'revoke' });
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
    return stale;
  }

  async function begin(tree: TreeSketch) {
    const submitted = sketch(tree);
    const { task_id: taskId, pipeline_tree } = await gantry.create(submitted);
    await gantry.start(taskId);
    const find = (section: 'activities' | 'gateways' | 'flows', id: string) =>
      Object.keys(pipeline_tree[section])[Object.keys(submitted[section]).indexOf(id)]!;
    return {
      taskId,
      id: (node: string) => find(node in submitted.activities ? 'activities' : 'gateways', node),
      flow: (id: string) => find('flows', id),
      task: (action: string) => gantry.post(`/apigw/operate_task/${taskId}/1/`, { action }),
      node: (body: object) => gantry.post(`/apigw/operate_node/1/${taskId}/`, body),
    };
  }

  type Subject = Awaited<ReturnType<typeof begin>>;

  async function staleReads(task: number, { status, statuses, isRevoked, constant, node, records }: Partial<Reads>) {
    const looks: [kind: string, isFresh: () => Promise<boolean>][] = [];
    if (status) looks.push(['get_task_status', async () => status(await other.status(task))]);
    if (statuses !== undefined) {
      looks.push(['get_tasks_status', async () => (await statusOf(task)) === statuses]);
    }
    if (isRevoked !== undefined) {
      looks.push(['get_task_list', async () => (await listed(task))?.is_revoked === isRevoked]);
    }
    if (constant !== undefined) {
      looks.push(['get_task_detail', async () => (await detail(task)).constants['${c}'].value === constant]);
    }
    if (node) {
      const { id, ...wanted } = node;
      const isAsWanted = async () => {
        const { data } = await other.get(`/apigw/get_task_node_detail/${task}/1/?node_id=${id}`);
        return Object.entries(wanted).every(([key, value]) => data[key] === value);
      };
      looks.push(['get_task_node_detail', isAsWanted]);
    }
    if (records) {
      const isThere = async () => (await operateRecords(task))[0]?.operate_type === records;
      looks.push(['get_task_operate_record', isThere]);
    }
    const fresh = await Promise.all(looks.map(([, isFresh]) => isFresh()));
    return looks.flatMap(([kind], index) => (fresh[index] ? [] : [kind]));
  }

  const statusOf = async (task: number) =>
    (await other.post('/apigw/get_tasks_status/1/', { task_id_list: [task] })).data[0].status.state;
  const listed = async (task: number) =>
    (await other.get('/apigw/get_task_list/1/?limit=100')).data.find(({ id }: { id: number }) => id === task);
  const detail = async (task: number) => (await other.get(`/apigw/get_task_detail/${task}/1/`)).data;
  const operateRecords = async (task: number) => (await other.get(`/apigw/get_task_operate_record/${task}/1/`)).data;

  it('shows a pause, a resume, changed constants and a revoke', async () => {
    const tree = {
      chains: ['S a b E'],
      activities: { a: { code: 'pause_node' }, b: { inputs: { bk_display_message: '${c}' } } },
      constants: { c: { value: 'old' } },
    };

    const stale = await countStale(tree, async function* ({ taskId, task }) {
      const isShown = (state: string) => (root: StateNode) => root.state === state;
      for (let round = 0; round < 3; round++) {
        yield {
          name: 'pause',
          operate: () => task('pause'),
          shows: { status: isShown('SUSPENDED'), statuses: 'SUSPENDED', records: 'pause' },
        };
        const constant = `new ${round}`;
        yield {
          name: 'modify',
          operate: () =>
            gantry.post(`/apigw/modify_constants_for_task/${taskId}/1/`, { constants: { '${c}': constant } }),
          shows: { constant, records: 'update' },
        };
        yield {
          name: 'resume',
          operate: () => task('resume'),
          shows: { status: isShown('RUNNING'), statuses: 'RUNNING', records: 'resume' },
        };
      }
      yield {
        name: 'revoke',
        operate: () => task('revoke'),
        shows: { status: isShown('REVOKED'), statuses: 'REVOKED', isRevoked: true, records: 'revoke' },
      };
    });

    expect(stale).toEqual({});
  });

  it('shows a callback, whatever runs next', async () => {
    const tree = {
      chains: ['S a n b m c q z E'],
      activities: {
        ...Object.fromEntries(['a', 'b', 'c', 'z'].map((node) => [node, { code: 'pause_node' }])),
        n: { code: 'bench_noop', inputs: { ms: 100 } },
        m: { code: 'sleep_timer', inputs: { bk_timing: '0' } },
        q: { code: 'test_quick', inputs: { ms: 20 } },
      },
    };

    const stale = await countStale(tree, async function* ({ taskId, id }) {
      for (const node of ['a', 'b', 'c']) {
        await gantry.until(taskId, ({ children }) => children[id(node)]?.state === 'RUNNING');
        yield {
          name: `callback of ${node}`,
          operate: () => gantry.post(`/apigw/node_callback/${taskId}/1/`, { node_id: id(node) }),
          shows: {
            status: ({ children }) => children[id(node)]?.state === 'FINISHED',
            node: { id: id(node), state: 'FINISHED' },
            records: 'callback',
          },
        };
      }
    });

    expect(stale).toEqual({});
  });

  it('shows a retry and a skip, also beside another failure', async () => {
    const bad = { code: 'sleep_timer', inputs: { bk_timing: 'bad' } };
    const tree = {
      chains: ['S p a n v E', 'p b v', 'p c v'],
      activities: { a: bad, b: bad, c: { code: 'pause_node' }, n: { code: 'bench_noop', inputs: { ms: 100 } } },
      gateways: { p: { type: 'ParallelGateway' as const }, v: { type: 'ConvergeGateway' as const } },
    };

    const stale = await countStale(tree, async function* ({ taskId, id, node }) {
      const isAt = (name: string, wanted: object) => (root: StateNode) =>
        Object.entries(wanted).every(([key, value]) => root.children[id(name)]?.[key as keyof StateNode] === value);
      await gantry.until(
        taskId,
        ({ children }) =>
          ['a', 'b'].every((name) => children[id(name)]?.state === 'FAILED') && children[id('c')]?.state === 'RUNNING',
      );
      for (let retry = 1; retry <= 3; retry++) {
        yield {
          name: 'retry',
          operate: () => node({ node_id: id('a'), action: 'retry' }),
          shows: { status: isAt('a', { retry }), node: { id: id('a'), state: 'FAILED', retry }, records: 'retry' },
        };
      }
      yield {
        name: 'skip',
        operate: () => node({ node_id: id('a'), action: 'skip' }),
        shows: {
          status: isAt('a', { state: 'FINISHED', skip: true }),
          node: { id: id('a'), state: 'FINISHED', skip: true },
          records: 'skip',
        },
      };
      yield {
        name: 'forced_fail',
        operate: () => node({ node_id: id('c'), action: 'forced_fail' }),
        shows: {
          status: isAt('c', { state: 'FAILED' }),
          node: { id: id('c'), state: 'FAILED' },
          records: 'forced_fail',
        },
      };
    });

    expect(stale).toEqual({});
  });

  it('shows pauses of nodes and subprocesses, and a branch that was chosen', async () => {
    const inner = sketch({ chains: ['S i E'], activities: { i: { code: 'pause_node' } } });
    const tree = {
      chains: ['S p s v E', 'p a b v', 'p x n w v', 'x m w'],
      activities: {
        s: { type: 'SubProcess' as const, pipeline: inner },
        a: { code: 'pause_node' },
        n: { code: 'bench_noop', inputs: { ms: 100 } },
        m: { code: 'bench_noop', inputs: { ms: 100 } },
      },
      gateways: {
        p: { type: 'ParallelGateway' as const },
        v: { type: 'ConvergeGateway' as const },
        x: {
          type: 'ExclusiveGateway' as const,
          conditions: { x_n: { evaluate: '1 > 2' }, x_m: { evaluate: '1 > 2' } },
        },
        w: { type: 'ConvergeGateway' as const },
      },
    };

    const stale = await countStale(tree, async function* ({ taskId, id, flow, node }) {
      const isAt = (name: string, state: string) => (root: StateNode) => root.children[id(name)]?.state === state;
      await gantry.until(taskId, (root) => isAt('s', 'RUNNING')(root) && isAt('x', 'FAILED')(root));
      for (let round = 0; round < 2; round++) {
        yield {
          name: 'pause',
          operate: () => node({ node_id: id('b'), action: 'pause' }),
          shows: { status: isAt('b', 'SUSPENDED'), node: { id: id('b'), state: 'SUSPENDED' } },
        };
        yield {
          name: 'resume',
          operate: () => node({ node_id: id('b'), action: 'resume' }),
          shows: { status: isAt('b', 'READY'), node: { id: id('b'), state: 'READY' } },
        };
        yield {
          name: 'pause_subproc',
          operate: () => node({ node_id: id('s'), action: 'pause_subproc' }),
          shows: {
            status: isAt('s', 'SUSPENDED'),
            node: { id: id('s'), state: 'SUSPENDED' },
            records: 'pause_subproc',
          },
        };
        yield {
          name: 'resume_subproc',
          operate: () => node({ node_id: id('s'), action: 'resume_subproc' }),
          shows: { status: isAt('s', 'RUNNING'), node: { id: id('s'), state: 'RUNNING' }, records: 'resume_subproc' },
        };
      }
      yield {
        name: 'skip_exg',
        operate: () => node({ node_id: id('x'), action: 'skip_exg', flow_id: flow('x_n') }),
        shows: { status: isAt('x', 'FINISHED'), records: 'skip_exg' },
      };
    });

    expect(stale).toEqual({});
  });
});
