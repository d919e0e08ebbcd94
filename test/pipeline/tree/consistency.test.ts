import { validateTree } from '../../../pipeline/tree/validate';
import { draw, nest } from './draw';

type Change = (tree: ReturnType<typeof JSON.parse>) => unknown;

function found(change: Change): string[] {
  const tree = JSON.parse(JSON.stringify(draw('S>a1 a1>x1 x1>a2 x1>E a2>E')));
  change(tree);
  return validateTree(tree).problems.map(({ stage, message }) => `${stage}: ${message}`);
}

describe('consistency', () => {
  // biome-ignore format: a table
  const table: [string, Change, string[]][] = [
    ['a missing component', (t) => delete t.activities.a1.component, ['activity a1: component is missing']],
    ['an id that is not its key', (t) => { t.activities.a1.id = 'b'; }, ['activity a1: its id is "b"']],
    ['a flow that its source does not name', (t) => { t.flows.extra = { id: 'extra', source: 'a1', target: 'E' }; }, ['flow extra: its source a1 does not name it in outgoing', 'flow extra: its target E does not name it in incoming']],
    ['a flow from nowhere', (t) => { t.flows.extra = { id: 'extra', source: 'ghost', target: 'E' }; t.end_event.incoming.push('extra'); }, ['flow extra: its source ghost does not exist']],
    ['a flow that is listed twice', (t) => { t.end_event.incoming.push('f4'); }, ['node E: incoming names flow f4 twice']],
    ['a flow that comes from elsewhere', (t) => { t.activities.a2.incoming.push('f0'); }, ['node a2: incoming names flow f0, whose target is a1']],
    ['a branch without a condition', (t) => delete t.gateways.x1.conditions.f2, ['gateway x1: flow f2 has neither a condition nor is it the default']],
    ['a condition for a flow that is not its own', (t) => { t.gateways.x1.conditions.f0 = { evaluate: '1' }; }, ['gateway x1: conditions name the flow f0, which does not leave it']],
    ['a default flow with a condition', (t) => { t.gateways.x1.default_condition = { flow_id: 'f2', name: '' }; }, ['gateway x1: the default flow f2 has a condition']],
    ['a default flow that is not its own', (t) => { t.gateways.x1.default_condition = { flow_id: 'f0', name: '' }; }, ['gateway x1: default_condition names the flow f0, which does not leave it']],
    ['a default branch that was removed', (t) => { t.gateways.x1.default_condition = {}; }, []],
    ['a flag that is text', (t) => { t.activities.a1.retryable = 'yes'; }, ["activities→a1→retryable: 'yes' is not of type 'boolean'"]],
    ['a flag that is null', (t) => { t.activities.a1.retryable = null; }, []],
    ['settings that are a number', (t) => { t.activities.a1.timeout_config = 5; }, ["activities→a1→timeout_config: 5 is not of type 'object'"]],
    ['an output that nobody produces', (t) => { t.constants['${o}'] = { key: '${o}', source_type: 'component_outputs', source_info: { ghost: ['x'] } }; }, ['constant ${o}: source_info names ghost, which is no activity']],
    ['an input of a node that was deleted', (t) => { t.constants['${o}'] = { key: '${o}', source_type: 'component_inputs', source_info: { ghost: ['x'] } }; }, []],
    ['a subprocess that is not unfolded', (t) => { t.activities.a1.type = 'SubProcess'; delete t.activities.a1.component; }, ['activity a1: a SubProcess needs its unfolded pipeline']],
  ];

  test.each(table)('speaks of %s', (_, change, expected) => {
    expect(found(change)).toEqual(expected.map((message) => `consistency: ${message}`));
  });

  test.each(['node-1', 'node.1', 'a:b'])('refuses the id %s', (id) => {
    expect(validateTree(draw(`S>${id} ${id}>E`)).problems).toMatchObject([{ stage: 'consistency' }]);
  });

  test.each(['1', '007', '节点一', '_', 'constructor'])('accepts the id %s', (id) => {
    expect(validateTree(draw(`S>${id} ${id}>E`)).problems).toEqual([]);
  });

  it('refuses an id that a node and a flow share', () => {
    expect(validateTree(draw('S>f1 f1>E')).problems).toMatchObject([{ stage: 'consistency', kind: 'consistency' }]);
  });

  it('refuses __proto__ as an id and as an input', () => {
    const asId = JSON.parse(JSON.stringify(draw('S>a1 a1>E')).replaceAll('"a1"', '"__proto__"'));
    const asInput = JSON.parse(JSON.stringify(draw('S>a1 a1>E')).replaceAll('"bk_display_message"', '"__proto__"'));

    expect(validateTree(asId).problems).not.toEqual([]);
    expect(validateTree(asInput).problems).toMatchObject([{ stage: 'consistency', nodeId: 'a1' }]);
  });

  it('refuses nodes from which the end cannot be reached', () => {
    const tree = draw('S>x1 x1>E x1>a1 a1>a2 a2>a1');

    expect(validateTree(tree).problems.map(({ nodeId, stage }) => [nodeId, stage])).toEqual([
      ['a1', 'consistency'],
      ['a2', 'consistency'],
    ]);
  });

  it('says in which subprocess a problem is', () => {
    const inner = draw('S>p1 p1>b1 p1>E b1>E');
    const tree = nest(draw('S>a1 a1>E'), 'a1', nest(draw('S>d1 d1>E'), 'd1', inner));

    expect(validateTree(tree).problems).toMatchObject([
      {
        stage: 'graph',
        kind: 'converge_match',
        nodeId: 'p1',
        path: 'activities→a1→pipeline→activities→d1→pipeline',
        message: expect.stringMatching(/^in subprocess a1\/d1: gateway p1: /),
      },
    ]);
  });
});
