import { diffTrees } from '../../../pipeline/tree/diff';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { sketch, type TreeSketch } from '../../support/trees';

const NOTHING = { added: [], removed: [], changed: [] };
const BASE: TreeSketch = {
  chains: ['S a b E'],
  activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '1' } } },
  constants: { x: { value: '1' } },
};

function change(edit: (tree: PipelineTree) => void) {
  const after = sketch(BASE);
  edit(after);
  return diffTrees(sketch(BASE), after);
}

describe('what changed between two trees', () => {
  it('is nothing when they are the same, however their keys are sorted and wherever they are drawn', () => {
    const changes = change((tree) => {
      tree.activities = Object.fromEntries(Object.entries(tree.activities).reverse());
      tree.location = [{ id: 'a', type: 'tasknode', x: 1, y: 2 }];
      tree.id = 'other';
    });

    expect(changes).toEqual({
      activities: NOTHING,
      gateways: NOTHING,
      flows: NOTHING,
      constants: NOTHING,
      outputs: { added: [], removed: [] },
      fields: [],
    });
  });

  it('is a node that was put between two others, and the flows that came and went, not the neighbours', () => {
    const changes = diffTrees(sketch(BASE), sketch({ ...BASE, chains: ['S a c b E'] }));

    expect(changes.activities).toEqual({ ...NOTHING, added: [{ id: 'c', name: 'c' }] });
    expect(changes.flows).toEqual({
      added: [
        { id: 'a_c', name: '' },
        { id: 'c_b', name: '' },
      ],
      removed: [{ id: 'a_b', name: '' }],
      changed: [],
    });
  });

  it('is which fields of a node differ, down to its inputs, under its new name', () => {
    const changes = change(({ activities }) => {
      const { a } = activities;
      if (a?.type !== 'ServiceActivity') throw new Error('a is a service activity');
      a.name = 'wait';
      a.component.data.bk_timing!.value = '2';
      a.component.data.incoming = { hook: false, value: 1 };
    });

    expect(changes.activities.changed).toEqual([
      { id: 'a', name: 'wait', fields: ['component.data.bk_timing', 'component.data.incoming', 'name'] },
    ]);
  });

  it('is a gateway with other conditions, and a flow with another target', () => {
    const branches: TreeSketch = {
      chains: ['S g a v E', 'g b v'],
      gateways: {
        g: { type: 'ExclusiveGateway', conditions: { g_a: { evaluate: '1 == 1' }, g_b: { evaluate: '1 == 2' } } },
        v: { type: 'ConvergeGateway' },
      },
    };
    const after = structuredClone(sketch(branches));
    after.gateways.g!.conditions!.g_a!.evaluate = '2 == 2';
    after.flows.g_b!.target = 'v';

    const changes = diffTrees(sketch(branches), after);

    expect(changes.gateways.changed).toEqual([{ id: 'g', name: '', fields: ['conditions.g_a.evaluate'] }]);
    expect(changes.flows.changed).toEqual([{ id: 'g_b', name: '', fields: ['target'] }]);
  });

  it('is constants and outputs that came, went or changed', () => {
    const changes = change((tree) => {
      tree.constants['${y}'] = { key: '${y}', name: 'why' };
      tree.constants['${x}']!.value = { deep: [1] };
      tree.outputs = ['${x}'];
    });

    expect(changes.constants).toEqual({
      added: [{ id: '${y}', name: 'why' }],
      removed: [],
      changed: [{ id: '${x}', name: 'x', fields: ['value'] }],
    });
    expect(changes.outputs).toEqual({ added: ['${x}'], removed: [] });
  });

  it('is what else the tree says, but not that its first flow has another id', () => {
    const changes = change((tree) => {
      tree.start_event.outgoing = 'other';
      tree.end_event.name = 'the end';
      Object.assign(tree, { canvas_mode: 'vertical' });
    });

    expect(changes.fields.sort()).toEqual(['canvas_mode', 'end_event.name']);
  });

  it('takes no element for one that every object has', () => {
    const after = sketch(BASE);
    after.activities = { ...after.activities, constructor: { ...after.activities.a!, id: 'constructor', name: 'c' } };

    expect(diffTrees(sketch(BASE), after).activities.added).toEqual([{ id: 'constructor', name: 'c' }]);
  });
});
