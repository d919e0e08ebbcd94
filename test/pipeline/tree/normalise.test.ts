import { canonicaliseTree, normaliseTree } from '../../../pipeline/tree/normalise';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateTree } from '../../../pipeline/tree/validate';
import { draw, nest } from './draw';

/** Any tree as a client would have sent it. */
type Loose = ReturnType<typeof JSON.parse>;

describe('normaliseTree', () => {
  it('cleans and cuts names, of nested trees too', () => {
    const tree: Loose = nest(draw('S>a1 a1>x1 x1>E'), 'a1', draw('S>b1 b1>E'));
    tree.activities.a1.name = `a<b>$&'"${'x'.repeat(60)}`;
    tree.gateways.x1.name = '<x>';
    tree.start_event.name = '$';
    tree.activities.a1.pipeline.activities.b1.name = '🚀'.repeat(60);

    const normal = normaliseTree(tree) as Loose;

    expect(normal.activities.a1.name).toBe(`ab${'x'.repeat(48)}`);
    expect(normal.gateways.x1.name).toBe('x');
    expect(normal.start_event.name).toBe('');
    expect(normal.activities.a1.pipeline.activities.b1.name).toBe('🚀'.repeat(50));
  });

  it('adds the maps that may be left out and leaves the original alone', () => {
    const { gateways, constants, outputs, ...rest } = draw('S>a1 a1>E');
    const before = JSON.stringify(rest);

    expect(normaliseTree(rest)).toMatchObject({ gateways: {}, constants: {}, outputs: [] });
    expect(JSON.stringify(rest)).toBe(before);
  });

  test.each([null, 5, 'x', [], { activities: 5 }, { activities: { a: null, b: [], c: { name: 5, pipeline: 7 } } }])(
    'takes %j',
    (input) => {
      expect(() => normaliseTree(input)).not.toThrow();
    },
  );

  it('drops __proto__ and pollutes nothing', () => {
    const input = JSON.parse('{"activities":{"__proto__":{"name":"<x>","polluted":1}},"__proto__":{"polluted":1}}');

    const normal = normaliseTree(input) as Loose;

    expect(Object.keys(normal.activities)).toEqual([]);
    expect(normal.polluted).toBeUndefined();
    expect(({} as Loose).polluted).toBeUndefined();
  });

  it('copes with values of any depth', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

    expect(() => normaliseTree(deep)).not.toThrow();
  });
});

describe('canonicaliseTree', () => {
  const canonical = (tree: PipelineTree) => {
    const { problems, converge } = validateTree(tree);
    expect(problems).toEqual([]);
    return canonicaliseTree(tree, converge);
  };

  it('gives every element one shape', () => {
    const tree: Loose = draw('S>a1 a1>x1 x1>a2 x1>a3 a2>v1 a3>v1 v1>E');
    tree.start_event.outgoing = ['f0'];
    tree.activities.a1.incoming = 'f0';
    tree.activities.a1.outgoing = ['f1'];
    tree.gateways.v1.outgoing = ['f6'];
    tree.gateways.x1.incoming = 'f1';
    tree.gateways.x1.default_condition = {};
    tree.end_event.incoming = 'f6';

    expect(canonical(tree)).toMatchObject({
      start_event: { outgoing: 'f0' },
      end_event: { incoming: ['f6'] },
      activities: { a1: { incoming: ['f0'], outgoing: 'f1', error_ignorable: false, template_node_id: 'a1' } },
      gateways: {
        x1: { incoming: ['f1'], outgoing: ['f2', 'f3'], converge_gateway_id: 'v1' },
        v1: { incoming: ['f4', 'f5'], outgoing: 'f6' },
      },
    });
  });

  it('keeps what it does not know, and a template_node_id that is there', () => {
    const tree: Loose = draw('S>a1 a1>E');
    Object.assign(tree.activities.a1, { template_node_id: 'old', hookable: true, labels: [{ label: 1, group: 2 }] });

    expect(canonical(tree).activities.a1).toMatchObject({ ...tree.activities.a1 });
  });

  it('keeps the gateways of nested trees apart from those outside with the same id', () => {
    const inner = draw('S>p1 p1>a1 p1>a2 a1>v2 a2>v2 v2>E');
    const outer = nest(draw('S>p1 p1>a1 p1>a2 a1>v1 a2>v1 v1>E'), 'a1', inner);

    const tree: Loose = canonical(outer);

    expect(tree.gateways.p1.converge_gateway_id).toBe('v1');
    expect(tree.activities.a1.pipeline.gateways.p1.converge_gateway_id).toBe('v2');
    expect(tree.activities.a1.pipeline.id).toBe('a1');
  });

  it('does not believe a converge_gateway_id that the client sent', () => {
    const tree: Loose = draw('S>x1 x1>a1 x1>E a1>E');
    tree.gateways.x1.converge_gateway_id = 'ghost';

    expect(canonical(tree).gateways.x1).not.toHaveProperty('converge_gateway_id');
  });
});
