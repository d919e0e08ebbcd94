import type { StatusNode, TreeView } from '../../cli/client';
import { drawProgress } from '../../cli/progress';
import { linesOf } from '../../cli/progress-lines';

const TREE: TreeView = {
  start_event: { id: 's' },
  activities: {
    b: { name: 'second', type: 'SubProcess', pipeline: inner() },
    a: { name: 'first\x1b[31m', type: 'ServiceActivity', component: { code: 'sleep_timer' } },
  },
  flows: { f1: { source: 's', target: 'a' }, f2: { source: 'a', target: 'b' }, f3: { source: 'b', target: 'a' } },
};

function inner(): TreeView {
  return {
    start_event: { id: 'is' },
    activities: { i: { name: 'inside', type: 'ServiceActivity', component: { code: 'bk_display' } } },
    flows: { if: { source: 'is', target: 'i' } },
  };
}

function node(state: string, children: Record<string, StatusNode> = {}, more: Partial<StatusNode> = {}): StatusNode {
  return { state, elapsedSeconds: 2, retry: 0, skip: false, children, ...more };
}

const STEPS = [
  node('RUNNING', { a: node('RUNNING') }),
  node('RUNNING', { a: node('FINISHED', {}, { retry: 1 }), b: node('RUNNING', { i: node('RUNNING') }) }),
  node('FINISHED', { a: node('FINISHED', {}, { retry: 1 }), b: node('FINISHED', { i: node('FINISHED') }) }),
];

/** Draws the steps and returns everything that was written, and the final state. */
async function draw(screen: { isTTY?: boolean; columns?: number; rows?: number }) {
  const written: string[] = [];
  let step = 0;
  const state = await drawProgress({
    poll: async () => STEPS[step++]!,
    tree: TREE,
    screen: { ...screen, write: (text) => written.push(text) },
  });
  return { written, state };
}

describe('the lines of a task', () => {
  it('follow the flows, with a subprocess before what is inside, and name nodes without control characters', () => {
    const lines = linesOf(TREE, STEPS[1]!);

    expect(lines.map(({ depth, name, kind, state }) => [depth, name, kind, state])).toEqual([
      [0, 'first [31m', 'sleep_timer', 'FINISHED'],
      [0, 'second', 'SubProcess', 'RUNNING'],
      [1, 'inside', 'bk_display', 'RUNNING'],
    ]);
  });
});

describe('drawing progress', () => {
  it('appends one line per change where there is no terminal, and returns the final state', async () => {
    const { written, state } = await draw({});

    expect(state).toBe('FINISHED');
    expect(written).toEqual([
      '  ▶ first [31m (sleep_timer) RUNNING 2 s\n',
      '  ✔ first [31m (sleep_timer) FINISHED 2 s, retry 1\n',
      '  ▶ second (SubProcess) RUNNING 2 s\n',
      '    ▶ inside (bk_display) RUNNING 2 s\n',
      '  ✔ second (SubProcess) FINISHED 2 s\n',
      '    ✔ inside (bk_display) FINISHED 2 s\n',
    ]);
  });

  it('redraws in place on a terminal, each line cut to its width', async () => {
    const { written } = await draw({ isTTY: true, columns: 12, rows: 24 });

    expect(written).toHaveLength(3);
    expect(written[0]).toBe('  ▶ first [\n  · second \n    · insid\n');
    expect(written[2]).toBe('\x1b[3A\x1b[J  ✔ first [\n  ✔ second \n    ✔ insid\n');
  });

  it('passes on why the status cannot be read', async () => {
    const failing = drawProgress({ poll: () => Promise.reject(new Error('gone')), tree: TREE });

    await expect(failing).rejects.toThrow('gone');
  });
});
