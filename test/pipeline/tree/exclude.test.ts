import fc from 'fast-check';
import { ExclusionError, excludeNodes } from '../../../pipeline/tree/exclude';
import { canonicaliseTree, normaliseTree } from '../../../pipeline/tree/normalise';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateTree } from '../../../pipeline/tree/validate';
import { sketch, type TreeSketch } from '../../support/trees';
import { validTrees } from './arbitrary-trees';
import { draw } from './draw';

const OPTIONAL = { optional: true };

function canonical(drawing: TreeSketch): PipelineTree {
  const normal = normaliseTree(sketch(drawing)) as PipelineTree;
  const { problems, converge } = validateTree(normal);
  expect(problems).toEqual([]);
  return canonicaliseTree(normal, converge);
}

/** Every flow as `source>target`, sorted; checked to agree with the nodes. */
function edges(tree: PipelineTree): string[] {
  const { problems } = validateTree(tree);
  expect(problems).toEqual([]);
  return Object.values(tree.flows)
    .map(({ source, target }) => `${source}>${target}`)
    .sort();
}

describe('leaving nodes out', () => {
  it('leads what led to a node to what came after it', () => {
    const tree = canonical({ chains: ['S a b c E'], activities: { b: OPTIONAL } });

    const left = excludeNodes(tree, ['b']);

    expect(edges(left)).toEqual(['S>a', 'a>c', 'c>E']);
    expect(left.activities.c!.incoming).toEqual(['a_b']);
    expect(tree.activities.b).toBeDefined();
  });

  it('takes out a whole run of nodes, up to the end', () => {
    const tree = canonical({ chains: ['S a b c E'], activities: { b: OPTIONAL, c: OPTIONAL } });

    const left = excludeNodes(tree, ['c', 'b', 'c']);

    expect(edges(left)).toEqual(['S>a', 'a>E']);
    expect(left.end_event.incoming).toEqual(['a_b']);
  });

  it('keeps the conditions of a branch whose first node goes', () => {
    const tree = canonical({
      chains: ['S x a v E', 'x b v'],
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_a: { evaluate: '1 == 1' }, x_b: { evaluate: '1 == 2' } },
        },
        v: { type: 'ConvergeGateway' },
      },
      activities: { a: OPTIONAL },
    });

    const left = excludeNodes(tree, ['a']);

    expect(edges(left)).toEqual(['S>x', 'b>v', 'v>E', 'x>b', 'x>v']);
    expect(left.gateways.x!.conditions).toEqual(tree.gateways.x!.conditions);
    expect(left.gateways.v!.incoming).toEqual(['x_a', 'b_v']);
  });

  it('drops the empty branch of a parallel gateway, not of a conditional one', () => {
    const drawing = (type: 'ParallelGateway' | 'ConditionalParallelGateway'): TreeSketch => ({
      chains: ['S p a v E', 'p b v'],
      gateways: {
        p: {
          type,
          ...(type === 'ParallelGateway'
            ? {}
            : { conditions: { p_a: { evaluate: '1 == 1' }, p_b: { evaluate: '1 == 1' } } }),
        },
        v: { type: 'ConvergeGateway' },
      },
      activities: { a: OPTIONAL },
    });

    const parallel = excludeNodes(canonical(drawing('ParallelGateway')), ['a']);
    const conditional = excludeNodes(canonical(drawing('ConditionalParallelGateway')), ['a']);

    expect(edges(parallel)).toEqual(['S>p', 'b>v', 'p>b', 'v>E']);
    expect(parallel.gateways.p!.outgoing).toEqual(['p_b']);
    expect(edges(conditional)).toEqual(['S>p', 'b>v', 'p>b', 'p>v', 'v>E']);
  });

  it('takes a parallel block out when nothing is left in it, and the block around it too', () => {
    const tree = canonical({
      chains: ['S first p q a w v last E', 'q b w', 'p c v'],
      gateways: {
        p: { type: 'ParallelGateway' },
        q: { type: 'ParallelGateway' },
        w: { type: 'ConvergeGateway' },
        v: { type: 'ConvergeGateway' },
      },
      activities: { a: OPTIONAL, b: OPTIONAL, c: OPTIONAL },
    });

    expect(edges(excludeNodes(tree, ['a', 'b']))).toEqual(
      ['S>first', 'first>p', 'p>c', 'c>v', 'v>last', 'last>E'].sort(),
    );
    const left = excludeNodes(tree, ['a', 'b', 'c']);
    expect(edges(left)).toEqual(['S>first', 'first>last', 'last>E']);
    expect(left.gateways).toEqual({});
  });

  it('leads the other ways into a converge past it when its parallel gateway goes', () => {
    // The exclusive gateway shares the converge of the parallel one inside it.
    const tree = canonical({
      chains: ['S x p a v last E', 'p b v', 'x c v'],
      gateways: {
        x: { type: 'ExclusiveGateway', conditions: { x_p: { evaluate: '1 == 1' }, x_c: { evaluate: '1 == 2' } } },
        p: { type: 'ParallelGateway' },
        v: { type: 'ConvergeGateway' },
      },
      activities: { a: OPTIONAL, b: OPTIONAL },
    });

    const left = excludeNodes(tree, ['a', 'b']);

    expect(edges(left)).toEqual(['S>x', 'c>last', 'last>E', 'x>c', 'x>last']);
    expect(left.activities.last!.incoming).toEqual(['x_p', 'c_v']);
  });

  it('lets the drawing follow', () => {
    const tree = canonical({ chains: ['S a b E'], activities: { a: OPTIONAL } });
    tree.location = ['S', 'a', 'b', 'E'].map((id) => ({ id, type: 'tasknode', x: 0, y: 0 }));
    tree.line = Object.values(tree.flows).map(({ id, source, target }) => ({
      id,
      source: { id: source, arrow: 'Right' },
      target: { id: target, arrow: 'Left' },
    }));

    const { location, line } = excludeNodes(tree, ['a']);

    expect(location!.map(({ id }) => id)).toEqual(['S', 'b', 'E']);
    expect(line!.map(({ source, target }) => [source.id, target.id])).toEqual([
      ['S', 'b'],
      ['b', 'E'],
    ]);
  });

  it('names every node that cannot be left out', () => {
    const tree = canonical({ chains: ['S a b E'], activities: { a: OPTIONAL } });

    const attempt = () => excludeNodes(tree, ['a', 'b', 'constructor']);

    expect(attempt).toThrow(ExclusionError);
    expect(attempt).toThrow(
      'task node[id=b] is not optional\ntask node[id=constructor] is not in template pipeline tree',
    );
  });

  it('leaves a tree that leads from start to end to validation', () => {
    const tree = canonical({ chains: ['S a E'], activities: { a: OPTIONAL } });

    const left = excludeNodes(tree, ['a']);

    expect(validateTree(left).problems).toMatchObject([{ kind: 'connection', nodeId: 'S' }]);
  });

  it('leaves a valid tree of any blocks in blocks, unless nothing is left', () => {
    const picked = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(validTrees, picked, ({ tree }, picks) => {
        const source = optionalOf(tree);
        const ids = Object.keys(source.activities).filter(() => picks.next().value);

        const left = excludeNodes(source, ids);

        const { problems } = validateTree(left);
        const isEmpty = left.flows[[left.start_event.outgoing].flat()[0]!]!.target === left.end_event.id;
        expect(problems.length > 0).toBe(isEmpty);
        expect(Object.keys(left.activities)).toEqual(Object.keys(source.activities).filter((id) => !ids.includes(id)));
      }),
      { numRuns: 50 },
    );
  });

  it('takes no longer than a moment for a large tree', () => {
    const count = 1000;
    const numbers = Array.from({ length: count }, (_, place) => place);
    const nested = draw(
      [
        'S>p0',
        ...numbers.flatMap((i) => [`p${i}>a${i}`, `a${i}>v${i}`, `p${i}>p${i + 1}`, `v${i + 1}>v${i}`]),
        `p${count}>b0`,
        `b0>v${count}`,
        'v0>E',
      ].join(' '),
    );
    const source = optionalOf(nested);

    const left = excludeNodes(source, Object.keys(source.activities));

    expect(left.gateways).toEqual({});
    expect(Object.keys(left.flows)).toHaveLength(1);
  }, 10_000);
});

/** The canonical tree with every activity optional. */
function optionalOf(tree: PipelineTree): PipelineTree {
  const normal = normaliseTree(tree) as PipelineTree;
  const copy = canonicaliseTree(normal, validateTree(normal).converge);
  for (const activity of Object.values(copy.activities)) activity.optional = true;
  return copy;
}
