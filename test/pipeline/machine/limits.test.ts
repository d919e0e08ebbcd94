import { parallelProgram, serialProgram } from '../../../bench/shapes';
import { createState, step } from '../../../pipeline/machine';
import { MAX_OPEN_PLUGINS } from '../../../pipeline/machine/tokens';
import type { Program } from '../../../pipeline/program';
import { CONTEXT, Simulation } from '../../support/simulation';
import { did, OK, runs, simulate, statuses } from './support';

/** Rows after which a step gives way. */
const MAX_ROWS = 100;

describe('the open activities of a task', () => {
  it('are no more than the limit: the other nodes are READY and say why', () => {
    const simulation = new Simulation(parallelProgram(MAX_OPEN_PLUGINS + 3)).start();

    expect(simulation.ran).toHaveLength(MAX_OPEN_PLUGINS);
    expect(simulation.state.openPlugins).toBe(MAX_OPEN_PLUGINS);
    expect(simulation.rows.get(`n${MAX_OPEN_PLUGINS}`)).toMatchObject({
      status: 'READY',
      waitingFor: 'one of the 500 activities that a task may have open',
    });
  });

  it('are followed by the waiting ones in order', () => {
    const simulation = new Simulation(parallelProgram(MAX_OPEN_PLUGINS + 3)).start();

    for (const node of ['n7', 'n0', 'n499']) simulation.endPlugin(node, OK);

    expect(simulation.ran.slice(MAX_OPEN_PLUGINS).map(({ nodeId }) => nodeId)).toEqual(['n500', 'n501', 'n502']);
    expect(simulation.rows.get('n500')).toMatchObject({ status: 'RUNNING' });
    expect(simulation.rows.get('n500')?.waitingFor).toBeUndefined();
  });

  it('are followed by others when one that waited is paused by now', () => {
    const simulation = new Simulation(parallelProgram(MAX_OPEN_PLUGINS + 2)).start();
    did(simulation, { action: 'pause_node', node: 'n500' });

    simulation.endPlugin('n0', OK);

    expect(statuses(simulation, 'n500', 'n501')).toEqual({ n500: 'SUSPENDED', n501: 'RUNNING' });
    did(simulation, { action: 'resume_node', node: 'n500' }).endPlugin('n1', OK);
    expect(statuses(simulation, 'n500')).toEqual({ n500: 'RUNNING' });
  });

  it('are followed by others when the inputs of one that waited cannot be resolved', () => {
    const chain = Array.from({ length: 120 }, (_, index) => [`c${index}`, { value: `\${c${index + 1}}` }] as const);
    const ids = Array.from({ length: MAX_OPEN_PLUGINS }, (_, index) => `w${index}`);
    const work = Object.fromEntries([...ids, 'last'].map((id) => [id, { code: 'work' }]));
    const simulation = simulate({
      chains: ['S P', ...[...ids, 'broken', 'last'].map((id) => `P ${id} C`), 'C E'],
      activities: { ...work, broken: { code: 'work', inputs: { a: '${c0}' } } },
      gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
      constants: Object.fromEntries(chain),
    }).start();

    simulation.endPlugin('w0', OK);

    expect(statuses(simulation, 'broken', 'last')).toEqual({ broken: 'FAILED', last: 'RUNNING' });
  });

  it('are none after a stop, and nothing takes their place', () => {
    const simulation = new Simulation(parallelProgram(MAX_OPEN_PLUGINS + 3)).start();

    did(simulation, { action: 'stop' });

    expect(simulation.cancelled).toHaveLength(MAX_OPEN_PLUGINS);
    expect(simulation.ran).toHaveLength(MAX_OPEN_PLUGINS);
    expect(simulation.rows.get('n502')?.status).toBe('REVOKED');
  });
});

describe('a step', () => {
  it('gives way after as many rows, and is continued', () => {
    const program = simulate({ chains: [`S ${ids(250).join(' ')} E`] }).program;
    const state = createState(program, CONTEXT);

    const rowsOf = (type: 'started' | 'continued') => {
      const commands = step(program, state, { type, at: 0 });
      return [commands.filter((command) => command.type === 'record_node').length, commands.some(isMore)];
    };

    expect(rowsOf('started')).toEqual([MAX_ROWS, true]);
    expect(rowsOf('continued')).toEqual([MAX_ROWS, true]);
    expect(rowsOf('continued')).toEqual([52, false]);
    expect(state.shown).toBe('FINISHED');
  });

  it('hears operators in between', () => {
    const program = simulate({ chains: [`S ${ids(250).join(' ')} E`] }).program;
    const state = createState(program, CONTEXT);
    step(program, state, { type: 'started', at: 0 });

    step(program, state, { type: 'operated', operation: { id: 'p', action: 'pause' }, at: 0 });

    expect(step(program, state, { type: 'continued', at: 0 })).toEqual([]);
    expect(state.shown).toBe('SUSPENDED');
  });
});

describe('operations that come again', () => {
  it('change nothing', () => {
    const simulation = simulate({ chains: ['S a E'], activities: { a: { code: 'work' } } }).start();
    did(simulation, { action: 'pause', id: 'x' });
    did(simulation, { action: 'resume', id: 'y' });
    const before = JSON.stringify(simulation.state);

    simulation.feed({ type: 'operated', operation: { id: 'x', action: 'pause' } });

    expect(JSON.stringify(simulation.state)).toBe(before);
  });

  it('are known among the last thousand', () => {
    const simulation = simulate({ chains: ['S a E'], activities: { a: { code: 'work' } } }).start();

    for (let count = 0; count < 600; count++) {
      did(simulation, { action: 'pause' });
      did(simulation, { action: 'resume' });
    }

    expect(simulation.state.usedIds).toHaveLength(1000);
    expect(simulation.state.usedIds.at(-1)).toBe('op-1200');
  });

  it('may be sent again under the same id after a refusal', () => {
    const simulation = simulate({ chains: ['S a E'], activities: { a: { code: 'work' } } }).start();
    expect(simulation.operate({ action: 'resume', id: 'x' })).not.toBeNull();
    simulation.feed({ type: 'operated', operation: { id: 'x', action: 'resume' } });
    did(simulation, { action: 'pause' });

    did(simulation, { action: 'resume', id: 'x' });

    expect(simulation.state.shown).toBe('RUNNING');
  });
});

describe('the effort of a task', () => {
  const effort = (program: Program) => {
    let events = 0;
    let commands = 0;
    const state = createState(program, CONTEXT);
    const queue: Parameters<typeof step>[2][] = [{ type: 'started', at: 0 }];
    for (let event = queue.shift(); event; event = queue.shift()) {
      events += 1;
      for (const command of step(program, state, event)) {
        commands += 1;
        const outcome = { ...OK, recorded: true };
        if (command.type === 'run') queue.push({ type: 'plugin_ended', at: 0, command: command.id, outcome });
        if (isMore(command)) queue.push({ type: 'continued', at: 0 });
      }
    }
    expect(state.shown).toBe('FINISHED');
    return { events, commands, bytes: JSON.stringify(state).length };
  };

  it.each([
    ['a line of 1,000 and of 10,000 nodes', effort(serialProgram(1000)), effort(serialProgram(10_000)), 10],
    ['1,000 and 2,000 branches', effort(parallelProgram(1000)), effort(parallelProgram(2000)), 2],
  ])('grows no faster than the tree: %s', (_name, small, large, factor) => {
    expect(large.events).toBeLessThanOrEqual(small.events * factor * 1.1);
    expect(large.commands).toBeLessThanOrEqual(small.commands * factor * 1.5);
    expect(large.bytes).toBeLessThanOrEqual(small.bytes * factor * 1.1);
  });

  it('is one event and one command a node of a line', () => {
    const { events, commands } = effort(serialProgram(1000));

    // Besides the nodes: the start, its row and the task's, the end's row and the task's, the end itself.
    expect([events, commands]).toEqual([1001, 1005]);
  });
});

describe('what comes twice or too late', () => {
  it('is dropped: a second start, a second result, a timer of nothing', () => {
    const simulation = simulate({ chains: ['S a b E'], activities: { a: { code: 'work' }, b: { code: 'work' } } });
    simulation.start();
    const first = simulation.ran[0]!.id;
    simulation.endPlugin('a', OK);
    const before = JSON.stringify(simulation.state);

    simulation.feed({ type: 'started' });
    simulation.feed({ type: 'plugin_ended', command: first, outcome: { ...OK, recorded: false } });
    simulation.feed({ type: 'timer_fired', command: first });
    simulation.feed({ type: 'timer_fired', command: simulation.ran[1]!.id });
    simulation.feed({ type: 'continued' });

    expect(JSON.stringify(simulation.state)).toBe(before);
    expect(runs(simulation)).toEqual(['a 1.1', 'b 1.1']);
  });

  it('is dropped after a stop: open nodes stay REVOKED and their work is cancelled', () => {
    const simulation = simulate({
      chains: ['S P', 'P a C', 'P b C', 'P c C', 'P d C', 'C E'],
      activities: {
        a: { code: 'work', timeout_config: { enable: true, seconds: 9 } },
        b: { code: 'sleep_timer', inputs: { bk_timing: '60' } },
        c: { code: 'pause_node' },
      },
      gateways: { P: { type: 'ParallelGateway' }, C: { type: 'ConvergeGateway' } },
    }).start();
    const timers = [...simulation.timers.keys()];
    const { id } = simulation.ran[0]!;

    did(simulation, { action: 'stop' });

    expect(statuses(simulation, 'a', 'b', 'c', 'd')).toEqual({
      a: 'REVOKED',
      b: 'REVOKED',
      c: 'REVOKED',
      d: 'FINISHED',
    });
    expect(simulation.cancelled.sort()).toEqual([id, ...timers].sort());
    expect([simulation.ended, simulation.state.open, simulation.state.openPlugins]).toEqual(['REVOKED', {}, 0]);
    const before = JSON.stringify(simulation.state);
    simulation.feed({ type: 'plugin_ended', command: id, outcome: { ...OK, recorded: false } });
    for (const command of timers) simulation.feed({ type: 'timer_fired', command });
    simulation.feed({ type: 'carried_over' });
    expect(JSON.stringify(simulation.state)).toBe(before);
  });

  it('is dropped when a task was stopped before it started', () => {
    const simulation = simulate({ chains: ['S a E'] });

    did(simulation, { action: 'stop' }).start();

    expect([simulation.ended, simulation.rows.size, simulation.state.shown]).toEqual(['REVOKED', 0, 'REVOKED']);
  });
});

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index}`);
}

function isMore({ type }: { type: string }): boolean {
  return type === 'more';
}
