import './own-plugins';
import { prepareTask } from '../../bench/arms';
import { countsOf } from '../../bench/counts';
import { answerTo, WRITTEN } from '../../bench/hosts/answers';
import { stepTree } from '../../bench/hosts/step';
import { forget, start } from '../../hosts/attach';
import { SimulatedWorld } from './simulated-world';

const CONCURRENCY = 500;
/** Hosts are worked on by an activity for each fifty of them, and it is asked what follows before and after that. */
const SIZES: [hosts: number, activities: number][] = [
  [40, 1],
  [260, 6 + 2],
];

describe('a step over simulated hosts', () => {
  let world: SimulatedWorld;

  beforeAll(async () => {
    world = await SimulatedWorld.open();
  });

  afterAll(() => world?.close());

  it.each(SIZES)('of %i is so few activities in its history: %i, and few events', async (hosts, activities) => {
    const tag = `of-${hosts}`;
    const { gantry } = world;
    const addresses = await world.hosts(tag, hosts);
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
