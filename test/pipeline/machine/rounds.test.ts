import type { NextRound, RunPlugin } from '../../../pipeline/machine';
import { MAX_OPEN_PLUGINS } from '../../../pipeline/machine/tokens';
import type { Simulation } from '../../support/simulation';
import { did, FAILED, OK, simulate, statuses } from './support';

const TREE = { chains: ['S a b E'], activities: { a: { code: 'rounds' }, b: { code: 'bk_display' } } };

/** What was asked for so far, as `number`, or `number/part`. */
function asked({ ran }: Simulation): string[] {
  return ran.flatMap(({ round }) =>
    round ? [[round.number, round.part].filter((n) => n !== undefined).join('/')] : [],
  );
}

/** Answers the question that is open. */
function answer(simulation: Simulation, next: NextRound): Simulation {
  return simulation.endPlugin('a', { ...OK, next });
}

function endParts(simulation: Simulation): Simulation {
  for (const { round } of [...simulation.pending.values()]) {
    if (round?.part !== undefined) simulation.endPlugin('a', OK);
  }
  return simulation;
}

describe('a plugin that works in rounds', () => {
  it('is asked what follows, again after all parts of a round have ended, until it says that it is done', () => {
    const simulation = simulate(TREE).start();
    expect(asked(simulation)).toEqual(['1']);

    answer(simulation, { parts: 3 });
    expect(asked(simulation)).toEqual(['1', '1/0', '1/1', '1/2']);
    simulation.endPlugin('a', OK).endPlugin('a', OK);
    expect(asked(simulation)).toHaveLength(4);
    simulation.endPlugin('a', OK);
    expect(asked(simulation).slice(4)).toEqual(['2']);

    simulation.endPlugin('a', { ok: true, outputs: { hosts: 3 } });
    expect(simulation.ended).toBe('FINISHED');
    expect(simulation.rows.get('a')).toMatchObject({
      status: 'FINISHED',
      finishedAt: expect.any(Number),
      outputs: { hosts: 3, _result: true, _loop: 1 },
    });
  });

  it('gets its inputs with the first question and with no other step: they are in the row of the start', () => {
    const tree = { chains: ['S a E'], activities: { a: { code: 'rounds', inputs: { script: 'uptime' } } } };
    const simulation = simulate(tree).start();
    endParts(answer(simulation, { parts: 2 }));

    expect(simulation.ran.map(({ inputs }) => inputs.script)).toEqual(['uptime', undefined, undefined, undefined]);
    expect(simulation.rows.get('a')).toMatchObject({ status: 'RUNNING', inputs: { script: 'uptime' } });
  });

  it('waits for a callback, whose data the next question has', () => {
    const simulation = answer(simulate(TREE).start(), {
      wait: 'callback',
      waitingFor: 'a person to let batch 2 begin',
    });
    expect(simulation.rows.get('a')).toMatchObject({ waitingFor: 'a person to let batch 2 begin' });
    expect(simulation.pending.size).toBe(0);

    did(simulation, { action: 'callback', node: 'a', data: { go: true } });
    expect(simulation.ran.at(-1)!.round).toEqual({ number: 2, goesOn: true, callback: { go: true } });
    expect(simulation.rows.get('a')!.waitingFor).toBeUndefined();

    endParts(answer(simulation, { parts: 1 }));
    expect(simulation.ran.at(-1)!.round).toEqual({ number: 3, goesOn: true });
  });

  it('takes no callback that it does not wait for', () => {
    const simulation = simulate(TREE).start();
    const callback = { action: 'callback', node: 'a', data: null } as const;
    expect(simulation.operate(callback)).toMatchObject({ kind: 'wrong_state' });

    answer(simulation, { wait: 'until', at: simulation.now + 5_000 });
    expect(simulation.operate(callback)).toMatchObject({ kind: 'wrong_state' });
    simulation.fireNext();
    expect(asked(simulation)).toEqual(['1', '2']);
  });

  it('waits until a time', () => {
    const simulation = simulate(TREE).start();
    const at = simulation.now + 60_000;
    answer(simulation, { wait: 'until', at });
    expect(simulation.rows.get('a')!.waitingFor).toContain(new Date(at).toISOString());

    simulation.runTimers();
    expect(simulation.now).toBe(at);
    expect(asked(simulation)).toEqual(['1', '2']);
  });

  it('hears that a part has crashed, and judges it', () => {
    const simulation = answer(simulate(TREE).start(), { parts: 2 });
    simulation.endPlugin('a', FAILED).endPlugin('a', OK);

    expect(simulation.ran.at(-1)!.round).toEqual({ number: 2, goesOn: true, crashed: 'broken' });
    expect(statuses(simulation, 'a')).toEqual({ a: 'RUNNING' });
  });

  it('begins no further round while its task is paused', () => {
    const simulation = answer(simulate(TREE).start(), { parts: 1 });
    did(simulation, { action: 'pause' });
    endParts(simulation);
    expect(asked(simulation)).toEqual(['1', '1/0']);

    did(simulation, { action: 'resume' });
    expect(asked(simulation)).toEqual(['1', '1/0', '2']);
  });

  it('begins no further round until a long run is carried over', () => {
    const simulation = answer(simulate(TREE).start(), { parts: 1 });
    simulation.feed({ type: 'drained' });
    endParts(simulation);
    expect([asked(simulation), simulation.state.openPlugins]).toEqual([['1', '1/0'], 0]);

    simulation.feed({ type: 'carried_over' });
    expect(asked(simulation)).toEqual(['1', '1/0', '2']);
  });

  it('gives up all parts when it is failed by force, and what they still say changes nothing', () => {
    const simulation = answer(simulate(TREE).start(), { parts: 3 });
    const late = [...simulation.pending.keys()];
    did(simulation, { action: 'forced_fail', node: 'a' });

    expect(simulation.cancelled).toEqual(late);
    expect(simulation.state.openPlugins).toBe(0);
    expect(statuses(simulation, 'a')).toEqual({ a: 'FAILED' });
    for (const command of late) simulation.feed({ type: 'plugin_ended', command, outcome: { ...OK, recorded: false } });
    expect(asked(simulation)).toHaveLength(4);
  });

  it('begins anew when it is retried, also where it was failed by force between two rounds of a paused task', () => {
    const simulation = answer(simulate(TREE).start(), { parts: 1 });
    did(simulation, { action: 'pause' });
    endParts(simulation);
    did(simulation, { action: 'forced_fail', node: 'a' });
    did(simulation, { action: 'retry', node: 'a' });
    did(simulation, { action: 'resume' });

    const { round, attempt } = simulation.ran.at(-1)!;
    expect({ round, attempt }).toEqual({ round: { number: 1, goesOn: true }, attempt: 2 });
    expect(asked(simulation)).toEqual(['1', '1/0', '1']);
  });

  it('is over at its timeout, whatever it does or waits for', () => {
    const timeout_config = { enable: true, seconds: 5, action: 'forced_fail' as const };
    const tree = { chains: ['S a E'], activities: { a: { code: 'rounds', timeout_config } } };
    for (const next of [{ parts: 2 }, { wait: 'callback', waitingFor: 'somebody' }] satisfies NextRound[]) {
      const simulation = answer(simulate(tree).start(), next).fireNext();
      expect(statuses(simulation, 'a')).toEqual({ a: 'FAILED' });
      expect(simulation.state.open).toEqual({});
    }
  });

  it('fails with its outputs, and ignores that or tries again like any other', () => {
    const simulation = simulate({
      chains: ['S a E'],
      activities: { a: { code: 'rounds', auto_retry: { enable: true, interval: 1, times: 1 } } },
    }).start();
    simulation.endPlugin('a', { ok: false, outputs: { failed: 2 }, reason: '2 of 3 hosts failed' });
    expect(simulation.rows.get('a')).toMatchObject({
      status: 'FAILED',
      willRetry: true,
      outputs: { failed: 2, ex_data: '2 of 3 hosts failed' },
    });
    simulation.runTimers();
    expect(simulation.ran.at(-1)).toMatchObject({ attempt: 2, round: { number: 1, goesOn: true } });
  });

  it('shares the places for open activities with all other nodes, and does with fewer parts', () => {
    const others = Array.from({ length: MAX_OPEN_PLUGINS - 3 }, (_, n) => `w${n}`);
    const simulation = simulate({
      chains: ['S f', 'f a c', ...others.map((id) => `f ${id} c`), 'c E'],
      activities: { a: { code: 'rounds' }, ...Object.fromEntries(others.map((id) => [id, { code: 'work' }])) },
      gateways: {
        f: { type: 'ParallelGateway', converge_gateway_id: 'c' },
        c: { type: 'ConvergeGateway' },
      },
    }).start();
    answer(simulation, { parts: 20 });

    expect(simulation.state.openPlugins).toBe(MAX_OPEN_PLUGINS);
    expect(asked(simulation)).toEqual(['1', '1/0', '1/1', '1/2']);
  });

  it('that asks for no part at all gets one', () => {
    expect(asked(answer(simulate(TREE).start(), { parts: 0 }))).toEqual(['1', '1/0']);
  });

  it('is stopped with its task', () => {
    const simulation = answer(simulate(TREE).start(), { parts: 2 });
    const ids = [...simulation.pending.values()].map(({ id }: RunPlugin) => id);
    did(simulation, { action: 'stop' });

    expect(simulation.cancelled).toEqual(ids);
    expect([simulation.ended, simulation.state.open]).toEqual(['REVOKED', {}]);
  });

  it('hears with its first question, and with no other, for which hosts a retry is', () => {
    const simulation = simulate(TREE).start().endPlugin('a', FAILED);
    did(simulation, { action: 'retry', node: 'a', hosts: [3, 5] });
    expect(simulation.ran.at(-1)!.round).toEqual({ number: 1, goesOn: true, hosts: [3, 5] });

    endParts(answer(simulation, { parts: 1 }));
    expect(simulation.ran.at(-1)!.round).toEqual({ number: 2, goesOn: true });
    simulation.endPlugin('a', FAILED);
    did(simulation, { action: 'retry', node: 'a' });
    expect(simulation.ran.at(-1)!.round).toEqual({ number: 1, goesOn: true });
  });

  it('is retried by itself for the hosts that somebody has named, as long as nothing was begun for them', () => {
    const auto_retry = { enable: true, times: 4, interval: 5 };
    const tree = { chains: ['S a E'], activities: { a: { code: 'rounds', auto_retry } } };
    const simulation = simulate(tree).start().endPlugin('a', FAILED).runTimers();
    simulation.endPlugin('a', FAILED);
    simulation.runTimers().endPlugin('a', FAILED);
    did(simulation, { action: 'retry', node: 'a', hosts: [3, 5] });
    const hosts = () => simulation.ran.at(-1)!.round!.hosts;
    expect(hosts()).toEqual([3, 5]);

    simulation.endPlugin('a', { ...FAILED, isUnbegun: true }).runTimers();
    expect(hosts()).toEqual([3, 5]);
    simulation.endPlugin('a', FAILED).runTimers();
    expect(hosts()).toBe('unfinished');
  });

  it('is retried for the unfinished hosts where nobody could be asked', () => {
    const auto_retry = { enable: true, times: 1, interval: 5 };
    const tree = { chains: ['S a E'], activities: { a: { code: 'rounds', auto_retry } } };
    const simulation = simulate(tree).start().endPlugin('a', FAILED).runTimers();

    expect(simulation.ran.map(({ round }) => round)).toEqual([
      { number: 1, goesOn: true },
      { number: 1, goesOn: true, hosts: 'unfinished' },
    ]);
  });

  it('takes no choice of hosts that is none, and no other node takes any', () => {
    const simulation = simulate(TREE).start().endPlugin('a', FAILED);
    const many = Array.from({ length: 10_001 }, (_, n) => n + 1);
    for (const hosts of ['some', [], [0], ['x'], [1.5], many]) {
      const refusal = simulation.operate({ action: 'retry', node: 'a', hosts: hosts as never });
      expect(refusal).toMatchObject({ kind: 'invalid', message: expect.stringContaining('10000 ids of hosts') });
    }

    const other = simulate({ chains: ['S n E'], activities: { n: { code: 'work' } } })
      .start()
      .endPlugin('n', FAILED);
    expect(other.operate({ action: 'retry', node: 'n', hosts: 'all' })).toMatchObject({
      kind: 'invalid',
      message: 'node n works on no hosts: retry it without hosts',
    });
  });
});
