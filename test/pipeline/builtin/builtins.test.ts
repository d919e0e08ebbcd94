import type { Json } from '../../../pipeline/json';
import { CONTEXT, Simulation } from '../../support/simulation';
import { compileTree, sketch } from '../../support/trees';

/** 1,700,000,000 s: 2023-11-14 22:13:20 UTC. */
const START = 1_700_000_000_000;
const BERLIN: [number, number][] = [
  [0, 60],
  [Date.UTC(2024, 2, 31, 1), 120],
];

function run(code: string, inputs: Record<string, Json>, version = 'legacy'): Simulation {
  const tree = sketch({ chains: ['S a E'], activities: { a: { code, version, inputs } } });
  return new Simulation(compileTree(tree), { context: { ...CONTEXT, zone: BERLIN } }).start();
}

describe('sleep_timer', () => {
  it.each<[what: string, inputs: Record<string, Json>, until: number]>([
    ['seconds', { bk_timing: '20' }, START + 20_000],
    ['seconds as a number', { bk_timing: 20 }, START + 20_000],
    ['a date in the time zone of the project', { bk_timing: '2023-11-15 00:00:00' }, Date.UTC(2023, 10, 14, 23)],
    ['a date after the clocks are changed', { bk_timing: '2024-04-01 00:00:00' }, Date.UTC(2024, 2, 31, 22)],
    ['a date, not checked', { bk_timing: '2023-11-15 00:00:00', force_check: false }, Date.UTC(2023, 10, 14, 23)],
  ])('waits for %s', (_what, inputs, until) => {
    const simulation = run('sleep_timer', inputs);

    expect([...simulation.timers.values()]).toEqual([until]);
    expect(simulation.rows.get('a')?.waitingFor).toBe(`the time ${new Date(until).toISOString()}`);
    expect(simulation.runTimers().ended).toBe('FINISHED');
  });

  it.each<[what: string, inputs: Record<string, Json>]>([
    ['no seconds', { bk_timing: '0' }],
    ['a date that is past, not checked', { bk_timing: '2023-11-14 23:13:19', force_check: false }],
  ])('is over at once with %s', (_what, inputs) => {
    const simulation = run('sleep_timer', inputs);

    expect(simulation.ended).toBe('FINISHED');
    expect(simulation.timers.size).toBe(0);
  });

  it.each<[timing: Json, reason: string]>([
    ['2023-11-14 23:13:20', 'bk_timing 2023-11-14 23:13:20 is in the past'],
    ['', 'bk_timing "" is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"'],
    ['-1', 'bk_timing "-1" is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"'],
    ['1.5', 'bk_timing "1.5" is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"'],
    ['2023-11-15', 'bk_timing "2023-11-15" is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"'],
    ['2023-02-30 10:00:00', 'bk_timing "2023-02-30 10:00:00" is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"'],
    ['2023-11-15 24:00:00', 'bk_timing "2023-11-15 24:00:00" is neither a number of seconds nor "YYYY-MM-DD HH:MM:SS"'],
    ['99999999999', 'bk_timing is more than ten years away'],
  ])('fails with %j', (bk_timing, ex_data) => {
    const simulation = run('sleep_timer', { bk_timing });

    expect(simulation.rows.get('a')).toMatchObject({ status: 'FAILED', outputs: { _result: false, ex_data } });
  });
});

describe('pause_node', () => {
  it.each<[data: Json, outputs: object]>([
    [{ by: 'ann' }, { callback_data: { by: 'ann' } }],
    [{}, { callback_data: {} }],
    ['done', { callback_data: 'done' }],
    [null, {}],
  ])('waits for a callback and is finished by %j', (data, outputs) => {
    const simulation = run('pause_node', { description: 'look at it' });
    expect(simulation.rows.get('a')).toMatchObject({ status: 'RUNNING', waitingFor: 'a callback' });

    expect(simulation.operate({ action: 'callback', node: 'a', data })).toBeNull();

    expect(simulation.ended).toBe('FINISHED');
    const { _result, _loop, _inner_loop, ...own } = simulation.rows.get('a')!.outputs;
    expect(own).toEqual(outputs);
  });
});

describe('bk_display', () => {
  it('shows its message in its inputs and succeeds', () => {
    const simulation = run('bk_display', { bk_display_message: 'hello' }, '1.0');

    expect(simulation.ended).toBe('FINISHED');
    expect(simulation.rows.get('a')?.inputs).toMatchObject({ bk_display_message: 'hello' });
  });
});
