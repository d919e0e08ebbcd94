import { sql } from 'kysely';
import { connect } from '../../db/connection';
import { startFlow } from '../../rollouts/flows/start';
import { stopFlow } from '../../rollouts/flows/stop';
import { startDue } from '../../rollouts/queue';
import { startStuckTasks } from '../../tasks/start';
import { Cut } from '../support/cut';
import { eventually } from '../support/eventually';
import { local, Rollouts } from '../support/flows';
import { Gantry } from '../support/gantry';
import { addSshProject, type SshProject } from '../support/ssh-inventory';

const STEPS = [local('echo_step', { name: 'x' })];
/** Long after any start that is under way. */
const LATER_MS = 60_000;

/** What an API process does with the lines of pools, and how the two flows of a pool that it is about stand then. */
interface Deed {
  name: string;
  /** Of a pool that is free. */
  prepare(rollouts: Rollouts, flows: readonly number[]): Promise<void>;
  act(services: Rollouts['services'], rollouts: Rollouts, flows: readonly number[]): Promise<void>;
  /** How often each flow may have been run when all is over: what was asked for was done, or was not. */
  runs: readonly (readonly number[])[];
}

const DEEDS: Deed[] = [
  {
    name: 'starts a flow',
    prepare: async () => {},
    act: (services) => startDue(services),
    runs: [[1, 1]],
  },
  {
    name: 'ends a flow that waits',
    prepare: async () => {},
    act: (services, { caller }, [, second]) => stopFlow(services, caller, second!),
    runs: [
      [1, 1],
      [1, 0],
    ],
  },
  {
    name: 'starts a flow again',
    prepare: ({ services, caller }, [first]) => stopFlow(services, caller, first!),
    act: (services, { caller }, [first]) => startFlow(services, caller, first!),
    runs: [
      [0, 1],
      [1, 1],
    ],
  },
];

describe('an API process that is cut off while it works on the lines of pools', () => {
  let gantry: Gantry;
  let project: SshProject;
  let rollouts: Rollouts;

  beforeAll(async () => {
    gantry = await Gantry.create();
    project = await addSshProject(gantry.db);
    rollouts = await Rollouts.in(gantry, project.projectId);
    await gantry.startWorker();
  });

  afterAll(() => gantry.stop());

  it.each(DEEDS)(
    '$name',
    async (deed) => {
      const seen: string[] = [];
      const ways = new Set<string>();
      for (;;) {
        const hosts = [await project.host()];
        const poolId = await rollouts.pool(hosts);
        const flows = [await rollouts.make(STEPS, hosts), await rollouts.make(STEPS, hosts)];
        await deed.prepare(rollouts, flows);
        const place = await breakAt(seen.length, (services) => deed.act(services, rollouts, flows));

        const tasks = await goOn(poolId, flows);

        const runs = flows.map((flow) => tasks.filter(({ flow_id }) => flow_id === flow).length);
        expect({ place, runs: deed.runs }).toEqual({ place, runs: expect.arrayContaining([runs]) });
        ways.add(runs.join());
        if (place === undefined) break;
        seen.push(place);
      }
      expect(ways.size).toBe(deed.runs.length);
      expect(seen.filter((place) => place === 'before commit').length).toBeGreaterThan(0);
    },
    600_000,
  );

  /** Lets the next process, and workers, do what is left; the tasks that the flows have had then. */
  async function goOn(poolId: number, flows: readonly number[]) {
    await startStuckTasks(gantry.services, Date.now() + LATER_MS);
    await startDue(gantry.services);
    const locks = () => gantry.db.selectFrom('pool_locks').selectAll().where('pool_id', '=', poolId).execute();
    const queued = () =>
      gantry.db.selectFrom('flows').select('id').where('id', 'in', flows).where('queued_at', 'is not', null).execute();
    await eventually('both flows are over', async () => {
      await startDue(gantry.services);
      return (await locks()).length === 0 && (await queued()).length === 0;
    });
    const tasks = await gantry.db
      .selectFrom('flow_tasks')
      .innerJoin('tasks', 'tasks.id', 'task_id')
      .select(['flow_id', 'task_id', 'status', 'started_at', 'finished_at'])
      .where('flow_id', 'in', flows)
      .orderBy('started_at')
      .execute();
    expect(tasks.map(({ status }) => status)).toEqual(tasks.map(() => 'FINISHED'));
    // One at a time: none has begun before the one before has ended.
    for (const [at, { started_at }] of tasks.entries())
      if (at > 0) expect(started_at!.getTime()).toBeGreaterThanOrEqual(tasks[at - 1]!.finished_at!.getTime());
    for (const { flow_id, task_id } of tasks) {
      const begun = (await rollouts.logs(flow_id)).filter((line) => line.startsWith('start running flow['));
      expect(begun).toHaveLength(1);
      await gantry.untilEnded(task_id);
    }
    return tasks;
  }

  async function breakAt(at: number, act: (services: Rollouts['services']) => Promise<void>) {
    // After a read nothing is other than before it.
    const cut = new Cut({ reads: false });
    const db = connect(await cut.database(gantry.databaseUrl));
    await sql`select 1`.execute(db);
    cut.arm(at);
    const [result] = await Promise.allSettled([act({ ...gantry.services, db, pipelines: pipelinesOf(cut) })]);
    if (cut.place === undefined && result!.status === 'rejected') throw result!.reason;
    cut.close();
    await db.destroy().catch(() => {});
    await eventually('Postgres has seen its end', async () => {
      const { rows } = await sql`select from pg_stat_activity where application_name = ${cut.name}`.execute(gantry.db);
      return rows.length === 0;
    });
    return cut.place;
  }

  /** The Temporal server as who is cut off reaches it. */
  function pipelinesOf(cut: Cut): Rollouts['services']['pipelines'] {
    const { pipelines } = gantry.services;
    return new Proxy(pipelines, {
      get(target, name) {
        if (name === 'start') {
          return async (...given: Parameters<typeof pipelines.start>) => {
            cut.passes('before the workflow is started');
            await target.start(...given);
            cut.passes('after the workflow was started');
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
});
