import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { BARE_ACTIVITIES } from '../../bench/bare';
import { parallelProgram, serialProgram } from '../../bench/shapes';
import { connectClient } from '../../temporal/connection';
import { CONTEXT } from '../support/simulation';
import { quietRuntime, temporal } from '../support/temporal';

const logger = new DefaultLogger('ERROR');

describe('the interpreter without a recorder', () => {
  const taskQueue = `events-${randomUUID()}`;
  let client: Client;
  let worker: Worker;
  let connection: NativeConnection;
  let running: Promise<void>;

  beforeAll(async () => {
    quietRuntime();
    client = await connectClient(temporal());
    connection = await NativeConnection.connect({ address: temporal().address });
    worker = await Worker.create({
      connection,
      namespace: temporal().namespace,
      taskQueue,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: require.resolve('../../bench/workflows'), logger }),
      activities: BARE_ACTIVITIES,
    });
    running = worker.run();
  });

  afterAll(async () => {
    worker.shutdown();
    await running;
    await connection.close();
    await client.connection.close();
  });

  it.each([1, 10])(
    'writes the history of a hand-written workflow for %i activities in line, and one change of state',
    async (count) => {
      const byHand = await countEvents('serialByHand', count);

      const interpreted = await countEvents('interpreted', { program: serialProgram(count), context: CONTEXT });

      expect(interpreted).toEqual({ ...byHand, EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 1 });
    },
  );

  it.each([2, 20])('schedules %i activities side by side in one workflow task, as by hand', async (count) => {
    const byHand = await countEvents('parallelByHand', count);

    const interpreted = await countEvents('interpreted', { program: parallelProgram(count), context: CONTEXT });

    const fixed = [
      'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
      'EVENT_TYPE_ACTIVITY_TASK_STARTED',
      'EVENT_TYPE_ACTIVITY_TASK_COMPLETED',
    ];
    for (const type of fixed) expect([type, interpreted[type]]).toEqual([type, byHand[type]]);
    expect(interpreted.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES).toBe(1);
    expect(Object.keys(interpreted).sort()).toEqual(
      [...Object.keys(byHand), 'EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'].sort(),
    );
  });

  /** Events of one finished run, by type. */
  async function countEvents(type: string, argument: unknown): Promise<Record<string, number>> {
    const handle = await client.workflow.start(type, { taskQueue, workflowId: randomUUID(), args: [argument] });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const counts: Record<string, number> = {};
    for (const event of events ?? []) {
      const name = String(event.eventType === undefined ? '' : EVENT_NAMES[Number(event.eventType)]);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
});

const EVENT_NAMES = proto.api.enums.v1.EventType as unknown as Record<number, string>;
