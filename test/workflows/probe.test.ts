import { Worker } from '@temporalio/worker';
import { dataConverter } from '../../temporal/codec';
import { probeIdOf } from '../../temporal/names';
import type { ProbeInput, ProbeResult } from '../../workflows/contract';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { keepHistory } from '../support/histories';

const workflowBundle = { codePath: process.env.GANTRY_TEST_WORKFLOW_BUNDLE! };
const INPUT: ProbeInput = {
  projectId: 1,
  executor: { username: 'ann', isTrusted: false },
  hostIds: [7, 8],
  what: { kind: 'test', account: null },
};
const RESULT: ProbeResult = {
  hosts: [
    { hostId: 7, ok: true, ms: 12, facts: { kernel: '6.1.0', cpus: 2 } },
    { hostId: 8, ok: false, problem: 'refused', message: 'host 8 (10.0.0.8:22) refuses connections' },
  ],
};

describe('the workflow that asks hosts something', () => {
  let gantry: Gantry;
  /** How often the activity fails before it answers, and how often it has run. */
  let failures = 0;
  let runs = 0;
  /** Whether it says nothing any more, as if its worker were gone. */
  let isSilent = false;
  const silent: (() => void)[] = [];

  beforeAll(async () => {
    gantry = await Gantry.create();
    const probe = async () => {
      runs += 1;
      if (isSilent) await new Promise<void>((resolve) => silent.push(resolve));
      if (runs <= failures) throw new Error('its worker was lost');
      return RESULT;
    };
    await gantry.startWorker({ activities: { probe } });
  });

  beforeEach(() => {
    runs = 0;
  });

  afterAll(async () => {
    // A worker ends when its activities have.
    for (const end of silent) end();
    await gantry.stop();
  });

  async function run() {
    const probeId = await gantry.services.probes.start(INPUT);
    const seen = await gantry.services.probes.wait({ projectId: 1, probeId });
    const handle = gantry.client.workflow.getHandle(probeIdOf(gantry.installation, { projectId: 1, probeId }));
    return { seen, history: await handle.fetchHistory() };
  }

  it('has one activity, whose result is its own, and its history replays', async () => {
    failures = 0;
    const { seen, history } = await run();

    expect(seen).toEqual({ state: 'done', result: RESULT });
    expect(history.events!.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(1);
    keepHistory('probed_hosts', history);
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
  });

  it.each([
    [1, { state: 'done', result: RESULT }, 2],
    [2, { state: 'failed', reason: 'its worker was lost' }, 2],
  ])('that fails %s times: %j, after %s tries', async (times, expected, tries) => {
    failures = times;
    const { seen, history } = await run();

    expect(seen).toEqual(expected);
    expect(runs).toBe(tries);
    await Worker.runReplayHistory({ workflowBundle, dataConverter }, history);
  });

  it('that is not heard of any more is tried once more, and then says so', async () => {
    isSilent = true;
    const probeId = await gantry.services.probes.start(INPUT);
    const seen = await eventually('it has ended', () => gantry.services.probes.look({ projectId: 1, probeId }), {
      isWanted: (state) => state?.state !== 'running',
      withinMs: 150_000,
    });

    expect(seen).toEqual({ state: 'failed', reason: 'its workers were lost, or took too long' });
    expect(runs).toBe(2);
  });
});
