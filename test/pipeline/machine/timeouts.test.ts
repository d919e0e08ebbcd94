import type { TreeSketch } from '../../support/trees';
import { did, FAILED, OK, runs, simulate, subprocess } from './support';

const TIMEOUT = { enable: true, seconds: 30 };
const REASON = "The node has been terminated by the system due to exceeding the 'Timeout Setting'.";

describe('a timeout', () => {
  it('fails the node and cancels its work', () => {
    const simulation = simulate(one({ timeout_config: { ...TIMEOUT, action: 'forced_fail' } })).start();
    const began = simulation.now;

    simulation.runTimers();

    expect(simulation.now).toBe(began + 30_000);
    expect(simulation.rows.get('n')).toMatchObject({
      status: 'FAILED',
      outputs: { ex_data: REASON, _forced_failed: true, _result: false },
    });
    expect(simulation.cancelled).toEqual([simulation.ran[0]!.id]);
    expect(simulation.state.openPlugins).toBe(0);
  });

  it('lets the node be skipped when it says so', () => {
    const simulation = simulate(one({ timeout_config: { ...TIMEOUT, action: 'forced_fail_and_skip' } })).start();

    simulation.runTimers();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', skip: true });
    expect(simulation.rows.get('n')?.outputs.ex_data).toBe(REASON);
    expect(simulation.ended).toBe('FINISHED');
  });

  it('skips no node that may not be skipped', () => {
    const simulation = simulate(
      one({ timeout_config: { ...TIMEOUT, action: 'forced_fail_and_skip' }, skippable: false }),
    ).start();

    simulation.runTimers();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', skip: false });
  });

  describe.each(['forced_fail', 'forced_fail_and_skip'] as const)(
    'with the action %s, of an ignorable node',
    (action) => {
      const ignorable = { code: 'work', error_ignorable: true, timeout_config: { ...TIMEOUT, action } };

      it.each([
        ['work', ignorable],
        ['a wait for a person', { ...ignorable, code: 'pause_node' }],
        ['a wait for a time', { ...ignorable, code: 'sleep_timer', inputs: { bk_timing: '100' } }],
        ['a node that may not be skipped', { ...ignorable, skippable: false }],
      ])('is ignored like any other failure: %s', (_what, n) => {
        const simulation = simulate({
          ...one(n),
          constants: {
            result: { source_type: 'component_outputs', source_info: { n: ['_result'] } },
            reason: { source_type: 'component_outputs', source_info: { n: ['ex_data'] } },
          },
          outputs: ['${result}', '${reason}'],
        }).start();

        simulation.runTimers();

        expect(simulation.rows.get('n')).toMatchObject({
          ...{ status: 'FINISHED', errorIgnored: true, skip: false },
          outputs: { ex_data: REASON, _forced_failed: true, _result: false },
        });
        expect(simulation.ended).toBe('FINISHED');
        expect(simulation.state.outputs).toEqual({ '${result}': false, '${reason}': REASON });
        expect(simulation.shown).toEqual(['RUNNING', 'FINISHED']);
        expect([simulation.state.open, simulation.state.openPlugins, simulation.timers.size]).toEqual([{}, 0, 0]);
      });

      it('is ignored in a subprocess', () => {
        const inner: TreeSketch = { chains: ['S i E'], activities: { i: ignorable } };
        const simulation = simulate({ chains: ['S s E'], activities: { s: subprocess(inner, 's_') } }).start();

        simulation.runTimers();

        expect(simulation.rows.get('i')).toMatchObject({ status: 'FINISHED', errorIgnored: true });
        expect(simulation.ended).toBe('FINISHED');
      });

      it('is ignored in a branch beside others, which go on', () => {
        const simulation = simulate({
          chains: ['S p a v E', 'p b v'],
          activities: { a: ignorable, b: { code: 'work' } },
          gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
        }).start();

        simulation.runTimers();

        expect(simulation.rows.get('a')).toMatchObject({ status: 'FINISHED', errorIgnored: true });
        expect([simulation.status('b'), simulation.state.shown]).toEqual(['RUNNING', 'RUNNING']);
        expect(simulation.endPlugin('b', OK).ended).toBe('FINISHED');
      });

      it('is ignored once its automatic retries have timed out too', () => {
        const auto_retry = { enable: true, interval: 5, times: 2 };
        const simulation = simulate(one({ ...ignorable, auto_retry })).start();

        simulation.fireNext();
        expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', retry: 0, willRetry: true });
        simulation.runTimers();

        expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2', 'n 1.3']);
        expect(simulation.rows.get('n')).toMatchObject({
          status: 'FINISHED',
          retry: 2,
          errorIgnored: true,
          skip: false,
        });
        expect(simulation.ended).toBe('FINISHED');
      });

      it('waits with what follows while the task is paused', () => {
        const simulation = did(simulate(one(ignorable)).start(), { action: 'pause' });

        simulation.runTimers();

        expect(simulation.rows.get('n')).toMatchObject({ status: 'FINISHED', errorIgnored: true });
        expect(simulation.ended).toBeUndefined();
        expect(did(simulation, { action: 'resume' }).ended).toBe('FINISHED');
      });

      it('drops the result that comes all the same', () => {
        const simulation = simulate({ chains: ['S n m E'], activities: { n: ignorable, m: { code: 'work' } } }).start();
        const { id } = simulation.ran[0]!;
        simulation.fireNext();
        const before = JSON.stringify(simulation.state);

        simulation.feed({ type: 'plugin_ended', command: id, outcome: { ...OK, recorded: false } });

        expect(JSON.stringify(simulation.state)).toBe(before);
        expect(simulation.cancelled).toContain(id);
      });

      it('fails the node in runs by the first rules, which replay so', () => {
        const simulation = simulate(one({ ...ignorable, skippable: false }), { language: 1 }).start();

        simulation.runTimers();

        const isSkipped = action === 'forced_fail_and_skip';
        expect(simulation.rows.get('n')).toMatchObject({
          status: isSkipped ? 'FINISHED' : 'FAILED',
          errorIgnored: false,
        });
      });
    },
  );

  it('ends a round of a loop that goes on after failures', () => {
    const loop_config = { enable: true, loop_times: 3, fail_skip: true };
    const timeout_config = { ...TIMEOUT, action: 'forced_fail' as const };
    const simulation = simulate(one({ loop_config, timeout_config })).start();

    simulation.runTimers();

    expect(runs(simulation)).toEqual(['n 1.1', 'n 2.1', 'n 3.1']);
    expect(simulation.ended).toBe('FINISHED');
  });

  it.each([
    ['succeeds', OK],
    ['fails', FAILED],
  ])('is disarmed when the node %s', (_how, outcome) => {
    const simulation = simulate(one({ timeout_config: TIMEOUT })).start();

    simulation.endPlugin('n', outcome);

    expect(simulation.timers.size).toBe(0);
    expect(simulation.state.open).toEqual({});
  });

  it.each(['forced_fail', 'stop'] as const)('is disarmed by %s', (action) => {
    const simulation = simulate(one({ timeout_config: TIMEOUT })).start();

    did(simulation, action === 'stop' ? { action } : { action, node: 'n' });

    expect(simulation.timers.size).toBe(0);
    expect(simulation.state.open).toEqual({});
  });

  it('runs while the task is paused, as the node does', () => {
    const simulation = simulate(one({ timeout_config: { ...TIMEOUT, action: 'forced_fail' } })).start();

    did(simulation, { action: 'pause' }).runTimers();

    expect(simulation.rows.get('n')?.status).toBe('FAILED');
  });

  it('is armed anew for every attempt', () => {
    const simulation = simulate(one({ timeout_config: { ...TIMEOUT, action: 'forced_fail' } })).start();
    const began = simulation.now;
    simulation.runTimers();

    did(simulation, { action: 'retry', node: 'n' }).runTimers();

    expect(simulation.now).toBe(began + 60_000);
    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', retry: 1 });
  });

  it('ends a wait for a person, too', () => {
    const tree = one({ code: 'pause_node', timeout_config: { ...TIMEOUT, action: 'forced_fail' } });
    const simulation = simulate(tree).start().runTimers();

    expect(simulation.rows.get('n')).toMatchObject({ status: 'FAILED', outputs: { ex_data: REASON } });
    expect(simulation.state.open).toEqual({});
  });

  it('that comes after the end of its attempt is dropped', () => {
    const simulation = simulate(one({ timeout_config: TIMEOUT })).start();
    const [command] = [...simulation.timers.keys()];
    simulation.endPlugin('n', FAILED);
    did(simulation, { action: 'retry', node: 'n' });
    const before = JSON.stringify(simulation.state);

    simulation.feed({ type: 'timer_fired', command: command! });

    expect(JSON.stringify(simulation.state)).toBe(before);
  });
});

describe('a forced fail', () => {
  it('names who asked for it and stays FAILED even where failures are ignored', () => {
    const simulation = simulate(one({ error_ignorable: true })).start();

    did(simulation, { action: 'forced_fail', node: 'n' });

    expect(simulation.rows.get('n')).toMatchObject({
      status: 'FAILED',
      outputs: { ex_data: 'The node has been terminated by admin.', _forced_failed: true },
    });
    expect(simulation.state.shown).toBe('FAILED');
  });

  it('drops the result that comes all the same', () => {
    const simulation = simulate(one({})).start();
    const { id } = simulation.ran[0]!;
    did(simulation, { action: 'forced_fail', node: 'n' });
    const before = JSON.stringify(simulation.state);

    simulation.feed({ type: 'plugin_ended', command: id, outcome: { ...OK, recorded: false } });

    expect(JSON.stringify(simulation.state)).toBe(before);
    expect(simulation.rows.get('n')?.status).toBe('FAILED');
  });

  it('ends a timer and a wait for a callback', () => {
    for (const n of [{ code: 'sleep_timer', inputs: { bk_timing: '60' } }, { code: 'pause_node' }]) {
      const simulation = simulate(one(n)).start();

      did(simulation, { action: 'forced_fail', node: 'n' });

      expect(simulation.rows.get('n')?.status).toBe('FAILED');
      expect([simulation.state.open, simulation.timers.size]).toEqual([{}, 0]);
    }
  });

  it('leaves the node to a retry', () => {
    const simulation = simulate(one({})).start();
    did(simulation, { action: 'forced_fail', node: 'n' });

    did(simulation, { action: 'retry', node: 'n' }).endPlugin('n', OK);

    expect(runs(simulation)).toEqual(['n 1.1', 'n 1.2']);
    expect(simulation.ended).toBe('FINISHED');
  });
});

function one(n: NonNullable<TreeSketch['activities']>[string]): TreeSketch {
  return { chains: ['S n E'], activities: { n: { code: 'work', ...n } } };
}
