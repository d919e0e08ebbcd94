import { transact } from '../../db/transaction';
import { joinFlows } from '../../rollouts/flows/create';
import { skipHost } from '../../rollouts/flows/hosts';
import { pauseFlow } from '../../rollouts/flows/pause';
import { startFlow } from '../../rollouts/flows/start';
import { stopFlow } from '../../rollouts/flows/stop';
import { startDue } from '../../rollouts/queue';
import { local, Rollouts, remote } from './flows';
import type { Gantry } from './gantry';

const PROJECT = 1;
let hosts = 0;

/** Rollouts over hosts that nobody can reach, which is all that their histories need; the tasks that they were run by. */
export const rolloutScenarios: Record<string, (gantry: Gantry) => Promise<number>> = {
  async rollout_in_batches(gantry) {
    const { rollouts, ids } = await world(gantry, 4);
    const steps = [
      remote('try', 'true', { ignoreError: true }),
      local('echo_step', { name: 'x' }),
      local('sleep', { time: 1 }),
    ];
    const flow = await rollouts.run(steps, ids, { batches: { maxNum: 2 }, soakSeconds: 1 });
    await rollouts.untilState(flow, 2);
    return taskOf(rollouts, flow);
  },

  async rollout_that_fails_at_a_gate_and_is_ended(gantry) {
    const { rollouts, ids } = await world(gantry, 3);
    const { services, caller } = rollouts;
    const flow = await rollouts.run([local('echo_step', { name: 'x' }), remote('try', 'true')], ids, {
      ...{ batches: { maxNum: 1 }, isAuto: false },
    });
    await rollouts.untilState(flow, 3);
    await startFlow(services, caller, flow);
    await rollouts.untilRetried(flow, 1);
    const [first] = await rollouts.hosts(flow);
    await skipHost(services, caller, first!.id);
    await rollouts.untilState(flow, 4);
    await startFlow(services, caller, flow);
    await rollouts.untilState(flow, 3);
    await stopFlow(services, caller, flow);
    return taskOf(rollouts, flow);
  },

  async rollout_that_is_paused(gantry) {
    const { rollouts, ids } = await world(gantry, 1);
    const flow = await rollouts.run([local('sleep', { time: 2 }), local('echo_step', { name: 'x' })], ids);
    await rollouts.untilState(flow, 1);
    await pauseFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 4);
    await startFlow(rollouts.services, rollouts.caller, flow);
    await rollouts.untilState(flow, 2);
    return taskOf(rollouts, flow);
  },

  async rollouts_of_several_pools(gantry) {
    const { rollouts } = await world(gantry, 0);
    const steps = [local('echo_step', { name: 'x' }), local('echo_step', { name: 'y' })];
    const flows: number[] = [];
    for (let pool = 0; pool < 3; pool++) {
      const { ids } = await world(gantry, 2, rollouts);
      flows.push(await rollouts.make(steps, ids, { kind: 'expand' }));
    }
    await transact(gantry.db, (tx) => joinFlows(tx, flows[0]!, flows.slice(1)));
    await startDue(rollouts.services);
    for (const flow of flows) await rollouts.untilState(flow, 2);
    return taskOf(rollouts, flows[2]!);
  },
};

async function world(gantry: Gantry, count: number, known?: Rollouts) {
  const rollouts = known ?? (await Rollouts.in(gantry, PROJECT));
  const rows = Array.from({ length: count }, () => ({
    ...{ supplier_account: '0', project_id: PROJECT, address: `10.99.${++hosts >> 8}.${hosts & 255}` },
  }));
  if (count === 0) return { rollouts, ids: [] };
  const made = await gantry.db.insertInto('hosts').values(rows).returning('id').execute();
  const ids = made.map(({ id }) => id);
  await rollouts.pool(ids);
  return { rollouts, ids };
}

async function taskOf(rollouts: Rollouts, flow: number): Promise<number> {
  return (await rollouts.state(flow)).flow.task_id!;
}
