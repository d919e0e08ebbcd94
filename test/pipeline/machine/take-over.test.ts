import { planAgain, type Stand } from '../../../pipeline/again';
import { createState, type TakenNode } from '../../../pipeline/machine';
import { testCatalog } from '../../support/catalog';
import { CONTEXT, Simulation } from '../../support/simulation';
import { compileTree, sketch, type TreeSketch } from '../../support/trees';
import { did, FAILED, OK } from './support';

const LINE: TreeSketch = {
  chains: ['S a b c E'],
  constants: { told: { source_type: 'component_outputs', source_info: { a: ['said'] } } } as never,
  activities: { a: { code: 'work' }, b: { code: 'work' }, c: { code: 'work', inputs: { text: '${told}' } } },
};
const FORK: TreeSketch = {
  chains: ['S p x1 x2 j e E', 'p y1 j'],
  gateways: { p: { type: 'ParallelGateway' }, j: { type: 'ConvergeGateway' } },
};

function programOf(tree: TreeSketch) {
  return compileTree(sketch(tree), { catalog: testCatalog });
}

const finished = (...ids: string[]) => new Map<string, Stand>(ids.map((id) => [id, { status: 'FINISHED', loop: 1 }]));
const HOW = { isFinished: false, hasNamedHosts: false };

/** Starts a task that has taken nodes over, by id. */
function goOn(tree: TreeSketch, taken: Record<string, TakenNode>) {
  const program = programOf(tree);
  const index = (id: string) => program.nodes.findIndex((node) => node.id === id);
  const nodes = Object.fromEntries(Object.entries(taken).map(([id, node]) => [index(id), node]));
  const state = { ...createState(program, CONTEXT), taken: { nodes } };
  return new Simulation(program, { state }).start();
}

describe('what a task takes over', () => {
  it('is not run, hands on its outputs, and stands in the rows as it ended', () => {
    const simulation = goOn(LINE, {
      a: { outputs: { said: 'hello', _result: true, _again_of: 7 }, startedAt: 5 },
      b: { outputs: { _result: false }, skip: true },
    });

    expect(simulation.ran.map(({ nodeId, inputs }) => [nodeId, inputs.text])).toEqual([['c', 'hello']]);
    expect(simulation.rows.get('a')).toMatchObject({
      status: 'FINISHED',
      startedAt: 5,
      outputs: { said: 'hello', _again_of: 7 },
    });
    expect(simulation.rows.get('b')).toMatchObject({ status: 'FINISHED', skip: true });
    simulation.endPlugin('c', OK);
    expect(simulation.ended).toBe('FINISHED');
    expect(simulation.state.taken).toBeUndefined();
  });

  it('counts no more once something runs that comes before it', () => {
    const simulation = goOn(LINE, { b: { outputs: {} } });
    expect(simulation.ran.map(({ nodeId }) => nodeId)).toEqual(['a']);

    simulation.endPlugin('a', OK);
    expect(simulation.ran.map(({ nodeId }) => nodeId)).toEqual(['a', 'b']);
  });

  it('waits while the task is paused, as a node that runs would', () => {
    const program = programOf(LINE);
    const a = program.nodes.findIndex(({ id }) => id === 'a');
    const state = { ...createState(program, CONTEXT), taken: { nodes: { [a]: { outputs: {} } } } };
    const simulation = new Simulation(program, { state });
    did(simulation, { action: 'pause' });
    simulation.start();
    expect(simulation.rows.has('a')).toBe(false);

    did(simulation, { action: 'resume' });
    expect(simulation.rows.get('a')).toMatchObject({ status: 'FINISHED' });
  });

  it('leaves a node that runs to be retried as ever', () => {
    const simulation = goOn(LINE, { a: { outputs: {} } }).endPlugin('b', FAILED);
    did(simulation, { action: 'retry', node: 'b' });

    expect(simulation.ran.map(({ nodeId, attempt }) => [nodeId, attempt])).toEqual([
      ['b', 1],
      ['b', 2],
    ]);
  });
});

describe('what another task can take over', () => {
  const idsOf = (tree: TreeSketch, plan: ReturnType<typeof planAgain>) =>
    'problem' in plan ? plan.problem : plan.taken.map((index) => programOf(tree).nodes[index]!.id);
  const plan = (tree: TreeSketch, stands: Map<string, Stand>, how: object = {}) =>
    planAgain(programOf(tree), stands, { ...HOW, ...how });

  it('is every activity that has finished, in all branches', () => {
    const stands = finished('x1', 'y1').set('x2', { status: 'FAILED', loop: 1 });

    expect(idsOf(FORK, plan(FORK, stands))).toEqual(['x1', 'y1']);
  });

  it('is nothing that may come after the node that one begins from', () => {
    const stands = finished('x1', 'x2', 'y1', 'e');

    expect(idsOf(FORK, plan(FORK, stands, { from: 'x2' }))).toEqual(['x1', 'y1']);
    expect(idsOf(FORK, plan(FORK, stands, { from: 'e' }))).toEqual(['x1', 'x2', 'y1']);
  });

  it.each<[string, Map<string, Stand>, object, object]>([
    ['a node that there is not', finished('a'), { from: 'z' }, { kind: 'not_found' }],
    ['a node that was not reached', finished('a'), { from: 'c' }, { kind: 'invalid', field: 'from' }],
    [
      'a finished task without a node',
      finished('a', 'b', 'c'),
      { isFinished: true },
      { kind: 'invalid', field: 'from' },
    ],
    ['a node in a loop', new Map([['a', { status: 'FINISHED', loop: 2 }]]), {}, { kind: 'refused' }],
    ['ids of hosts for no node', finished('a'), { hasNamedHosts: true }, { kind: 'invalid', field: 'hosts' }],
  ])('is refused for %s', (_name, stands, how, problem) => {
    expect(plan(LINE, stands, how)).toMatchObject({ problem });
  });
});
