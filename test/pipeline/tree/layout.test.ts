import fc from 'fast-check';
import { layoutTree } from '../../../pipeline/tree/layout';
import { validTrees } from './arbitrary-trees';
import { draw, nest } from './draw';

describe('layoutTree', () => {
  it('draws a line from left to right', () => {
    const { location, line } = layoutTree(draw('S>a1 a1>E'));

    expect(location).toEqual([
      { id: 'S', type: 'startpoint', x: 60, y: 100 },
      { id: 'E', type: 'endpoint', x: 460, y: 100 },
      { id: 'a1', type: 'tasknode', x: 207, y: 95, name: 'a1', stage_name: '' },
    ]);
    expect(line).toEqual([
      { id: 'f0', source: { id: 'S', arrow: 'Right' }, target: { id: 'a1', arrow: 'Left' } },
      { id: 'f1', source: { id: 'a1', arrow: 'Right' }, target: { id: 'E', arrow: 'Left' } },
    ]);
  });

  it('calls elements what the canvas calls them', () => {
    const tree = nest(draw('S>a1 a1>x1 x1>p1 p1>c1 c1>v1 v1>v2 v2>E'), 'a1', draw('S>b1 b1>E'));

    expect(layoutTree(tree).location.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'S startpoint',
      'E endpoint',
      'a1 subflow',
      'x1 branchgateway',
      'p1 parallelgateway',
      'c1 conditionalparallelgateway',
      'v1 convergegateway',
      'v2 convergegateway',
    ]);
  });

  it('puts branches below each other and their converge back on the line', () => {
    const { location } = layoutTree(draw('S>p1 p1>a1 p1>a2 p1>a3 a1>v1 a2>v1 a3>v1 v1>E'));

    const y = Object.fromEntries(location.map((place) => [place.id, place.y]));
    expect([y.a2! - y.a1!, y.a3! - y.a2!]).toEqual([100, 100]);
    expect(y.v1).toBe(y.p1);
  });

  it('leads flows back over the top', () => {
    const { line } = layoutTree(draw('S>a1 a1>x1 x1>a1 x1>E'));

    expect(line[2]).toMatchObject({ source: { id: 'x1', arrow: 'Top' }, target: { id: 'a1', arrow: 'Top' } });
  });

  it('stays on the canvas and puts no element on another', () => {
    fc.assert(
      fc.property(validTrees, ({ tree }) => {
        const { location, line } = layoutTree(tree);

        expect(new Set(location.map(({ x, y }) => `${x} ${y}`)).size).toBe(location.length);
        expect(location.every(({ x, y }) => x >= 0 && x + 150 <= 1300 && y >= 0)).toBe(true);
        expect(line).toHaveLength(Object.keys(tree.flows).length);
      }),
      { numRuns: 100 },
    );
  });
});
