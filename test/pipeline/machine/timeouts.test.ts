import type { TreeSketch } from '../../support/trees';
import { did, FAILED, OK, runs, simulate } from './support';

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
