import { pickPorts } from '../../stack/ports';
import { taskQueueOf, workflowIdOf } from '../../temporal/names';
import { type Answer, ApiClient } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { openReceiver, type Receiver } from '../support/receiver';
import { sketch } from '../support/trees';
import { type Tap, Wire } from '../support/wire';
import { WorkerProcess } from '../support/worker-process';

const KILLS = 50;

/** A moment between the insert of a task and the start of its workflow. */
interface Step {
  /** Statements of one connection to Postgres, in this order; the last one is the moment. */
  sql?: string[];
  /** Without it: the request to Temporal that starts the workflow. */
  when: 'before it is sent' | 'after it is done';
  request: 'create' | 'start';
  /** Whether the start is promised from here on. */
  isStarted: boolean;
}

const step = (request: Step['request'], isStarted: boolean, sql: string[], when: Step['when']): Step => ({
  request,
  isStarted,
  sql,
  when,
});
const BEFORE = 'before it is sent';
const AFTER = 'after it is done';
const INSERT = 'insert into tasks';
const CLAIM = 'update "tasks"';
const AUDIT = 'insert into "audit_records"';
const PROGRAM = 'from "task_programs"';

const STEPS: Step[] = [
  step('create', false, [INSERT], BEFORE),
  step('create', false, [INSERT], AFTER),
  step('start', false, [CLAIM], BEFORE),
  step('start', false, [CLAIM], AFTER),
  step('start', false, [CLAIM, AUDIT], AFTER),
  step('start', false, [CLAIM, 'commit'], BEFORE),
  step('start', true, [CLAIM, 'commit'], AFTER),
  step('start', true, [PROGRAM], BEFORE),
  step('start', true, [PROGRAM], AFTER),
  { request: 'start', isStarted: true, when: BEFORE },
  { request: 'start', isStarted: true, when: AFTER },
];

/** Longer than what HTTP/2 says for itself: the request, or the answer with the run's id. */
const MESSAGE_BYTES = { fromClient: 200, fromServer: 60 };

/** Waits, once armed, for a step's moment, and kills the process at it. */
class Trap {
  isArmed = false;
  isSprung = false;
  /** The program has been read: what goes to Temporal next is the start. */
  #isStarting = false;

  constructor(
    private readonly step: Step,
    private readonly kill: () => void,
  ) {}

  postgres(): Tap {
    const sql = this.step.sql ?? [PROGRAM];
    let seen = 0;
    return {
      fromClient: (chunk) => {
        if (!this.isArmed || seen === sql.length || !chunk.includes(sql[seen]!)) return !this.isSprung;
        seen += 1;
        if (seen < sql.length || !this.step.sql || this.step.when === AFTER) return true;
        return this.#spring();
      },
      fromServer: () => {
        if (seen < sql.length) return !this.isSprung;
        this.#isStarting = true;
        return this.step.sql && this.step.when === AFTER ? this.#spring() : !this.isSprung;
      },
    };
  }

  temporal(): Tap {
    let isSent = false;
    return {
      fromClient: (chunk) => {
        if (this.step.sql || !this.#isStarting || chunk.length < MESSAGE_BYTES.fromClient) return !this.isSprung;
        isSent = true;
        return this.step.when === BEFORE ? this.#spring() : true;
      },
      fromServer: (chunk) => {
        if (!isSent || chunk.length < MESSAGE_BYTES.fromServer) return true;
        return this.#spring();
      },
    };
  }

  #spring(): false {
    this.isSprung = true;
    this.kill();
    return false;
  }
}

/** An API process behind proxies that kill it at a step. */
class Doomed {
  private constructor(
    private readonly client: ApiClient,
    private readonly process: WorkerProcess,
    private readonly trap: Trap,
    private readonly wires: Wire[],
  ) {}

  static async start(gantry: Gantry, step: Step): Promise<Doomed> {
    let process: WorkerProcess | undefined;
    const trap = new Trap(step, () => void process?.kill('SIGKILL'));
    const database = new URL(gantry.databaseUrl);
    const server = new URL(`http://${gantry.server.address}`);
    const wires = await Promise.all([
      Wire.open({ host: database.hostname, port: Number(database.port) }, () => trap.postgres()),
      Wire.open({ host: server.hostname, port: Number(server.port) }, () => trap.temporal()),
    ]);
    database.port = String(wires[0]!.port);
    const { api } = await pickPorts(['api'], {});
    const env = { TEMPORAL_ADDRESS: `127.0.0.1:${wires[1]!.port}`, GANTRY_PORT: String(api) };
    process = await WorkerProcess.start(database.href, env, 'api');
    return new Doomed(ApiClient.at(`http://127.0.0.1:${api}`), process, trap, wires);
  }

  /** Asks for what the step needs and dies at it; the task, where its creation was answered. */
  async die(tree: object, { request }: Step): Promise<number | undefined> {
    this.trap.isArmed = request === 'create';
    const created = await this.#post('/apigw/fast_create_task/1/', { name: 'outbox', pipeline_tree: tree });
    if (request === 'start') {
      this.trap.isArmed = true;
      await this.#post(`/apigw/start_task/${created!.data.task_id}/1/`, {});
    }
    await this.process.kill('SIGKILL');
    for (const wire of this.wires) wire.close();
    if (!this.trap.isSprung) throw new Error('the process was not at the step');
    return created?.data.task_id;
  }

  #post(path: string, body: object): Promise<Answer | undefined> {
    return this.client.post(path, body).catch((error: Error & { code?: string }) => {
      // With a code it is one of the connection: the process died before it had answered.
      if (error.code !== undefined) return undefined;
      throw error;
    });
  }
}

describe('an API process that is killed between the insert and the start', () => {
  let gantry: Gantry;
  /** Hears of every run of a task's node. */
  let counter: Receiver;

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    counter = await openReceiver();
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  afterAll(async () => {
    await gantry.stop();
    await counter.close();
  });

  it('loses no task that was started, and runs none twice: 50 times, at every step', async () => {
    const inputs = { bk_http_request_method: 'POST', bk_http_request_url: `${counter.url}/\${_system.task_id}` };
    const tree = sketch({ chains: ['S a E'], activities: { a: { code: 'bk_http_request', inputs } } });
    const steps = Array.from({ length: KILLS }, (_, kill) => STEPS[kill % STEPS.length]!);
    const promised: number[] = [];
    const notStarted: number[] = [];
    // The next process boots while one dies.
    let next = Doomed.start(gantry, steps[0]!);
    for (const [kill, step] of steps.entries()) {
      const doomed = await next;
      const following = steps[kill + 1];
      if (following) next = Doomed.start(gantry, following);
      const id = await doomed.die(tree, step);
      if (id !== undefined) (step.isStarted ? promised : notStarted).push(id);
    }

    const { api } = await pickPorts(['api'], {});
    const fresh = await WorkerProcess.start(gantry.databaseUrl, { GANTRY_PORT: String(api) }, 'api');
    try {
      await untilEnded(promised);
    } finally {
      await fresh.kill('SIGTERM');
    }

    const tasks = await gantry.db.selectFrom('tasks').select(['id', 'phase', 'status']).orderBy('id').execute();
    const started = tasks.filter(({ phase }) => phase !== 'created');
    expect(started.map(({ id }) => id)).toEqual([...promised].sort((a, b) => a - b));
    expect(new Set(started.map(({ status }) => status))).toEqual(new Set(['FINISHED']));
    expect(tasks.filter(({ id }) => notStarted.includes(id)).map(({ phase }) => phase)).toEqual(
      notStarted.map(() => 'created'),
    );
    const runs = counter.received.map(({ path }) => Number(path.slice(1)));
    expect(runs.sort((a, b) => a - b)).toEqual([...promised].sort((a, b) => a - b));
    const rows = await gantry.db.selectFrom('node_executions').select(['task_id', 'node_id', 'status']).execute();
    expect(rows).toHaveLength(3 * promised.length);
    expect(new Set(rows.map(({ task_id, node_id }) => `${task_id} ${node_id}`)).size).toBe(rows.length);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['FINISHED']));
    expect((await completedWorkflows(promised.length)).sort()).toEqual(
      promised.map((id) => workflowIdOf(gantry.installation, id)).sort(),
    );
  }, 600_000);

  async function untilEnded(ids: number[]): Promise<void> {
    const open = () =>
      gantry.db
        .selectFrom('tasks')
        .select(['id', 'phase'])
        .where('id', 'in', ids)
        .where('phase', '<>', 'ended')
        .execute();
    const patience = { isWanted: ({ length }: unknown[]) => length === 0, withinMs: 60_000, everyMs: 200 };
    await eventually('all tasks have ended', open, patience);
  }

  /** Every execution that has completed, also a second one under the same id; the server lists them a moment later. */
  async function completedWorkflows(count: number): Promise<string[]> {
    const isAll = ({ length }: string[]) => length >= count;
    return eventually('all workflows are listed as completed', listCompleted, { isWanted: isAll, everyMs: 200 });
  }

  async function listCompleted(): Promise<string[]> {
    const ids: string[] = [];
    const query = `TaskQueue = '${taskQueueOf(gantry.installation)}' and ExecutionStatus = 'Completed'`;
    for await (const { workflowId } of gantry.client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  }
});
