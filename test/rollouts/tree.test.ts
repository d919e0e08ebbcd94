import { KEPT } from '../../access/rights';
import type { Json } from '../../pipeline/json';
import type { Program } from '../../pipeline/program';
import { type FlowLoop, nodesOfFlows, treeOfFlow, treeOfGroup } from '../../rollouts/tree';
import { prepareTree } from '../../trees/prepare';

const loop = (flowId: number, more: Partial<FlowLoop> = {}) => ({
  ...{ flowId, steps: ['stop', 'start', 'check'], isAuto: true, soakSeconds: 0, poolName: `pool ${flowId}` },
  ...more,
});

const prepared = (tree: Json) => prepareTree(tree, { place: 1, rights: KEPT, rerunLimit: 1_050 });
const names = (tree: Json) => Object.values(prepared(tree).tree.activities).map(({ name }) => name);

describe('the tree of a flow', () => {
  it('is a loop of one node for each step, which can be compiled', () => {
    const { tree, program } = prepared(treeOfFlow(loop(7)));

    expect(Object.values(tree.activities).map(({ name }) => name)).toEqual([
      'Open batch',
      'Close batch',
      'stop',
      'start',
      'check',
    ]);
    expect((JSON.parse(program) as Program).rerunLimit).toBe(1_050);
    expect(program.length).toBeLessThan(4_000);
  });

  it('has a gate where batches do not follow by themselves, and a timer where they wait', () => {
    expect(names(treeOfFlow(loop(7, { isAuto: false })))).toContain('Gate');
    expect(names(treeOfFlow(loop(7, { soakSeconds: 5 })))).toContain('Soak');
    expect(names(treeOfFlow(loop(7, { isAuto: false, soakSeconds: 5 })))).toEqual(
      expect.arrayContaining(['Gate', 'Soak']),
    );
  });

  it('knows its nodes again, each flow its own', () => {
    const group = {
      ...loop(7, { isAuto: false }),
      parts: [loop(8), loop(9, { isAuto: false })],
      partsRun: 'after' as const,
    };
    const { tree } = prepared(treeOfGroup(group));

    const nodes = nodesOfFlows(tree);

    expect([...nodes.keys()].sort()).toEqual([7, 8, 9]);
    expect(nodes.get(7)!.nodeIds).toContain(nodes.get(7)!.gateNode);
    expect(nodes.get(8)!.gateNode).toBe('');
    expect(nodes.get(9)!.nodeIds).toContain(nodes.get(9)!.gateNode);
    // Five of the loop, the gate, and of parts the subprocess around them.
    expect([7, 8, 9].map((id) => nodes.get(id)!.nodeIds.length)).toEqual([6, 6, 7]);
  });

  it.each([
    ['after', 1, 3],
    ['after', 3, 3],
    ['before_last_step', 1, 3],
    ['before_last_step', 3, 3],
    ['before_last_step', 1, 1],
    ['before_last_step', 2, 1],
  ] as const)('takes other flows as subprocesses, %s, %i of them, with %i steps', (partsRun, parts, steps) => {
    const group = {
      ...loop(1, { steps: ['a', 'b', 'c'].slice(0, steps) }),
      parts: Array.from({ length: parts }, (_, at) => loop(at + 2)),
      partsRun,
    };

    const { tree } = prepared(treeOfGroup(group));

    const subprocesses = Object.values(tree.activities).filter(({ type }) => type === 'SubProcess');
    expect(subprocesses.map(({ name }) => name)).toEqual(group.parts.map(({ poolName }) => poolName));
  });

  it('has the same size whatever names its steps have', () => {
    expect(names(treeOfFlow(loop(1, { steps: ['x'.repeat(200)] })))).toContain('x'.repeat(50));
  });
});
