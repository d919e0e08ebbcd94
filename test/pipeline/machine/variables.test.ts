import type { TreeSketch } from '../../support/trees';
import { did, OK, simulate } from './support';

describe('changed constants', () => {
  it('hold for the whole task when they are set before it starts', () => {
    const simulation = simulate({ ...line({ a: '${k}' }), constants: { k: { value: 'old' } }, outputs: ['${k}'] });
    did(simulation, { action: 'set_constants', constants: { k: { list: [1] } } });

    simulation.start().endPlugin('n', OK);

    expect(simulation.ran[0]?.inputs.a).toEqual({ list: [1] });
    expect(simulation.state.outputs).toEqual({ '${k}': { list: [1] } });
  });

  it('are seen by constants that refer to them, and by the nodes that follow', () => {
    const simulation = simulate({
      chains: ['S n m E'],
      activities: { n: { code: 'work', inputs: { a: '${r}' } }, m: { code: 'work', inputs: { a: '${r}' } } },
      constants: { k: { value: 'old' }, r: { value: '<${k}>' } },
    }).start();
    did(simulation, { action: 'pause' }).endPlugin('n', OK);
    did(simulation, { action: 'set_constants', constants: { k: 'new' } });

    did(simulation, { action: 'resume' });

    expect(simulation.ran.map(({ inputs }) => inputs.a)).toEqual(['<old>', '<new>']);
  });

  it('may refer to others, and keep their type', () => {
    const simulation = simulate({ ...line({ a: '${k}' }), constants: { k: { value: '' }, x: { value: 'X' } } });

    did(simulation, { action: 'set_constants', constants: { k: '${x}' } }).start();

    expect(simulation.ran[0]?.inputs.a).toBe('X');
    const typed = simulate({ ...line({ a: '${k}' }), constants: { k: { value: '', custom_type: 'select' } } });
    did(typed, { action: 'set_constants', constants: { k: ['a', 'b'] } }).start();
    expect(typed.ran[0]?.inputs.a).toBe('a,b');
  });

  it('are refused where a node or the start has set them', () => {
    const simulation = simulate({
      ...line({ a: '${k}' }),
      constants: {
        o: { source_type: 'component_outputs', source_info: { n: ['x'] } },
        f: { value: '${k}', pre_render_mako: true },
        k: { value: 'K' },
      },
    }).start();
    simulation.operate({ action: 'pause' });

    expect(simulation.operate({ action: 'set_constants', constants: { k: 1, o: 2, f: 3 } })).toEqual({
      kind: 'invalid',
      message: 'constants that cannot be changed: o, f',
    });
  });
});

describe('a constant with pre_render_mako', () => {
  const tree = (pre_render_mako: boolean): TreeSketch => ({
    chains: ['S n m E'],
    activities: { n: { code: 'work', inputs: { a: '${r}' } }, m: { code: 'work', inputs: { a: '${r}' } } },
    constants: { r: { value: '${k}-${k}', pre_render_mako }, k: { value: '${f}' }, f: { value: 'old' } },
  });

  it.each([
    ['is resolved once, when the task starts', true, ['old-old', 'old-old']],
    ['without it, is resolved on every use', false, ['old-old', 'new-new']],
  ])('%s', (_name, isFrozen, seen) => {
    const simulation = simulate(tree(isFrozen)).start();
    did(simulation, { action: 'pause' });
    did(simulation, { action: 'set_constants', constants: { f: 'new' } });

    did(simulation.endPlugin('n', OK), { action: 'resume' });

    expect(simulation.ran.map(({ inputs }) => inputs.a)).toEqual(seen);
  });
});

describe('outputs of a node', () => {
  it('are unknown to the nodes before it, and keep the text of the reference', () => {
    const simulation = simulate({
      chains: ['S n m E'],
      activities: {
        n: { code: 'work', inputs: { a: 'before ${out}' } },
        m: { code: 'work', inputs: { a: '${out}' } },
      },
      constants: { out: { source_type: 'component_outputs', source_info: { n: ['x'] } } },
    }).start();

    simulation.endPlugin('n', { ok: true, outputs: { x: [1, 2] } });

    expect(simulation.ran.map(({ inputs }) => inputs.a)).toEqual(['before ${out}', [1, 2]]);
    expect(simulation.ran[0]?.wantedOutputs).toEqual(['x']);
  });

  it('leave a variable as it is when they do not have its field', () => {
    const simulation = simulate({
      ...line({}),
      constants: {
        out: { source_type: 'component_outputs', source_info: { n: ['x'] } },
        inherited: { source_type: 'component_outputs', source_info: { n: ['constructor'] } },
      },
      outputs: ['${out}', '${inherited}'],
    }).start();

    simulation.endPlugin('n', OK);

    expect(simulation.state.outputs).toEqual({ '${out}': '${out}', '${inherited}': '${inherited}' });
  });
});

describe('a callback', () => {
  it('ends its node with the data as an output', () => {
    const simulation = simulate(confirmation()).start();
    expect(simulation.rows.get('n')?.waitingFor).toBe('a callback');

    did(simulation, { action: 'callback', node: 'n', data: { ok: 1 } });

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', outputs: { callback_data: { ok: 1 } } });
    expect(simulation.state.outputs).toEqual({ '${data}': { ok: 1 } });
  });

  it('that comes before its node waits is kept for it', () => {
    const simulation = simulate(confirmation());
    did(simulation, { action: 'callback', node: 'n', data: 'early' }).start();

    expect(simulation.state.outputs).toEqual({ '${data}': 'early' });
    expect(simulation.state.callbacks).toEqual({});
    const { status, waitingFor } = simulation.rows.get('n')!;
    expect([status, waitingFor]).toEqual(['FINISHED', undefined]);
  });

  it('that is kept may be null', () => {
    const simulation = simulate(confirmation());

    did(simulation, { action: 'callback', node: 'n', data: null }).start();

    expect(simulation.ended).toBe('FINISHED');
  });

  it('ends one wait only', () => {
    const simulation = simulate({
      chains: ['S n x E', 'x n'],
      activities: { n: { code: 'pause_node' } },
      gateways: {
        x: {
          type: 'ExclusiveGateway',
          conditions: { x_n: { evaluate: '${l} < 2' }, x_E: { evaluate: '${l} >= 2' } },
        },
      },
      constants: { l: { source_type: 'component_outputs', source_info: { n: ['_loop'] } } },
    });
    did(simulation, { action: 'callback', node: 'n', data: null }).start();
    expect(simulation.rows.get('n')).toMatchObject({ status: 'RUNNING', loop: 2 });

    did(simulation, { action: 'callback', node: 'n', data: null });

    expect(simulation.ended).toBe('FINISHED');
  });
});

function line(inputs: Record<string, string>): TreeSketch {
  return { chains: ['S n E'], activities: { n: { code: 'work', inputs } } };
}

function confirmation(): TreeSketch {
  return {
    chains: ['S n E'],
    activities: { n: { code: 'pause_node' } },
    constants: { data: { source_type: 'component_outputs', source_info: { n: ['callback_data'] } } },
    outputs: ['${data}'],
  };
}
