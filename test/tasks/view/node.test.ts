import { randomUUID } from 'node:crypto';
import { findProject, type ProjectRecord } from '../../../db/access';
import { auditOf, insertAudit } from '../../../db/audit';
import { type NodeExecutionChange, upsertNodeExecutions } from '../../../db/node-executions';
import { findProgram, findTask, type TaskRecord } from '../../../db/tasks';
import type { Program } from '../../../pipeline/program';
import { readAttempts } from '../../../tasks/view/attempts';
import { readAutoRetries } from '../../../tasks/view/auto-retries';
import { readDeclaredOutputs } from '../../../tasks/view/declared-outputs';
import { readEffectiveTime } from '../../../tasks/view/effective-time';
import { type NodeAnswer, readNode } from '../../../tasks/view/node';
import { findOutline } from '../../../tasks/view/outline';
import { readStates, readStatesOf } from '../../../tasks/view/states';
import { Gantry } from '../../support/gantry';
import { sketch } from '../../support/trees';

const MINUTE_MS = 60_000;

/** What is read of tasks, as any API asks for it: by rows that look as if the tasks had run. */
describe('the view of a task', () => {
  let gantry: Gantry;
  let project: ProjectRecord;

  beforeAll(async () => {
    gantry = await Gantry.create();
    project = (await findProject(gantry.db, 1))!;
  });

  afterAll(() => gantry.stop());

  /** A task of the nodes a, b, which says what the constant `who` is, and c, a confirmation; and how they are recorded. */
  async function begin() {
    const { task_id, pipeline_tree } = await gantry.create(
      sketch({
        chains: ['S a b c E'],
        activities: {
          a: { auto_retry: { enable: true, times: 2, interval: 0 } },
          b: { inputs: { bk_display_message: 'hello ${who}' } },
          c: { code: 'pause_node' },
        },
        constants: { who: { value: 'you' } },
      }),
    );
    const [a, b, c] = Object.keys(pipeline_tree.activities) as [string, string, string];
    const task = (await findTask(gantry.db, 1, task_id))!;
    let seq = 0;
    const record = (change: Partial<NodeExecutionChange>) => {
      seq += 1;
      const node = { nodeId: a, loop: 1, retry: 0, innerLoop: 1, status: 'FINISHED', seq, startedAt: 0 };
      return upsertNodeExecutions(gantry.db, [{ taskId: task_id, nodes: [{ ...node, ...change }] }]);
    };
    return { task, a, b, c, record };
  }
  const node = (task: TaskRecord, nodeId: string, loop?: number): Promise<NodeAnswer> =>
    readNode(gantry.services, { task, project, nodeId, loop });

  it('has the attempts of a round of a node, with what went in, what came out, and why one failed', async () => {
    const { task, a, record } = await begin();
    await record({ outputs: { x: 0 }, inputs: { i: 0 }, finishedAt: MINUTE_MS });
    await record({ loop: 2, status: 'FAILED', inputs: { i: 1 }, outputs: { x: 1, ex_data: { why: 'so' } } });
    await record({ loop: 2, retry: 1, status: 'RUNNING', inputs: { i: 2 }, waitingFor: 'an answer' });

    const newest = await node(task, a);

    const standing = { skip: false, errorIgnored: false, startedAt: new Date(0), finishedAt: null };
    expect(newest).toMatchObject({ kind: 'found', node: { id: a }, inputs: { kind: 'known', values: { i: 2 } } });
    expect(newest.kind === 'found' && newest.attempts).toEqual([
      {
        ...{ ...standing, loop: 2, retry: 0, status: 'FAILED', waitingFor: null, seq: 2 },
        ...{ inputs: { i: 1 }, outputs: { x: 1 }, error: '{"why":"so"}' },
      },
      {
        ...{ ...standing, loop: 2, retry: 1, status: 'RUNNING', waitingFor: 'an answer', seq: 3 },
        ...{ inputs: { i: 2 }, outputs: {}, error: undefined },
      },
    ]);
    expect(await node(task, a, 1)).toMatchObject({ kind: 'found', attempts: [{ outputs: { x: 0 } }] });
    const all = await readAttempts(gantry.db, task.id, a);
    expect(all.map(({ loop, retry, error }) => [loop, retry, error])).toEqual([
      [1, 0, undefined],
      [2, 0, '{"why":"so"}'],
      [2, 1, undefined],
    ]);
  });

  it('has the inputs of a node in advance, and says which node or round there is not', async () => {
    const { task, a, b, record } = await begin();
    const inputs = { kind: 'known', values: { bk_display_message: 'hello you' } };

    expect(await node(task, b)).toMatchObject({ kind: 'found', attempts: [], inputs });
    expect(await node(task, b, 1)).toMatchObject({ kind: 'found', attempts: [], inputs });
    expect(await node(task, b, 2)).toEqual({ kind: 'no_round' });
    expect(await node(task, 'nobody')).toEqual({ kind: 'no_node' });
    await record({ nodeId: b, status: 'READY' });
    expect(await node(task, b)).toMatchObject({ kind: 'found', attempts: [{ status: 'READY' }], inputs });
    await record({ nodeId: a, loop: 2, inputs: {} });
    expect(await node(task, a, 1)).toEqual({ kind: 'no_round' });
  });

  it('has the states of the nodes that were reached, of one task and of several', async () => {
    const [one, other] = [await begin(), await begin()];
    await one.record({ finishedAt: MINUTE_MS });
    await one.record({ loop: 2, retry: 1, status: 'FAILED', skip: true, errorIgnored: true });
    const shown = { nodeId: one.a, loop: 2, retry: 1, status: 'FAILED', skip: true, errorIgnored: true };
    const attempt = { ...shown, startedAt: new Date(0), finishedAt: null, waitingFor: null };

    const states = await readStates(gantry.db, one.task.id, findOutline(gantry.db, one.task.id, randomUUID()));

    expect(states).toEqual([{ node: expect.objectContaining({ id: one.a, name: 'a' }), attempt, within: -1 }]);
    const several = await readStatesOf(gantry.db, [one.task.id, other.task.id]);
    expect(several.get(one.task.id)).toMatchObject([{ node: { id: one.a }, attempt, within: -1 }]);
    expect(several.get(other.task.id)).toEqual([]);
  });

  it('tells retries that nobody asked for from those of people, and counts no more than there may be', async () => {
    const { task, a, b, record } = await begin();
    const retriesOf = async () =>
      readAutoRetries(gantry.db, task.id, findProgram<Program>(gantry.db, task.id)).then((of) => [of(a), of(b)]);
    const none = { used: 0, limit: 0 };

    expect(await retriesOf()).toEqual([{ used: 0, limit: 2 }, none]);
    await record({ retry: 2 });
    await record({ nodeId: b, retry: 1 });
    const audit = { projectId: 1, taskId: task.id, action: 'retry', nodeId: a };
    await insertAudit(gantry.db, { ...auditOf({ username: 'ann', appCode: '', source: 'api' }), ...audit });
    expect(await retriesOf()).toEqual([{ used: 1, limit: 2 }, none]);
    await record({ retry: 9 });
    expect(await retriesOf()).toEqual([{ used: 2, limit: 2 }, none]);
  });

  it('has the outputs that a plugin declares, in the version of the node, and the time that the work took', async () => {
    const { task, a, c, record } = await begin();
    const declared = (nodeId: string, code: string) =>
      readDeclaredOutputs(gantry.db, { taskId: task.id, nodeId, code });
    await record({ finishedAt: MINUTE_MS });
    await record({ nodeId: c, finishedAt: MINUTE_MS });

    expect(await declared(c, 'pause_node')).toEqual([{ key: 'callback_data', name: 'The data of the callback' }]);
    expect(await declared(a, 'pause_node')).toEqual([]);
    expect(await declared(c, 'no_such_plugin')).toEqual([]);
    expect(await readEffectiveTime(gantry.db, task.id)).toEqual({ seconds: 60, nodes: 2, excludedNodes: 1 });
  });
});
