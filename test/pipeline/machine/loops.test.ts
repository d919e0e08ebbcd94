import type { TreeSketch } from '../../support/trees';
import { did, FAILED, OK, oneByOne, runs, simulate } from './support';

const THREE_TIMES = { enable: true, loop_times: 3 };

describe('a node loop', () => {
  it('runs the node as many times and collects the outputs of every round', () => {
    const simulation = simulate(
      { ...one({ loop_config: THREE_TIMES }), outputs: ['${outputs}'] },
      { work: ({ innerLoop }) => ({ ok: true, outputs: { n: innerLoop * 10 } }) },
    ).start();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1', 'n 3.1']);
    expect(simulation.state.outputs?.['${outputs}']).toEqual([
      { n: 10, _result: true, _loop: 1, _inner_loop: 1, result: true, inner_loop: 1 },
      { n: 20, _result: true, _loop: 2, _inner_loop: 2, result: true, inner_loop: 2 },
      { n: 30, _result: true, _loop: 3, _inner_loop: 3, result: true, inner_loop: 3 },
    ]);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', loop: 3, retry: 0 });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('collects under the name that it is given', () => {
    const tree = one({ loop_config: { ...THREE_TIMES, loop_times: 1, outputs_key: '${all}' } });
    const simulation = simulate({ ...tree, outputs: ['${all}'] }, { work: () => OK }).start();

    expect(simulation.state.outputs?.['${all}']).toHaveLength(1);
  });

  it('stops at a failure', () => {
    const simulation = simulate(one({ loop_config: THREE_TIMES }), { work: oneByOne(OK, FAILED) }).start();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1']);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', loop: 2 });
  });

  it('goes on after a failure with fail_skip, also after the last round', () => {
    const simulation = simulate(
      { ...one({ loop_config: { ...THREE_TIMES, fail_skip: true } }), outputs: ['${outputs}'] },
      { work: oneByOne(OK, FAILED, FAILED) },
    ).start();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1', 'n 3.1']);
    expect(simulation.state.outputs?.['${outputs}']).toMatchObject([
      { result: true },
      { result: false },
      { result: false },
    ]);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', errorIgnored: true });
    // The plugin's activity records the end of an attempt: it has to know.
    expect(simulation.ran.map(({ ignoreFailure }) => ignoreFailure)).toEqual([true, true, true]);
    expect(simulation.ended).toBe('FINISHED');
  });

  it('is over at a failure that is ignored', () => {
    const tree = one({ loop_config: { ...THREE_TIMES, fail_skip: true }, error_ignorable: true });
    const simulation = simulate(tree, { work: oneByOne(OK, FAILED) }).start();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1']);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', loop: 2, errorIgnored: true });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('begins again at a retry, with an empty list', () => {
    const simulation = simulate(
      { ...one({ loop_config: THREE_TIMES }), outputs: ['${outputs}'] },
      { work: oneByOne(OK, FAILED, OK, OK, OK) },
    ).start();

    did(simulation, { action: 'retry', node: 'n' });

    expect(simulation.ran.map(({ loop, attempt, innerLoop }) => [loop, attempt, innerLoop])).toEqual([
      [1, 1, 1],
      [2, 1, 2],
      [2, 2, 1],
      [3, 1, 2],
      [4, 1, 3],
    ]);
    expect(simulation.state.outputs?.['${outputs}']).toMatchObject([
      { inner_loop: 1, result: true },
      { inner_loop: 2, result: true },
      { inner_loop: 3, result: true },
    ]);
  });

  it('is left by a skip', () => {
    const simulation = simulate(one({ loop_config: THREE_TIMES }), { work: oneByOne(OK, FAILED) }).start();

    did(simulation, { action: 'skip', node: 'n' });

    expect(simulation.ended).toBe('FINISHED');
  });

  it('runs all its rounds whenever a graph loop comes back to it', () => {
    const tree = loopingBack({ loop_config: { ...THREE_TIMES, loop_times: 2 } }, 4);
    const simulation = simulate({ ...tree, outputs: ['${outputs}'] }, { work: () => OK }).start();

    expect(simulation.ran.map(({ loop, innerLoop }) => [loop, innerLoop])).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 2],
    ]);
    expect(simulation.state.outputs?.['${outputs}']).toHaveLength(2);
  });

  it('stops between two rounds when the task is paused', () => {
    const simulation = simulate(one({ loop_config: THREE_TIMES })).start();
    did(simulation, { action: 'pause' }).endPlugin('n', OK);
    expect(runs(simulation)).toEqual(['n 1.1']);

    did(simulation, { action: 'resume' });

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1']);
  });
});

describe('a graph loop', () => {
  it('runs its nodes again as new rounds with fresh flags', () => {
    const simulation = simulate(loopingBack({ error_ignorable: true }, 3), { work: oneByOne(FAILED, OK, OK) }).start();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1', 'n 3.1']);
    expect(simulation.rows.get('n')).toMatchObject({ loop: 3, innerLoop: 3, retry: 0, errorIgnored: false });
    expect(simulation.rows.get('x')).toMatchObject({ loop: 3, status: 'FINISHED' });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('counts the retries of every round by themselves', () => {
    const simulation = simulate(loopingBack({}, 2), { work: oneByOne(FAILED, OK, FAILED, OK) }).start();

    did(simulation, { action: 'retry', node: 'n' });
    did(simulation, { action: 'retry', node: 'n' });

    expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2', 'n 2.1', 'n 2.2']);
    expect(simulation.ended).toBe('FINISHED');
  });

  it('fails at the rerun limit, on entering', () => {
    const simulation = simulate(loopingBack({}, 1000), { work: () => OK, rerunLimit: 4 }).start();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1', 'n 3.1', 'n 4.1', 'n 5.1']);
    expect(simulation.rows.get('n')).toMatchObject({
      status: 'FAILED',
      outputs: { ex_data: 'node execution exceed rerun limit 4' },
    });
    expect(simulation.state.shown).toBe('FAILED');
  });

  it('does not show at the limit how the round before was got over', () => {
    const tree = loopingBack({ error_ignorable: true }, 1000);
    const simulation = simulate(tree, { work: () => FAILED, rerunLimit: 1 }).start();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', loop: 2, errorIgnored: false });
  });

  it('runs a node 101 times when nothing else is said', () => {
    const simulation = simulate(loopingBack({}, 1000), { work: () => OK }).start();

    expect(simulation.ran).toHaveLength(101);
    expect(simulation.rows.get('n')?.status).toBe('FAILED');
  });
});

type ActivitySketch = NonNullable<TreeSketch['activities']>[string];

function one(n: ActivitySketch): TreeSketch {
  return { chains: ['S n E'], activities: { n: { code: 'work', ...n } } };
}

/** The gateway behind `n` goes back until `n` has had so many rounds. */
function loopingBack(n: ActivitySketch, rounds: number): TreeSketch {
  const conditions = { x_n: { evaluate: `\${l} < ${rounds}` }, x_E: { evaluate: `\${l} >= ${rounds}` } };
  return {
    chains: ['S n x E', 'x n'],
    activities: { n: { code: 'work', ...n } },
    gateways: { x: { type: 'ExclusiveGateway', conditions } },
    constants: { l: { source_type: 'component_outputs', source_info: { n: ['_loop'] } } },
  };
}
