import type { Json, JsonObject } from '../../../pipeline/json';
import { Simulation } from '../../support/simulation';
import { compileTree, sketch } from '../../support/trees';

const SN = expect.stringMatching(/^REQ20231114221320\d{4}$/);

function approval(inputs: Record<string, Json> = {}, given = {}): Simulation {
  const tree = sketch({
    chains: ['S ask E'],
    activities: { ask: { code: 'bk_approve', version: 'v1.0', inputs, ...given } },
    constants: { answer: { source_type: 'component_outputs', source_info: { ask: ['approve_result'] } } },
    outputs: ['${answer}'],
  });
  return new Simulation(compileTree(tree)).start();
}

function answer(simulation: Simulation, data: Json) {
  return simulation.operate({ action: 'callback', node: 'ask', data });
}

describe('bk_approve', () => {
  it('waits for its verifiers and shows its serial number meanwhile', () => {
    const { rows } = approval({ bk_verifier: 'ann,bob' });

    expect(rows.get('ask')).toMatchObject({
      status: 'RUNNING',
      waitingFor: 'an approval by ann,bob',
      outputs: { sn: SN },
    });
  });

  it.each<[what: string, inputs: Record<string, Json>, data: JsonObject, status: string, outputs: JsonObject]>([
    ['an approval', {}, { approve_result: true }, 'FINISHED', { approve_result: '通过', _result: true }],
    [
      'a rejection',
      {},
      { approve_result: false },
      'FAILED',
      { approve_result: '拒绝', _result: false, ex_data: expect.stringMatching(/^the approval REQ\d+ was rejected$/) },
    ],
    [
      'a rejection that does not block',
      { rejected_block: false },
      { approve_result: false },
      'FINISHED',
      { approve_result: '拒绝', _result: true },
    ],
  ])('ends by %s', (_what, inputs, data, status, outputs) => {
    const simulation = approval(inputs);
    const { sn } = simulation.rows.get('ask')!.outputs;

    expect(answer(simulation, data)).toBeNull();

    expect(simulation.rows.get('ask')).toMatchObject({ status, outputs: { sn, ...outputs } });
  });

  it('hands its answer on', () => {
    const simulation = approval({ rejected_block: false });

    answer(simulation, { approve_result: false });

    expect(simulation.state.outputs).toEqual({ '${answer}': '拒绝' });
  });

  it.each<Json>([null, {}, true, 'yes', { approve_result: 'true' }, [{ approve_result: true }]])(
    'refuses the answer %j and goes on waiting',
    (data) => {
      const simulation = approval();

      expect(answer(simulation, data)).toEqual({
        kind: 'invalid',
        message:
          'callback of node ask is refused: an approval is called back with {"approve_result": true} or ' +
          '{"approve_result": false}',
      });
      expect(simulation.status('ask')).toBe('RUNNING');
    },
  );

  it('takes an answer that came before it was asked for', () => {
    const tree = sketch({
      chains: ['S wait ask E'],
      activities: {
        wait: { code: 'sleep_timer', inputs: { bk_timing: 5 } },
        ask: { code: 'bk_approve', version: 'v1.0' },
      },
    });
    const simulation = new Simulation(compileTree(tree)).start();

    expect(answer(simulation, { approve_result: true })).toBeNull();
    simulation.runTimers();

    expect(simulation.ended).toBe('FINISHED');
  });

  it('asks again, under a new number, when a rejected one is retried', () => {
    const simulation = approval();
    answer(simulation, { approve_result: false });
    const { sn } = simulation.rows.get('ask')!.outputs;

    simulation.operate({ action: 'retry', node: 'ask' });

    expect(simulation.rows.get('ask')).toMatchObject({ status: 'RUNNING', outputs: { sn: SN } });
    expect(simulation.rows.get('ask')!.outputs.sn).not.toBe(sn);
  });
});
