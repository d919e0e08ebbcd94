import { attemptOf, type Evidence, type NodeEvidence } from '../../bench/faults/evidence';
import { judge } from '../../bench/faults/verdict';
import type { FaultTask, Kind } from '../../bench/faults/workload';

const NODE: NodeEvidence = { nodeId: 'a', loop: 1, retry: 0, status: 'FINISHED', reason: null, callbackTask: null };
const UNKNOWN = 'outcome unknown: a worker was lost while this node ran';

describe('the verdict over a task', () => {
  it('is clear when it finished and its node left one mark', () => {
    expect(judgeOne({})).toEqual([0, 0, 0]);
  });

  it.each<[string, Parameters<typeof judgeOne>[0], counts: [lost: number, doubled: number, stuck: number]]>([
    ['is gone', { state: 'gone' }, [1, 0, 0]],
    ['was revoked by nobody', { state: 'REVOKED' }, [1, 0, 0]],
    ['failed', { state: 'FAILED', node: { status: 'FAILED', reason: 'broken' } }, [1, 0, 0]],
    ['still runs', { state: 'RUNNING', node: { status: 'RUNNING' }, marks: 0 }, [0, 0, 1]],
    ['ended with a row that says RUNNING', { node: { status: 'RUNNING' } }, [0, 0, 1]],
    ['finished without having done its work', { marks: 0 }, [1, 0, 0]],
    ['did work of `once` twice', { kind: 'once', marks: 2 }, [0, 1, 0]],
    [
      'failed at a `once` node for another reason',
      { kind: 'once', state: 'FAILED', node: { status: 'FAILED', reason: 'x' } },
      [1, 0, 0],
    ],
    ['has the data of another callback', { kind: 'callback', node: { callbackTask: 8 } }, [1, 0, 0]],
  ])('counts one that %s', (_, evidence, counts) => {
    expect(judgeOne(evidence)).toEqual(counts);
  });

  it.each<[string, Parameters<typeof judgeOne>[0]]>([
    [
      'a `once` node whose outcome is unknown',
      { kind: 'once', state: 'FAILED', node: { status: 'FAILED', reason: UNKNOWN } },
    ],
    ['an idempotent node that ran again', { marks: 2 }],
    ['a callback that brought its data', { kind: 'callback', node: { callbackTask: 7 } }],
  ])('accepts %s', (_, evidence) => {
    expect(judgeOne(evidence)).toEqual([0, 0, 0]);
  });
});

/** The counts (lost, doubled, stuck) of one task with one node. */
function judgeOne({
  kind = 'line',
  state = 'FINISHED',
  node = {},
  marks = 1,
}: {
  kind?: Kind;
  state?: string;
  node?: Partial<NodeEvidence>;
  marks?: number;
}): number[] {
  const task: FaultTask = {
    id: 7,
    kind,
    markingNodes: kind === 'callback' ? [] : ['a'],
    waitingNode: kind === 'callback' ? 'a' : undefined,
  };
  const row = { ...NODE, ...node };
  const evidence: Evidence = {
    states: new Map(state === 'gone' ? [] : [[7, state]]),
    nodes: new Map(state === 'gone' ? [] : [[7, [row]]]),
    marks: new Map(marks === 0 ? [] : [[7, new Map([[attemptOf(row), marks]])]]),
  };
  const { lost, doubled, stuck } = judge([task], evidence);
  return [lost, doubled, stuck];
}
