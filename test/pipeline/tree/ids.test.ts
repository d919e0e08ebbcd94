import fc from 'fast-check';
import { replaceIds } from '../../../pipeline/tree/ids';
import { layoutTree } from '../../../pipeline/tree/layout';
import { canonicaliseTree, normaliseTree } from '../../../pipeline/tree/normalise';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateTree } from '../../../pipeline/tree/validate';
import { validTrees } from './arbitrary-trees';
import { draw, nest } from './draw';

type Loose = ReturnType<typeof JSON.parse>;

function counter(): (kind: 'node' | 'flow') => string {
  let count = 0;
  return (kind) => `${kind}_${++count}`;
}

/** What the caller does before ids are replaced. */
function prepare(input: unknown): PipelineTree {
  const tree = normaliseTree(input) as PipelineTree;
  const { problems, converge } = validateTree(tree);
  expect(problems).toEqual([]);
  const canonical = canonicaliseTree(tree, converge);
  return { ...canonical, ...layoutTree(canonical) };
}

function replaced(tree: PipelineTree): { tree: PipelineTree; ids: Record<string, string> } {
  const { tree: fresh, ids } = replaceIds(tree, counter());
  return { tree: fresh, ids: Object.fromEntries(ids) };
}

describe('replaceIds', () => {
  it('lets everything that refers to an id follow', () => {
    const source: Loose = draw('S>a1 a1>x1 x1>a2 x1>v1 a2>v1 v1>E');
    source.gateways.x1.default_condition = { flow_id: 'f3', name: 'else' };
    delete source.gateways.x1.conditions.f3;
    source.constants['${o}'] = { key: '${o}', source_type: 'component_outputs', source_info: { a1: ['out'] } };
    source.labels = { a1: ['l'] };

    const { tree, ids } = replaced(prepare(source));

    const { a1, a2, x1, v1, f1, f2, f3 } = ids;
    expect(Object.keys(tree.activities)).toEqual([a1, a2]);
    expect(tree.flows[f1!]).toMatchObject({ id: f1, source: a1, target: x1 });
    expect(tree.gateways[x1!]).toMatchObject({
      id: x1,
      incoming: [f1],
      outgoing: [f2, f3],
      conditions: { [f2!]: { name: 'f2' } },
      default_condition: { flow_id: f3, name: 'else' },
      converge_gateway_id: v1,
    });
    expect(tree.constants['${o}']!.source_info).toEqual({ [a1!]: ['out'] });
    expect(tree.activities[a1!]).toMatchObject({ id: a1, template_node_id: 'a1' });
    expect(tree.location!.map(({ id }) => id).sort()).toEqual([ids.S, ids.E, a1, a2, x1, v1].sort());
    expect(tree.line).toContainEqual({
      id: f1,
      source: { id: a1, arrow: 'Right' },
      target: { id: x1, arrow: 'Left' },
    });
    expect((tree as Loose).labels).toEqual({ [a1!]: ['l'] });
  });

  it('leaves the ids inside plugin inputs alone', () => {
    const source: Loose = draw('S>a1 a1>E');
    source.activities.a1.component.data.a1 = { hook: false, value: { node: 'a1', flow: 'f0' } };

    const { tree, ids } = replaced(prepare(source));

    expect((tree.activities[ids.a1!] as Loose).component).toEqual(source.activities.a1.component);
  });

  it('drops what names nodes that were deleted', () => {
    const source = prepare(draw('S>a1 a1>E'));
    source.constants['${k}'] = { key: '${k}', source_info: { a1: ['x'], gone: ['y'] } };
    source.location!.push({ id: 'gone', type: 'tasknode', x: 0, y: 0 });

    const { tree, ids } = replaced(source);

    expect(tree.constants['${k}']!.source_info).toEqual({ [ids.a1!]: ['x'] });
    expect(tree.location).toHaveLength(3);
  });

  it('gives a template that was unfolded twice different ids', () => {
    const inner = draw('S>b1 b1>E');
    const source = nest(nest(draw('S>a1 a1>a2 a2>E'), 'a1', inner), 'a2', inner);

    const { tree, ids } = replaced(prepare(source));

    const [one, two] = [ids.a1!, ids.a2!].map((id) => (tree.activities[id] as Loose).pipeline);
    expect([one.id, two.id]).toEqual([ids.a1, ids.a2]);
    expect(Object.keys(one.activities)).not.toEqual(Object.keys(two.activities));
    expect(Object.values<Loose>(one.activities)[0].template_node_id).toBe('b1');
    expect(validateTree(tree).problems).toEqual([]);
  });

  it('does not change the tree that it is given', () => {
    const source = prepare(nest(draw('S>a1 a1>x1 x1>E'), 'a1', draw('S>b1 b1>E')));
    const before = JSON.stringify(source);

    replaceIds(source, counter());

    expect(JSON.stringify(source)).toBe(before);
  });

  it('names each thing once, keeps the shape, and can be undone', () => {
    fc.assert(
      fc.property(validTrees, ({ tree }) => {
        const source = prepare(tree);
        const { tree: fresh, ids } = replaced(source);

        expect(new Set(Object.values(ids)).size).toBe(Object.keys(ids).length);
        expect(validateTree(fresh).problems).toEqual([]);
        const back = new Map(Object.entries(ids).map(([old, fresh]) => [fresh, old]));
        const { tree: undone } = replaceIds(fresh, nextOf(fresh, back));
        expect({ ...undone, id: source.id }).toEqual(source);
      }),
      { numRuns: 100 },
    );
  });
});

/** Hands out the old ids in the order in which they are asked for: the tree's, its nodes', its flows'. */
function nextOf(tree: PipelineTree, back: ReadonlyMap<string, string>): () => string {
  const asked = [
    tree.start_event.id,
    tree.end_event.id,
    ...Object.keys(tree.activities),
    ...Object.keys(tree.gateways),
    ...Object.keys(tree.flows),
  ];
  const answers = ['root', ...asked.map((id) => back.get(id)!)];
  return () => answers.shift()!;
}
