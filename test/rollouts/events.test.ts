import { remote } from '../support/flows';
import { linesOf, RolloutWorld } from './support';

const BATCHES = 10;
const STEPS = 5;
/** What 1,000 hosts in batches of 100 may take: a batch of one has as many events as one of a hundred (`HOSTS_A_PART`). */
const MAX_EVENTS = 1_000;
const WITHIN_MS = 150_000;

describe('the history of a rollout', () => {
  let world: RolloutWorld;

  beforeAll(async () => {
    world = await RolloutWorld.open();
  });

  afterAll(() => world.close());

  it('has less than a thousand events for ten batches of five steps', async () => {
    const hosts = await world.hosts(BATCHES);
    const steps = Array.from({ length: STEPS }, (_, n) => remote(`step${n}`, `echo ${n} >> $HOME/ran`));
    const flow = await world.rollouts.run(
      steps,
      hosts.map(({ id }) => id),
      { batches: { maxNum: 1 } },
    );
    const { flow: done } = await world.rollouts.untilState(flow, 2, WITHIN_MS);

    const history = await world.gantry.history(done.task_id!);

    expect(hosts.map((host) => linesOf(host))).toEqual(hosts.map(() => ['0', '1', '2', '3', '4']));
    expect(history.events!.length).toBeLessThan(MAX_EVENTS);
  });
});
