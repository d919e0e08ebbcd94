import type { TreeSketch } from '../../support/trees';
import { did, FAILED, OK, oneByOne, runs, simulate, statuses } from './support';

const LINE: TreeSketch = {
  chains: ['S a b E'],
  activities: { a: { code: 'work' }, b: { code: 'work' } },
};

describe('a paused task', () => {
  it('lets running nodes end and starts no other until it is resumed', () => {
    const simulation = simulate(LINE).start();

    did(simulation, { action: 'pause' }).endPlugin('a', OK);

    expect(statuses(simulation, 'a', 'b')).toEqual({ a: 'FINISHED' });
    expect(simulation.state.shown).toBe('SUSPENDED');
    did(simulation, { action: 'resume' }).endPlugin('b', OK);
    expect(simulation.ended).toBe('FINISHED');
  });

  it('may be paused before it starts', () => {
    const simulation = simulate(LINE);
    did(simulation, { action: 'pause' }).start();
    expect([simulation.state.shown, simulation.ran]).toEqual(['SUSPENDED', []]);

    did(simulation, { action: 'resume' });

    expect(runs(simulation)).toEqual(['a 1.1']);
  });

  it('may be resumed before it starts, and then runs once', () => {
    const simulation = simulate(LINE);
    did(simulation, { action: 'pause' });

    did(simulation, { action: 'resume' }).start();

    expect(runs(simulation)).toEqual(['a 1.1']);
  });

  it('takes retries and skips, and goes on when it is resumed', () => {
    const simulation = simulate(LINE, { work: oneByOne(FAILED) }).start();
    did(simulation, { action: 'pause' });

    did(simulation, { action: 'skip', node: 'a' });

    expect(runs(simulation)).toEqual(['a 1.1']);
    did(simulation, { action: 'resume' });
    expect(runs(simulation)).toEqual(['a 1.1', 'b 1.1']);
  });

  it('lets timers and callbacks end', () => {
    const simulation = simulate({
      chains: ['S P', 'P a C', 'P b C', 'C E'],
      activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '9' } }, b: { code: 'pause_node' } },
      gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
    }).start();
    did(simulation, { action: 'pause' }).runTimers();
    did(simulation, { action: 'callback', node: 'b', data: null });
    expect(statuses(simulation, 'a', 'b', 'C')).toEqual({ a: 'FINISHED', b: 'FINISHED' });

    did(simulation, { action: 'resume' });

    expect(simulation.ended).toBe('FINISHED');
  });
});

describe('a node paused in advance', () => {
  it('holds the token in front of it until it is resumed', () => {
    const simulation = simulate(LINE).start();
    did(simulation, { action: 'pause_node', node: 'b' });
    expect(simulation.rows.get('b')).toMatchObject({ status: 'SUSPENDED', waitingFor: 'an operator to resume it' });

    simulation.endPlugin('a', OK);

    expect(runs(simulation)).toEqual(['a 1.1']);
    expect(simulation.state.shown).toBe('NODE_SUSPENDED');
    did(simulation, { action: 'resume_node', node: 'b' });
    expect(runs(simulation)).toEqual(['a 1.1', 'b 1.1']);
    expect(simulation.rows.get('b')).toMatchObject({ status: 'RUNNING', loop: 1, innerLoop: 1 });
    expect(simulation.state.shown).toBe('RUNNING');
  });

  it('runs as usual when it was resumed before it was reached', () => {
    const simulation = simulate(LINE).start();
    did(simulation, { action: 'pause_node', node: 'b' });
    did(simulation, { action: 'resume_node', node: 'b' });
    expect(simulation.rows.get('b')?.waitingFor).toBeUndefined();

    simulation.endPlugin('a', OK);

    expect(runs(simulation)).toEqual(['a 1.1', 'b 1.1']);
  });

  it('holds a task at any kind of node but a subprocess', () => {
    const simulation = simulate({
      chains: ['S P', 'P a C', 'P b C', 'C E'],
      gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
    });
    const stops = ['S', 'P', 'C', 'E'];
    for (const node of stops) did(simulation, { action: 'pause_node', node });
    simulation.start();

    for (const node of stops) {
      expect(statuses(simulation, node)).toEqual({ [node]: 'SUSPENDED' });
      did(simulation, { action: 'resume_node', node });
    }

    expect(simulation.ended).toBe('FINISHED');
  });

  it('stays paused when the task is resumed', () => {
    const simulation = simulate(LINE).start();
    did(simulation, { action: 'pause_node', node: 'b' });
    did(simulation, { action: 'pause' }).endPlugin('a', OK);

    did(simulation, { action: 'resume' });

    expect(statuses(simulation, 'b')).toEqual({ b: 'SUSPENDED' });
  });
});

describe('a task whose history is too long', () => {
  it('starts no node until it is carried over', () => {
    const simulation = simulate(LINE).start().feed({ type: 'drained' });

    simulation.endPlugin('a', OK);

    expect(runs(simulation)).toEqual(['a 1.1']);
    expect(simulation.state.shown).toBe('RUNNING');
    simulation.feed({ type: 'carried_over' });
    expect(runs(simulation)).toEqual(['a 1.1', 'b 1.1']);
  });

  it('keeps retries until then', () => {
    const simulation = simulate(LINE, { work: oneByOne(FAILED) })
      .start()
      .feed({ type: 'drained' });
    did(simulation, { action: 'retry', node: 'a' });
    expect(statuses(simulation, 'a')).toEqual({ a: 'READY' });

    simulation.feed({ type: 'carried_over' });

    expect(runs(simulation)).toEqual(['a 1.1', 'a 1.2']);
  });

  it('stays paused when it is carried over', () => {
    const simulation = simulate(LINE).start().feed({ type: 'drained' }).endPlugin('a', OK);
    did(simulation, { action: 'pause' }).feed({ type: 'carried_over' });
    expect(runs(simulation)).toEqual(['a 1.1']);

    did(simulation, { action: 'resume' });

    expect(runs(simulation)).toEqual(['a 1.1', 'b 1.1']);
  });

  it('sets its timers again when it is carried over', () => {
    const simulation = simulate({
      chains: ['S a E'],
      activities: { a: { code: 'sleep_timer', inputs: { bk_timing: '9' } } },
    }).start();
    const timers = [...simulation.timers];
    simulation.timers.clear();

    simulation.feed({ type: 'carried_over' });

    expect([...simulation.timers]).toEqual(timers);
    expect(simulation.runTimers().ended).toBe('FINISHED');
  });

  it('goes on waiting for callbacks', () => {
    const simulation = simulate({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } }).start();

    simulation.feed({ type: 'drained' }).feed({ type: 'carried_over' });

    did(simulation, { action: 'callback', node: 'a', data: 1 });
    expect(simulation.ended).toBe('FINISHED');
  });
});
