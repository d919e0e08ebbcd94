import { validateTree } from '../../../pipeline/tree/validate';
import { draw, nest } from './draw';

type Change = (tree: ReturnType<typeof JSON.parse>) => unknown;

/** What the schema says of a small tree after a change. */
function messages(change: Change): string[] {
  const tree = JSON.parse(JSON.stringify(draw('S>a1 a1>x1 x1>a2 x1>E a2>E')));
  change(tree);
  return validateTree(tree).problems.map(({ stage, message }) =>
    stage === 'schema' ? message : `${stage}: ${message}`,
  );
}

describe('the schema', () => {
  const table: [string, Change, string[]][] = [
    ['a missing part', (t) => delete t.end_event, [": 'end_event' is a required property"]],
    [
      'a wrong type',
      (t) => {
        t.outputs = {};
      },
      ["outputs: {} is not of type 'array'"],
    ],
    [
      'null for an object',
      (t) => {
        t.activities = null;
      },
      ["activities: None is not of type 'object'"],
    ],
    [
      'an element that is none',
      (t) => {
        t.activities.a1 = 5;
      },
      ["activities→a1: 5 is not of type 'object'"],
    ],
    [
      'an empty activity name',
      (t) => {
        t.activities.a1.name = '';
      },
      ["activities→a1→name: '' is too short"],
    ],
    [
      'an empty gateway name',
      (t) => {
        t.gateways.x1.name = '';
      },
      [],
    ],
    [
      'an input without hook',
      (t) => delete t.activities.a1.component.data.bk_display_message.hook,
      ["activities→a1→component→data→bk_display_message: 'hook' is a required property"],
    ],
    [
      'an input without value',
      (t) => delete t.activities.a1.component.data.bk_display_message.value,
      ["activities→a1→component→data→bk_display_message: 'value' is a required property"],
    ],
    [
      'an input that is null',
      (t) => {
        t.activities.a1.component.data.bk_display_message.value = null;
      },
      [],
    ],
    [
      'an unknown activity',
      (t) => {
        t.activities.a1.type = 'Task';
      },
      ["activities→a1→type: 'Task' is not one of ['ServiceActivity', 'SubProcess']"],
    ],
    [
      'an unknown gateway',
      (t) => {
        t.gateways.x1.type = 'Gate';
      },
      [
        "gateways→x1→type: 'Gate' is not one of ['ParallelGateway', 'ExclusiveGateway', 'ConditionalParallelGateway', 'ConvergeGateway']",
      ],
    ],
    [
      'a gateway without conditions',
      (t) => delete t.gateways.x1.conditions,
      ["gateways→x1: 'conditions' is a required property"],
    ],
    [
      'an id that is a number',
      (t) => {
        t.activities.a1.id = 1;
      },
      ["activities→a1→id: 1 is not of type 'string'"],
    ],
    [
      'an activity with two ways out',
      (t) => {
        t.activities.a1.outgoing = ['f1', 'f2'];
      },
      ["activities→a1→outgoing: ['f1', 'f2'] is not valid under any of the given schemas"],
    ],
    [
      'several problems',
      (t) => {
        t.activities.a2.name = '';
        t.activities.a1.name = 1;
      },
      ["activities→a1→name: 1 is not of type 'string'", "activities→a2→name: '' is too short"],
    ],
  ];

  // biome-ignore format: a table
  test.each(table)('speaks of %s', (_, change, expected) => {
    expect(messages(change)).toEqual(expected);
  });

  it('names the node and the way to it', () => {
    const inner = draw('S>b1 b1>E');
    inner.activities.b1!.name = '';

    expect(validateTree(nest(draw('S>a1 a1>E'), 'a1', inner)).problems).toEqual([
      {
        stage: 'schema',
        kind: 'schema',
        nodeId: 'b1',
        path: 'activities→a1→pipeline→activities→b1→name',
        message: "activities→a1→pipeline→activities→b1→name: '' is too short",
      },
    ]);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(
      messages((tree) => {
        tree.activities.a1.name = '🚀'.repeat(50);
      }),
    ).toEqual([]);
    expect(
      messages((tree) => {
        tree.activities.a1.name = '🚀'.repeat(51);
      }),
    ).toHaveLength(1);
  });

  test.each([null, 5, 'text', [], [[]], true, undefined])('refuses %p as a tree', (input) => {
    expect(validateTree(input).problems[0]).toMatchObject({ stage: 'schema', kind: 'schema' });
  });

  it('refuses values that are nested too deeply to be stored', () => {
    const tree = draw('S>a1 a1>E');
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

    expect(validateTree({ ...tree, note: deep }).problems[0]?.message).toContain('nested deeper than 2000 levels');
  });

  it('refuses subprocesses in subprocesses without end', () => {
    let tree = draw('S>a1 a1>E');
    for (let level = 0; level < 300; level++) tree = nest(draw('S>a1 a1>E'), 'a1', tree);

    expect(validateTree(tree).problems).toMatchObject([{ stage: 'schema', kind: 'schema' }]);
  });
});
