import type { Command, NodeRow, TaskRow } from '../../pipeline/machine';
import { PendingRows } from '../../workflows/pending-rows';

const node = (seq: number, change: Partial<NodeRow> = {}): Command => ({
  type: 'record_node',
  row: {
    ...{ seq, nodeId: `n${seq}`, loop: 1, innerLoop: 1, retry: 0, skip: false, errorIgnored: false },
    status: 'FINISHED',
    ...change,
  },
});
const task = (seq: number, shown: TaskRow['shown']): Command => ({
  type: 'record_task',
  row: { seq, status: 'RUNNING', shown, at: 1 },
});

function rowsOf(...commands: Command[]): PendingRows {
  const rows = new PendingRows(7);
  rows.keep(commands, false);
  return rows;
}

const numbers = ({ nodes, task }: { nodes: NodeRow[]; task?: TaskRow } = { nodes: [] }) => [
  ...nodes.map(({ seq }) => seq),
  ...(task ? [task.seq] : []),
];

describe('rows that nobody has written yet', () => {
  it('go along with an activity when nobody waits for them', () => {
    const rows = rowsOf(node(1), node(2, { status: 'RUNNING' }), task(3, 'RUNNING'));

    expect(numbers(rows.takeAlong())).toEqual([1, 2, 3]);
    expect(rows.isEmpty).toBe(true);
    expect(rows.takeAlong()).toBeUndefined();
  });

  it.each<[string, Command[]]>([
    ['a failure', [node(1, { status: 'FAILED' })]],
    ['a node that waits', [node(1, { status: 'RUNNING', waitingFor: 'a callback' })]],
    ['a node that is about to run again', [node(1, { status: 'READY' })]],
    ['a change of state', [node(1), task(2, 'SUSPENDED')]],
    ['more rows than twenty', Array.from({ length: 21 }, (_, index) => node(index + 1))],
    ['more than 16 KB', [node(1, { outputs: { text: 'x'.repeat(17_000) } })]],
  ])('do not when among them is %s', (_name, commands) => {
    const rows = rowsOf(node(100), ...commands);

    expect(rows.takeAlong()).toBeUndefined();
    expect(numbers(rows.take())).toHaveLength(commands.length + 1);
  });

  it('do not go along when the task is RUNNING again, whoever recorded that it was not', () => {
    const byItself = rowsOf(task(1, 'FAILED'));
    byItself.take();
    const byTheWorker = new PendingRows(7);
    byTheWorker.keep([task(1, 'FAILED')], true);

    for (const rows of [byItself, byTheWorker]) {
      rows.keep([task(2, 'RUNNING')], false);
      expect(rows.takeAlong()).toBeUndefined();
    }
  });

  it('come back, in front of newer ones, when the activity has not written them', () => {
    const rows = rowsOf(node(1), task(2, 'RUNNING'));
    const along = rows.takeAlong()!;
    rows.keep([node(3)], false);

    rows.settle(along, false);
    rows.settle(along, false);

    expect(numbers(rows.take())).toEqual([1, 3, 2]);
  });

  it('do not come back when it has, nor twice', () => {
    const rows = rowsOf(node(1));
    const first = rows.takeAlong()!;
    rows.keep([node(2)], false);
    const second = rows.takeAlong()!;

    rows.settle(first, true);
    rows.recall();
    rows.settle(second, false);

    expect(numbers(rows.take())).toEqual([2]);
  });
});
