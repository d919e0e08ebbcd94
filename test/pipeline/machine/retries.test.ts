import type { JsonObject } from '../../../pipeline/json';
import type { ServiceActivity } from '../../../pipeline/tree/types';
import type { Simulation } from '../../support/simulation';
import type { TreeSketch } from '../../support/trees';
import { did, FAILED, OK, oneByOne, runs, simulate, statuses } from './support';

const RETRY_TWICE = { enable: true, times: 2, interval: 5 };

describe('automatic retries', () => {
  it('try again after the interval, as often as they may, and then wait for an operator', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE }), { work: () => FAILED }).start();
    const began = simulation.now;

    expect([...simulation.timers.values()]).toEqual([began + 5000]);
    expect(simulation.state.shown).toBe('FAILED');
    simulation.runTimers();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2', 'n 1.3']);
    expect(simulation.now).toBe(began + 10_000);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', retry: 2, outputs: { ex_data: 'broken' } });
    expect(simulation.timers.size).toBe(0);
  });

  it('stop as soon as an attempt succeeds', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE }), { work: oneByOne(FAILED, OK) })
      .start()
      .runTimers();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', retry: 1, errorIgnored: false });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('come before a failure is ignored', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE, error_ignorable: true }), { work: () => FAILED })
      .start()
      .runTimers();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', retry: 2, errorIgnored: true });
    expect(simulation.ran.map(({ ignoreFailure }) => ignoreFailure)).toEqual([false, false, true]);
    expect(simulation.ended).toBe('FINISHED');
  });

  it('are counted over the whole task: later rounds use what is left', () => {
    const simulation = simulate(loopingBack({ auto_retry: RETRY_TWICE }), {
      work: ({ loop, attempt }) => (loop === 3 || attempt === 2 ? OK : FAILED),
    });
    simulation.start().runTimers();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2', 'n 2.1', 'n 2.2', 'n 3.1']);
    expect(simulation.ended).toBe('FINISHED');
    const exhausted = simulate(loopingBack({ auto_retry: { ...RETRY_TWICE, times: 1 } }), {
      work: ({ attempt }) => (attempt === 2 ? OK : FAILED),
    });
    exhausted.start().runTimers();
    expect(runs(exhausted)).toEqual(['n 1.1', 'n 1.2', 'n 2.1']);
    expect(exhausted.state.shown).toBe('FAILED');
  });

  it('are not used up by a manual retry, which takes the place of the one that was due', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE }), { work: () => FAILED }).start();

    did(simulation, { action: 'retry', node: 'n' }).runTimers();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2', 'n 1.3', 'n 1.4']);
  });

  it('are given up when the node is skipped', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE }), { work: () => FAILED }).start();

    did(simulation, { action: 'skip', node: 'n' });

    expect(simulation.timers.size).toBe(0);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', skip: true });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('follow a forced fail too', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE })).start();

    did(simulation, { action: 'forced_fail', node: 'n' }).runTimers();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2']);
  });

  it('wait while the task is paused', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE }), { work: oneByOne(FAILED, OK) }).start();
    did(simulation, { action: 'pause' }).runTimers();
    expect(statuses(simulation, 'n')).toEqual({ n: 'READY' });

    did(simulation, { action: 'resume' });

    expect(simulation.ended).toBe('FINISHED');
  });

  it('do not happen on nodes that may not be retried', () => {
    const simulation = simulate(one({ auto_retry: RETRY_TWICE, retryable: false }), { work: () => FAILED }).start();

    expect(simulation.timers.size).toBe(0);
    expect(simulation.state.shown).toBe('FAILED');
  });
});

describe('a manual retry', () => {
  it('counts, keeps the inputs and runs again', () => {
    const simulation = simulate(one({ inputs: { a: 'x' } }), { work: oneByOne(FAILED, OK) }).start();

    did(simulation, { action: 'retry', node: 'n', inputs: {} });

    expect(simulation.ran[1]).toMatchObject({ attempt: 2, inputs: { a: 'x', _loop: 1, _inner_loop: 1 } });
    expect(simulation.ended).toBe('FINISHED');
  });

  it('sees the constants that were changed since', () => {
    const simulation = simulate(
      { ...one({ inputs: { a: '${k}' } }), constants: { k: { value: 'old' } } },
      { work: oneByOne(FAILED, OK) },
    ).start();
    did(simulation, { action: 'set_constants', constants: { k: 'new' } });

    did(simulation, { action: 'retry', node: 'n' });

    expect(simulation.ran.map(({ inputs }) => inputs.a)).toEqual(['old', 'new']);
  });

  it('replaces the whole input map and renders what is given, save what is escaped or was never rendered', () => {
    const data = {
      a: { hook: false, value: 'x' },
      gone: { hook: false, value: 'y' },
      raw: { hook: false, value: '${k}', need_render: false },
    };
    const n: Partial<ServiceActivity> = { component: { code: 'work', data } };
    const simulation = simulate({ ...one(n), constants: { k: { value: 'K' } } }, { work: () => FAILED }).start();

    did(simulation, {
      action: 'retry',
      node: 'n',
      inputs: { a: '<${k}>', raw: '${k}', kept: '${k}', _escape_render_keys: ['kept'] },
    });
    did(simulation, { action: 'retry', node: 'n' });

    const rounds = { _loop: 1, _inner_loop: 1 };
    const replaced = { a: '<K>', raw: '${k}', kept: '${k}', ...rounds };
    expect(simulation.ran.map(({ inputs }) => inputs)).toEqual([
      { a: 'x', gone: 'y', raw: '${k}', ...rounds },
      replaced,
      replaced,
    ]);
  });

  describe('with some of the inputs', () => {
    const inputs = { a: 'A', b: '<${k}>', c: 'C' };
    const rounds = { _loop: 1, _inner_loop: 1 };
    const failing = () =>
      simulate({ ...one({ inputs }), constants: { k: { value: 'K' } } }, { work: () => FAILED }).start();
    const retry = (simulation: Simulation, given: JsonObject, mode?: 'merge') => {
      const merges = mode === 'merge' ? { merges: true as const } : {};
      did(simulation, { action: 'retry', node: 'n', inputs: given, ...merges });
      return simulation.ran.at(-1)!;
    };

    it('names those that were left out, with what they would have been', () => {
      const run = retry(failing(), { a: 'new' });

      expect(run.inputs).toEqual({ a: 'new', ...rounds });
      expect(run.leftOut).toEqual({ values: { b: '<K>', c: 'C' }, unknown: [] });
    });

    it('keeps the others when they are merged', () => {
      const run = retry(failing(), { a: '${k}', d: 1 }, 'merge');

      expect(run.inputs).toEqual({ a: 'K', b: '<K>', c: 'C', d: 1, ...rounds });
      expect(run).not.toHaveProperty('leftOut');
    });

    it('keeps what earlier retries have brought, also when one in between had too few', () => {
      const simulation = failing();
      retry(simulation, { b: 'second' }, 'merge');
      const incomplete = retry(simulation, { a: 'third' });
      const again = retry(simulation, {});
      const merged = retry(simulation, { c: 'fourth' }, 'merge');

      expect(incomplete.inputs).toEqual({ a: 'third', ...rounds });
      expect(incomplete.leftOut).toEqual({ values: { b: 'second', c: 'C' }, unknown: [] });
      expect([again.inputs, again.leftOut]).toEqual([incomplete.inputs, incomplete.leftOut]);
      expect(merged.inputs).toEqual({ a: 'third', b: 'second', c: 'fourth', ...rounds });
    });

    it('takes each merged input as it came last, rendered or not', () => {
      const simulation = failing();
      retry(simulation, { a: '${k}', b: '${k}', _escape_render_keys: ['a', 'b'] }, 'merge');
      const run = retry(simulation, { b: '${k}', c: '${k}', _escape_render_keys: ['c'] }, 'merge');
      const incomplete = retry(simulation, { b: 'x', _escape_render_keys: ['b'] });
      const last = retry(simulation, { a: '${k}', c: '${k}' }, 'merge');

      expect(run.inputs).toEqual({ a: '${k}', b: 'K', c: '${k}', ...rounds });
      expect(incomplete.leftOut).toEqual({ values: { a: '${k}', c: '${k}' }, unknown: [] });
      expect(last.inputs).toEqual({ a: 'K', b: 'x', c: 'K', ...rounds });
    });

    it('goes with the program alone after inputs that were all', () => {
      const simulation = failing();
      retry(simulation, { a: '1', d: 'kept' }, 'merge');
      const whole = retry(simulation, { a: '2', b: '2', c: '2' });

      expect(whole.inputs).toEqual({ a: '2', b: '2', c: '2', ...rounds });
      expect(whole.leftOut).toEqual({ values: { d: 'kept' }, unknown: [] });
    });

    it('draws no number for what it only compares', () => {
      const simulation = simulate(one({ inputs: { a: 'A', b: '${random.randint(0, 1000000)}' } }), {
        work: () => FAILED,
      }).start();
      const { seed } = simulation.state;

      const { leftOut } = retry(simulation, { a: 'new' });

      expect(leftOut!.values).toEqual({ b: expect.stringMatching(/^\d+$/) });
      expect(simulation.state.seed).toBe(seed);
    });

    it('knows those only by name that are large or cannot be rendered', () => {
      const chain = Array.from({ length: 120 }, (_, index) => [`c${index}`, { value: `\${c${index + 1}}` }] as const);
      const simulation = simulate(
        {
          ...one({ inputs: { a: 'A', large: 'x'.repeat(5000), odd: '${c0}' } }),
          constants: Object.fromEntries(chain),
        },
        { work: () => FAILED },
      ).start();

      expect(retry(simulation, { a: 'new' }).leftOut).toEqual({ values: {}, unknown: ['large', 'odd'] });
    });

    it.each([
      [
        'a time',
        { code: 'sleep_timer', inputs: { bk_timing: 'bad', force_check: false } },
        { bk_timing: '0' },
        'force_check',
      ],
      ['a time', { code: 'sleep_timer', inputs: { bk_timing: 'bad' } }, { force_check: false }, 'bk_timing'],
      [
        'an approval',
        { code: 'bk_approve', version: 'v1.0', inputs: { rejected_block: false } },
        { bk_verifier: 'x' },
        'rejected_block',
      ],
    ])('does not wait for %s by other rules than before: %j, %j', (_what, n, given, missing) => {
      const simulation = simulate(one(n)).start();
      if (simulation.status('n') === 'RUNNING') did(simulation, { action: 'forced_fail', node: 'n' });

      did(simulation, { action: 'retry', node: 'n', inputs: given });

      expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', retry: 1 });
      expect(simulation.rows.get('n')?.outputs.ex_data).toMatch(
        new RegExp(`^inputs are missing: ${missing}; .* inputs_mode "merge"`),
      );
      did(simulation, { action: 'retry', node: 'n', inputs: given, merges: true });
      expect(simulation.rows.get('n')?.inputs).toMatchObject({ ...n.inputs, ...given });
    });

    it('may leave out what says the same as nothing, or nothing at all', () => {
      const bad = { code: 'sleep_timer', inputs: { bk_timing: 'bad', force_check: true } };
      const simulation = simulate(one(bad)).start();

      did(simulation, { action: 'retry', node: 'n', inputs: { bk_timing: '0' } });

      expect(simulation.ended).toBe('FINISHED');
      const shown = { code: 'pause_node', inputs: { description: 'look' } };
      const waiting = did(simulate(one(shown)).start(), { action: 'forced_fail', node: 'n' });
      did(waiting, { action: 'retry', node: 'n', inputs: { other: 1 } });
      expect(waiting.status('n')).toBe('RUNNING');
    });
  });

  it('clears the flags of the attempt before', () => {
    const simulation = simulate(one({}), { work: oneByOne(FAILED, FAILED) }).start();

    did(simulation, { action: 'retry', node: 'n' });

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', retry: 1, skip: false, errorIgnored: false });
  });
});

describe('a failure', () => {
  it('stops its own line only: the others run up to the converge and wait there', () => {
    const simulation = simulate(
      {
        chains: ['S P', 'P n C', 'P a b C', 'C z E'],
        activities: { n: { code: 'work' }, b: { code: 'work' } },
        gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
      },
      { work: ({ nodeId, attempt }) => (nodeId === 'n' && attempt === 1 ? FAILED : OK) },
    ).start();

    expect(statuses(simulation, 'P', 'n', 'a', 'b', 'C', 'z')).toEqual({
      P: 'FINISHED',
      n: 'FAILED',
      a: 'FINISHED',
      b: 'FINISHED',
    });
    expect(simulation.state.shown).toBe('FAILED');
    did(simulation, { action: 'retry', node: 'n' });
    expect(simulation.ended).toBe('FINISHED');
    expect(simulation.shown).toEqual(['RUNNING', 'FAILED', 'RUNNING', 'FINISHED']);
  });

  it('that is ignored exports its outputs, with the reason', () => {
    const simulation = simulate(
      {
        ...one({ error_ignorable: true }),
        constants: {
          why: { source_type: 'component_outputs', source_info: { n: ['ex_data'] } },
          result: { source_type: 'component_outputs', source_info: { n: ['_result'] } },
        },
        outputs: ['${why}', '${result}'],
      },
      { work: () => FAILED },
    ).start();

    expect(simulation.state.outputs).toEqual({ '${why}': 'broken', '${result}': false });
  });

  it('that is skipped exports nothing', () => {
    const simulation = simulate(
      {
        ...one({}),
        constants: { out: { source_type: 'component_outputs', source_info: { n: ['x'] } } },
        outputs: ['${out}'],
      },
      { work: () => FAILED },
    ).start();

    did(simulation, { action: 'skip', node: 'n' });

    expect(simulation.state.outputs).toEqual({ '${out}': '${out}' });
  });

  it('to resolve the inputs names the reason, and is retried and ignored like any other', () => {
    const chain = Array.from({ length: 120 }, (_, index) => [`c${index}`, { value: `\${c${index + 1}}` }] as const);
    const tree = { ...one({ inputs: { a: '${c0}' } }), constants: Object.fromEntries(chain) };
    const simulation = simulate(tree, { work: () => OK }).start();
    expect(simulation.rows.get('n')).toMatchObject({
      status: 'FAILED',
      outputs: { ex_data: expect.stringMatching(/^inputs hydrate failed\(.+\), check node log for details$/) },
    });
    expect(simulation.ran).toEqual([]);

    did(simulation, { action: 'set_constants', constants: { c0: 'known' } });
    did(simulation, { action: 'retry', node: 'n' });

    expect(simulation.ended).toBe('FINISHED');
  });
});

type ActivitySketch = NonNullable<TreeSketch['activities']>[string];

function one(n: ActivitySketch): TreeSketch {
  return { chains: ['S n E'], activities: { n: { code: 'work', ...n } } };
}

/** Three rounds of `n`: the gateway behind it goes back until the third. */
function loopingBack(n: ActivitySketch): TreeSketch {
  return {
    chains: ['S n x E', 'x n'],
    activities: { n: { code: 'work', ...n } },
    gateways: {
      x: { type: 'ExclusiveGateway', conditions: { x_n: { evaluate: '${l} < 3' }, x_E: { evaluate: '${l} >= 3' } } },
    },
    constants: { l: { source_type: 'component_outputs', source_info: { n: ['_loop'] } } },
  };
}
