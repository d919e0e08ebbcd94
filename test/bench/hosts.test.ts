import './own-plugins';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareTask } from '../../bench/arms';
import { bundleWorkflows } from '../../bench/bundle';
import { countsOf } from '../../bench/counts';
import { answerTo, WRITTEN } from '../../bench/hosts/answers';
import { makeHosts } from '../../bench/hosts/inventory';
import { SIMULATED, SimulatedPool } from '../../bench/hosts/simulated-pool';
import { stepTree } from '../../bench/hosts/step';
import { forget, start } from '../../hosts/attach';
import { seal } from '../../secrets/token';
import { type RunningWorker, startWorker } from '../../worker/worker';
import { Gantry } from '../support/gantry';
import { newPublicKey } from '../support/ssh-inventory';

const CONCURRENCY = 500;
/** Hosts are worked on by an activity for each fifty of them, and it is asked what follows before and after that. */
const SIZES: [hosts: number, activities: number][] = [
  [40, 1],
  [260, 6 + 2],
];

describe('a step over simulated hosts', () => {
  let gantry: Gantry;
  let worker: RunningWorker;
  let profileId: number;
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'));

  beforeAll(async () => {
    gantry = await Gantry.create();
    const { services, server, installation } = gantry;
    const bundle = await bundleWorkflows(folder);
    worker = await startWorker({ services, server, installation }, { bundle, pool: new SimulatedPool('') });
    const credential = await gantry.db
      .insertInto('credentials')
      .values({
        project_id: 1,
        name: 'simulated',
        kind: 'password',
        secret: JSON.stringify({ password: seal('not asked', 1) }),
        created_by: 'tester',
        rotated_by: 'tester',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const profile = await gantry.db
      .insertInto('ssh_profiles')
      .values({ project_id: 1, name: 'simulated', credential_id: credential.id })
      .returning('id')
      .executeTakeFirstOrThrow();
    profileId = profile.id;
  });

  afterAll(async () => {
    await worker?.stop();
    await gantry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(SIZES)('of %i is so few activities in its history: %i, and few events', async (hosts, activities) => {
    const tag = `of-${hosts}`;
    const addresses = Array.from({ length: hosts }, (_, n) => `${SIMULATED}${(hosts % 200) + (n >> 8)}.${n & 255}`);
    await makeHosts(gantry.db, { tag, profileId, addresses, key: newPublicKey() });
    const run = await prepareTask(gantry, { name: tag, tree: stepTree(tag, CONCURRENCY) });

    const counts = await countsOf(await run());

    const runs = await gantry.db
      .selectFrom('host_runs')
      .innerJoin('host_logs', 'run_id', 'host_runs.id')
      .select(['status', 'bytes'])
      .where('host_runs.address', 'in', addresses)
      .execute();
    expect(runs).toHaveLength(hosts);
    expect(runs.every(({ status, bytes }) => status === 'ok' && bytes.equals(WRITTEN))).toBe(true);
    expect(counts.activities).toBe(activities);
    expect(counts.events).toBeLessThanOrEqual(10 * (activities + 1));
  });
});

describe('a simulated host', () => {
  it('answers as the helper does', async () => {
    const transport = {
      async exec(command: string, { onStdout }: { onStdout(bytes: Uint8Array): void | Promise<void> }) {
        await onStdout(answerTo(command));
        return { code: 0, stderr: '' };
      },
    };
    const run = {
      id: 'r',
      interpreter: 'sh -e',
      script: Buffer.from('x'),
      block: '',
      timeoutSeconds: 1,
      maxLogBytes: 1,
    };
    const heard: Uint8Array[] = [];
    const follow = { offset: 50, seconds: 1, onLog: (bytes: Uint8Array) => void heard.push(bytes) };

    const { state, position } = await start({ transport }, run, follow);

    expect(state).toMatchObject({ kind: 'ended', code: 0, why: 'exit', logBytes: WRITTEN.length });
    expect(position).toBe(WRITTEN.length);
    expect(Buffer.concat(heard).equals(WRITTEN.subarray(50))).toBe(true);
    expect(await forget({ transport }, 'r')).toBeUndefined();
  });
});
