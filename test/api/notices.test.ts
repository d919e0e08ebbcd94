import { createHash, createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { listNotices } from '../../db/notices';
import { closeLostTasks } from '../../tasks/lost';
import { NoticeSender, retryDelayMs, sendDueNotices } from '../../tasks/notices';
import { workflowIdOf } from '../../temporal/names';
import { CREDENTIALS } from '../support/client';
import { eventually } from '../support/eventually';
import { Gantry } from '../support/gantry';
import { openReceiver, type Received, type Receiver } from '../support/receiver';
import { sketch } from '../support/trees';

const FAILING = {
  code: 'bk_http_request',
  inputs: { bk_http_request_method: 'GET', bk_http_request_url: 'http://127.0.0.2:8999/' },
};

describe('notices of a task', () => {
  let gantry: Gantry;
  let receiver: Receiver;
  let url: string;
  /** So many messages are refused before one is taken. */
  let refusals = 0;

  beforeAll(async () => {
    process.env.GANTRY_HTTP_ALLOW = '127.0.0.1';
    receiver = await openReceiver((_, response) => response.writeHead(refusals-- > 0 ? 503 : 200).end());
    url = `${receiver.url}/done`;
    gantry = await Gantry.create();
    await gantry.startWorker();
  });

  beforeEach(async () => {
    await gantry.db.deleteFrom('callbacks').execute();
    receiver.received.length = 0;
    refusals = 0;
  });

  afterAll(async () => {
    await gantry.stop();
    await receiver.close();
  });

  /** A started task whose creator wants to be told. */
  async function begin(tree: object, version: 'v2' | null = null): Promise<{ id: number; nodes: string[] }> {
    const { task_id: id, pipeline_tree } = await gantry.create(tree);
    await gantry.db
      .updateTable('tasks')
      .set({ callback_url: url, callback_version: version })
      .where('id', '=', id)
      .execute();
    await gantry.start(id);
    return { id, nodes: Object.keys(pipeline_tree.activities) };
  }

  /** The notices of a task once there are as many as wanted; then a moment for one too many. */
  async function untilCount(id: number, count: number) {
    const isEnough = ({ length }: unknown[]) => length >= count;
    await eventually(`there are ${count} messages`, () => listNotices(gantry.db, id), { isWanted: isEnough });
    await delay(200);
    const notices = await listNotices(gantry.db, id);
    expect(notices).toHaveLength(count);
    return notices;
  }

  it('tell the end of a task as form fields, signed with the hash of the app secret', async () => {
    const { id } = await begin(sketch({ chains: ['S a E'] }));
    await untilCount(id, 1);

    await sendDueNotices(gantry.services);

    const [{ headers, body }] = receiver.received as [Received];
    expect(body).toBe(`task_id=${id}&task_success=True`);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    const key = createHash('sha256').update(CREDENTIALS.app_secret).digest('hex');
    expect(headers['x-gantry-signature']).toBe(`sha256=${createHmac('sha256', key).update(body).digest('hex')}`);
    const { data } = await gantry.get(`/apigw/get_task_detail/${id}/1/?include_webhook_history=1`);
    expect(data.webhook_history).toEqual([
      {
        event: 'finished',
        url,
        body: { task_id: id, task_success: true },
        status: 'success',
        attempts: 1,
        error: '',
        create_time: expect.any(String),
      },
    ]);
    await sendDueNotices(gantry.services);
    expect(receiver.received).toHaveLength(1);
  });

  it('of version v2 are JSON with the outputs, without secrets', async () => {
    const tree = sketch({
      chains: ['S a E'],
      constants: { greeting: { value: 'hello' }, pw: { custom_type: 'password', value: 'never-told' } },
      outputs: ['${greeting}', '${pw}'],
    });
    const { id } = await begin(tree, 'v2');
    await untilCount(id, 1);

    await sendDueNotices(gantry.services);

    expect(JSON.parse(receiver.received[0]!.body)).toEqual({
      task_id: id,
      task_success: true,
      task_outputs: { '${greeting}': 'hello', '${pw}': '******' },
      callback_version: 'v2',
    });
  });

  it('tell each failure that is not retried by itself, and a stop', async () => {
    const a = { ...FAILING, auto_retry: { enable: true, interval: 0, times: 2 } };
    const { id, nodes } = await begin(sketch({ chains: ['S a E'], activities: { a } }));
    const [failed] = await untilCount(id, 1);
    expect(failed).toMatchObject({ event: `node_failed ${nodes[0]} 1 2`, body: { task_id: id, task_success: false } });

    await gantry.post(`/apigw/operate_node/1/${id}/`, { node_id: nodes[0], action: 'retry' });
    await untilCount(id, 2);
    await gantry.post(`/apigw/operate_task/${id}/1/`, { action: 'revoke' });

    const events = (await untilCount(id, 3)).map(({ event }) => event);
    expect(events).toEqual([`node_failed ${nodes[0]} 1 2`, `node_failed ${nodes[0]} 1 3`, 'revoked']);
  });

  it('tell a gateway that fails, and a node that is forced to', async () => {
    const tree = sketch({
      chains: ['S g', 'g a c', 'g b c', 'c E'],
      gateways: {
        g: {
          type: 'ExclusiveGateway',
          conditions: { g_a: { evaluate: '1 == 2' }, g_b: { evaluate: '1 == 3' } },
        },
        c: { type: 'ConvergeGateway' },
      },
    });
    const { id } = await begin(tree);
    const [failed] = await untilCount(id, 1);
    expect(failed!.event).toMatch(/^node_failed /);

    const waiting = await begin(sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } }));
    await gantry.until(waiting.id, ({ children }) => children[waiting.nodes[0]!]?.state === 'RUNNING');
    await gantry.post(`/apigw/operate_node/1/${waiting.id}/`, { node_id: waiting.nodes[0], action: 'forced_fail' });
    await untilCount(waiting.id, 1);
  });

  it('say nothing of a failure that is ignored', async () => {
    const a = { ...FAILING, error_ignorable: true };
    const { id } = await begin(sketch({ chains: ['S a E'], activities: { a } }));

    const [notice] = await untilCount(id, 1);
    expect(notice!.event).toBe('finished');
  });

  it('tell the end of a task whose workflow was terminated', async () => {
    const { id, nodes } = await begin(sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } }));
    await gantry.until(id, ({ children }) => children[nodes[0]!]?.state === 'RUNNING');
    await gantry.client.workflow.getHandle(workflowIdOf(gantry.installation, id)).terminate('by hand');

    await closeLostTasks(gantry.services, id - 1);

    const [notice] = await untilCount(id, 1);
    expect(notice!.event).toBe('revoked');
  });

  it('are sent again until they are heard, those of one task in their order', async () => {
    const { id, nodes } = await begin(sketch({ chains: ['S a E'], activities: { a: FAILING } }));
    await untilCount(id, 1);
    await gantry.post(`/apigw/operate_node/1/${id}/`, { node_id: nodes[0], action: 'skip' });
    await untilCount(id, 2);
    refusals = 1;

    const senders = [new NoticeSender(gantry.services), new NoticeSender(gantry.services)];
    for (const sender of senders) sender.start();
    await eventually('three messages have come', () => receiver.received.length >= 3).finally(() =>
      Promise.all(senders.map((sender) => sender.stop())),
    );

    expect(receiver.received.map(({ headers }) => headers['x-gantry-event']!.toString().split(' ')[0])).toEqual([
      'node_failed',
      'node_failed',
      'finished',
    ]);
  });

  it('are not given up before a day has passed, and wait longer and longer', async () => {
    const { id } = await begin(sketch({ chains: ['S a E'] }));
    await untilCount(id, 1);
    refusals = 2;

    await sendDueNotices(gantry.services);
    expect((await listNotices(gantry.db, id))[0]).toMatchObject({
      status: 'ready',
      error: expect.stringContaining('503'),
    });
    const day = new Date(Date.now() - 25 * 3600 * 1000);
    const past = { next_at: new Date(), created_at: day };
    await gantry.db.updateTable('callbacks').set(past).where('task_id', '=', id).execute();
    await sendDueNotices(gantry.services);

    expect((await listNotices(gantry.db, id))[0]).toMatchObject({ status: 'fail', attempts: 2 });
    expect([1, 2, 3, 4, 5, 30].map(retryDelayMs)).toEqual([1000, 1000, 1000, 2000, 4000, 600_000]);
  });

  it('reach no address that requests may not reach', async () => {
    const { id } = await begin(sketch({ chains: ['S a E'] }));
    await untilCount(id, 1);
    await gantry.db.updateTable('callbacks').set({ url: 'http://127.0.0.3:8999/' }).where('task_id', '=', id).execute();

    await sendDueNotices(gantry.services);

    expect((await listNotices(gantry.db, id))[0]!.error).toContain('loopback');
  });
});
