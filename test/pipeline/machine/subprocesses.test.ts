import type { TreeSketch } from '../../support/trees';
import { did, FAILED, OK, oneByOne, simulate, statuses, subprocess } from './support';

describe('a subprocess', () => {
  it('gets its shown constants as parameters, rendered in the parent, and nothing else of the parent', () => {
    const pipeline: TreeSketch = {
      chains: ['S i E'],
      activities: { i: { code: 'work', inputs: { a: '${p}', b: '${hidden}', c: '${k}', d: '${_system.task_id}' } } },
      constants: {
        p: { value: '<${k}>' },
        hidden: { value: 'own', show_type: 'hide' },
      },
    };
    const simulation = simulate({ ...around(pipeline), constants: { k: { value: 7 } } }).start();

    expect(simulation.ran[0]?.inputs).toMatchObject({ a: '<7>', b: 'own', c: '${k}', d: '1' });
    expect(simulation.rows.get('n')).toMatchObject({ status: 'RUNNING', inputs: { '${p}': '<7>' } });
  });

  it('that shows FAILED says at a retry or a skip which node inside it is', () => {
    const deepest: TreeSketch = { chains: ['S x E'], activities: { x: { code: 'work', name: 'copy files' } } };
    const inner: TreeSketch = {
      chains: ['S p y v E', 'p m v', 'p z v'],
      activities: { y: { code: 'work' }, z: { code: 'pause_node' }, m: subprocess(deepest, 'm_') },
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
    };
    const simulation = simulate(around(inner), { work: oneByOne(FAILED, FAILED) }).start();

    expect(simulation.operate({ action: 'retry', node: 'n' })).toEqual({
      kind: 'wrong_state',
      message:
        'node n state is not FAILED, actual RUNNING; it shows FAILED because of node y (y), x (copy files) inside: retry that',
    });
    expect(simulation.operate({ action: 'skip', node: 'm' })?.message).toContain(
      'because of node x (copy files) inside',
    );
    did(simulation, { action: 'pause_subproc', node: 'n' });
    expect(simulation.operate({ action: 'retry', node: 'n' })?.message).toContain('node y (y), x (copy files)');
    for (const node of ['x', 'y']) did(simulation, { action: 'skip', node });
    expect(simulation.operate({ action: 'retry', node: 'n' })?.message).toBe(
      'node n state is not FAILED, actual SUSPENDED',
    );
  });

  it('hands its outputs to the parent at its end', () => {
    const pipeline: TreeSketch = {
      chains: ['S i E'],
      activities: { i: { code: 'work' } },
      constants: { z: { source_type: 'component_outputs', source_info: { i: ['value'] } } },
      outputs: ['${z}'],
    };
    const simulation = simulate({
      ...around(pipeline),
      constants: { got: { source_type: 'component_outputs', source_info: { n: ['${z}'] } } },
      outputs: ['${got}'],
    }).start();
    expect(statuses(simulation, 'n')).toEqual({ n: 'RUNNING' });

    simulation.endPlugin('i', { ok: true, outputs: { value: 5 } });

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', outputs: { '${z}': 5, _loop: 1 } });
    expect(simulation.state.outputs).toEqual({ '${got}': 5 });
  });

  it('begins afresh on every entry: its values, its inner rounds, but not its loop counts', () => {
    const pipeline: TreeSketch = {
      chains: ['S i E'],
      activities: { i: { code: 'work', inputs: { before: '${z}' } } },
      constants: { z: { source_type: 'component_outputs', source_info: { i: ['value'] } } },
    };
    const simulation = simulate(
      {
        ...around(pipeline),
        chains: ['S n x E', 'x n'],
        gateways: {
          x: {
            type: 'ExclusiveGateway',
            conditions: { x_n: { evaluate: '${l} < 3' }, x_E: { evaluate: '${l} == 3' } },
          },
        },
        constants: { l: { source_type: 'component_outputs', source_info: { n: ['_loop'] } } },
      },
      { work: ({ loop }) => ({ ok: true, outputs: { value: loop } }), rerunLimit: 10 },
    ).start();

    expect(simulation.ran.map(({ loop, innerLoop, inputs }) => [loop, innerLoop, inputs.before])).toEqual([
      [1, 1, '${z}'],
      [2, 1, '${z}'],
      [3, 1, '${z}'],
    ]);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', loop: 3 });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('is exempt from the rerun limit itself; its nodes are not', () => {
    const pipeline: TreeSketch = { chains: ['S i E'], activities: { i: { code: 'work' } } };
    const simulation = simulate(
      {
        ...around(pipeline),
        chains: ['S n x E', 'x n'],
        gateways: {
          x: { type: 'ExclusiveGateway', conditions: { x_n: { evaluate: '1 == 1' }, x_E: { evaluate: '1 == 2' } } },
        },
      },
      { work: () => OK, rerunLimit: 1 },
    ).start();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'RUNNING', loop: 3 });
    expect(simulation.rows.get('n_S')).toMatchObject({ status: 'FAILED', loop: 2 });
  });

  it('shows the task FAILED when a node deep inside has failed', () => {
    const inner = { chains: ['S i E'], activities: { i: { code: 'work' } } };
    const outer = { chains: ['S m E'], activities: { m: subprocess(inner, 'm_') } };
    const simulation = simulate(around(outer), { work: oneByOne(FAILED) }).start();

    expect(simulation.state.shown).toBe('FAILED');
    expect(statuses(simulation, 'n', 'm', 'i')).toEqual({ n: 'RUNNING', m: 'RUNNING', i: 'FAILED' });
    did(simulation, { action: 'skip', node: 'i' });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('that is paused shows so, whatever has failed in it', () => {
    const pipeline = { chains: ['S i E'], activities: { i: { code: 'work' } } };
    const simulation = simulate(around(pipeline)).start();

    did(simulation, { action: 'pause_subproc', node: 'n' }).endPlugin('i', FAILED);

    expect(simulation.state.shown).toBe('NODE_SUSPENDED');
    did(simulation, { action: 'resume_subproc', node: 'n' });
    expect(simulation.state.shown).toBe('FAILED');
  });

  it('that is over does not show nodes that were paused in it and never reached', () => {
    const pipeline: TreeSketch = {
      chains: ['S x', 'x i C', 'x j C', 'C E'],
      activities: { i: { code: 'work' } },
      gateways: {
        x: { type: 'ExclusiveGateway', conditions: { x_i: { evaluate: '1 == 1' }, x_j: { evaluate: '1 == 2' } } },
        C: { type: 'ConvergeGateway' },
      },
    };
    const simulation = simulate({
      chains: ['S n after E'],
      activities: { n: subprocess(pipeline), after: { code: 'work' } },
    }).start();
    did(simulation, { action: 'pause_node', node: 'j' });
    expect(simulation.state.shown).toBe('NODE_SUSPENDED');

    simulation.endPlugin('i', OK);

    expect(statuses(simulation, 'n', 'j')).toEqual({ n: 'FINISHED', j: 'SUSPENDED' });
    expect(simulation.state.shown).toBe('RUNNING');
  });

  it('lets running nodes end while it is paused, and starts no other', () => {
    const pipeline: TreeSketch = {
      chains: ['S i j E'],
      activities: { i: { code: 'work' }, j: { code: 'work' } },
    };
    const simulation = simulate(around(pipeline)).start();

    did(simulation, { action: 'pause_subproc', node: 'n' }).endPlugin('i', OK);

    expect(simulation.state.shown).toBe('NODE_SUSPENDED');
    expect(statuses(simulation, 'n', 'i', 'j')).toEqual({ n: 'SUSPENDED', i: 'FINISHED' });
    did(simulation, { action: 'resume_subproc', node: 'n' });
    expect(statuses(simulation, 'n', 'j')).toEqual({ n: 'RUNNING', j: 'RUNNING' });
  });

  it('stays paused when the task is paused and resumed around it', () => {
    const pipeline: TreeSketch = { chains: ['S i j E'], activities: { i: { code: 'work' }, j: { code: 'work' } } };
    const simulation = simulate(around(pipeline)).start();
    did(simulation, { action: 'pause_subproc', node: 'n' });
    did(simulation, { action: 'pause' });

    did(simulation, { action: 'resume' }).endPlugin('i', OK);

    expect(statuses(simulation, 'n', 'j')).toEqual({ n: 'SUSPENDED' });
  });

  it('keeps the first round of a node that was paused before the subprocess began', () => {
    const pipeline: TreeSketch = { chains: ['S i E'], activities: { i: { code: 'work' } } };
    const simulation = simulate(around(pipeline));
    did(simulation, { action: 'pause_node', node: 'i' }).start();

    did(simulation, { action: 'resume_node', node: 'i' });

    expect(simulation.ran).toMatchObject([{ loop: 1, innerLoop: 1 }]);
  });
});

/** A task of one subprocess, `n`. */
function around(pipeline: TreeSketch): TreeSketch {
  return { chains: ['S n E'], activities: { n: subprocess(pipeline) } };
}
