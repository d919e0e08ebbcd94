import fc from 'fast-check';
import { validateGraph, validateTree } from '../../../pipeline/tree/validate';
import { validTrees } from './arbitrary-trees';
import { draw } from './draw';

const blamed = (edges: string) => validateGraph(draw(edges)).problems.map(({ kind, nodeId }) => `${kind} ${nodeId}`);

describe('the graph stage', () => {
  test.each([
    ['a start that leads to the end', 'S>E', ['connection S']],
    ['a flow into the start', 'S>x1 x1>S x1>E', ['connection x1']],
    ['parallel branches that end apart', 'S>p1 p1>a1 p1>a2 a1>E a2>E', ['converge_match p1']],
    [
      'two gateways that are both wrong',
      'S>x0 x0>p1 x0>p2 p1>a1 p1>E a1>E p2>a2 p2>E a2>E',
      ['converge_match p1', 'converge_match p2'],
    ],
    ['a converge that misses a branch', 'S>p1 p1>a1 p1>a2 a1>a3 a2>a3 a3>v1 v1>E', ['converge_match v1']],
    ['two parallel gateways with one converge', 'S>x0 x0>p1 x0>p2 p1>v1 p1>v1 p2>v1 p2>v1 v1>E', ['converge_match v1']],
    ['a choice in a parallel branch that leads to the end', 'S>p1 p1>x1 p1>v1 x1>v1 x1>E v1>E', ['converge_match x1']],
    [
      'a choice in a parallel branch that leads back out',
      'S>x0 x0>p1 p1>x1 p1>v1 x1>v1 x1>x0 v1>E',
      ['converge_match x1'],
    ],
    ['a jump from one parallel branch into another', 'S>p1 p1>x1 p1>a2 x1>a1 x1>a2 a1>v1 a2>v1 v1>E', ['stream a2']],
    ['an island', 'S>a1 a1>E a8>a9 a9>a8', ['stream a8', 'stream a9']],
    ['an unreachable gateway', 'S>a1 a1>E x1>a2 a2>x1 x1>E', ['converge_match x1']],
  ])('refuses %s', (_, edges, expected) => {
    expect(blamed(edges).slice(0, expected.length)).toEqual(expected);
  });

  test.each([
    ['a parallel block in a loop', 'S>a1 a1>p1 p1>a2 p1>a3 a2>v1 a3>v1 v1>x1 x1>a1 x1>E', { p1: 'v1' }],
    [
      'a choice that shares the converge of the block around it',
      'S>p1 p1>x1 p1>a3 x1>a1 x1>a2 a1>v1 a2>v1 a3>v1 v1>E',
      { p1: 'v1', x1: 'v1' },
    ],
    ['blocks one after the other', 'S>p1 p1>v1 p1>v1 v1>c2 c2>v2 c2>v2 v2>E', { p1: 'v1', c2: 'v2' }],
    ['a converge of nobody', 'S>v1 v1>a1 a1>E', {}],
  ])('accepts %s', (_, edges, converge) => {
    expect(validateGraph(draw(edges))).toEqual({ problems: [], converge });
  });

  it('refuses loops only when asked to', () => {
    const loop = draw('S>a1 a1>x1 x1>a1 x1>E');

    expect(validateGraph(loop).problems).toEqual([]);
    expect(validateGraph(loop, { allowCycles: false }).problems).toEqual([
      { stage: 'graph', kind: 'cycle', nodeId: 'x1', message: 'pipeline graph has circle: node x1 leads back to a1' },
    ]);
  });

  it('says of every reference that leads nowhere where it is', () => {
    const tree = draw('S>a1 a1>a2 a2>E');
    tree.activities.a1!.outgoing = 'lost';
    tree.flows.f2!.target = 'ghost';

    expect(validateGraph(tree).problems.map(({ nodeId, kind }) => [nodeId, kind])).toEqual([
      ['a1', 'key_error'],
      ['a2', 'key_error'],
    ]);
  });

  it('takes ids that objects inherit for what they are', () => {
    const tree = draw('S>constructor constructor>x1 x1>toString x1>E toString>E');
    expect(validateTree(tree).problems).toEqual([]);

    Object.assign(tree.activities.constructor as object, { outgoing: 'toString' });
    expect(validateTree(tree).problems[0]).toMatchObject({ kind: 'key_error', nodeId: 'constructor' });
  });

  it('accepts every tree of blocks and gives each parallel gateway the end of its block', () => {
    fc.assert(
      fc.property(validTrees, ({ tree, parallels }) => {
        const { problems, converge } = validateTree(tree);

        expect(problems).toEqual([]);
        expect(converge).toMatchObject(parallels);
      }),
      { numRuns: 200 },
    );
  });

  it('comes to an end on any graph', () => {
    const ids = ['a1', 'a2', 'x1', 'x2', 'p1', 'p2', 'v1', 'v2', 'E'];
    const targets = fc.array(fc.constantFrom(...ids), { minLength: ids.length * 2, maxLength: ids.length * 2 });
    fc.assert(
      fc.property(targets, (ends) => {
        const edges = ends.flatMap((end, at) => {
          const from = ids[at % ids.length]!;
          return from === 'E' || (at >= ids.length && /[av]/.test(from)) ? [] : [`${from}>${end}`];
        });

        expect(validateGraph(draw(['S>x1', ...edges].join(' '))).problems).toBeInstanceOf(Array);
      }),
      { numRuns: 300 },
    );
  });
});
