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
    const stages = [[loop(7, { isAuto: false })], [loop(8), loop(9, { isAuto: false })]];
    const { tree } = prepared(treeOfGroup({ stages }));

    const nodes = nodesOfFlows(tree);

    expect([...nodes.keys()].sort()).toEqual([7, 8, 9]);
    expect(nodes.get(7)!.nodeIds).toContain(nodes.get(7)!.gateNode);
    expect(nodes.get(8)!.gateNode).toBe('');
    expect(nodes.get(9)!.nodeIds).toContain(nodes.get(9)!.gateNode);
    // Five of the loop, the gate, and the subprocess around them.
    expect([7, 8, 9].map((id) => nodes.get(id)!.nodeIds.length)).toEqual([7, 6, 7]);
  });

  it.each([[[1]], [[2]], [[3]], [[1, 1]], [[1, 3]], [[1, 2, 1]]])(
    'has a subprocess for each of several flows, %j by stages',
    (sizes) => {
      let flows = 0;
      const stages = sizes.map((size) => Array.from({ length: size }, () => loop(++flows)));

      const { tree } = prepared(treeOfGroup({ stages }));

      const subprocesses = Object.values(tree.activities).filter(({ type }) => type === 'SubProcess');
      const all = stages.flat().map(({ poolName }) => poolName);
      expect(subprocesses.map(({ name }) => name)).toEqual(all.length === 1 ? [] : all);
    },
  );

  it.each([1, 3])('waits for others before the last of %i steps', (count) => {
    const steps = ['a', 'b', 'c'].slice(0, count);
    const { tree } = prepared(treeOfFlow(loop(1, { steps, isNeedy: true })));

    const ways = Object.values(tree.flows).map(({ source, target }) =>
      [source, target].map((id) => tree.activities[id]?.name),
    );
    expect(ways).toContainEqual(['Await pools', steps.at(-1)]);
    expect(ways.find(([, to]) => to === 'Await pools')).toEqual([steps.at(-2) ?? 'Open batch', 'Await pools']);
  });

  it('has the same size whatever names its steps have', () => {
    expect(names(treeOfFlow(loop(1, { steps: ['x'.repeat(200)] })))).toContain('x'.repeat(50));
  });
});
