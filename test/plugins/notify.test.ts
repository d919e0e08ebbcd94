import { openReceiver } from '../support/receiver';
import { allowLocal, runPlugin } from './support';

const MESSAGE = {
  biz_cc_id: 2,
  bk_notify_type: ['mail'],
  bk_receiver_info: { bk_receiver_group: ['Maintainers'], bk_more_receiver: 'bob' },
  bk_notify_title: 'done',
  bk_notify_content: 'all hosts',
  notify: true,
};

describe('bk_notify', () => {
  afterEach(() => {
    delete process.env.GANTRY_NOTIFY_WEBHOOK;
  });

  it('posts the notification to the webhook, under a key by which a repeated one can be told', async () => {
    const server = await openReceiver((_, response) => response.writeHead(204).end());
    process.env.GANTRY_NOTIFY_WEBHOOK = `${server.url}/hook`;
    allowLocal();

    const end = await runPlugin('bk_notify', 'v1.0', MESSAGE);
    await server.close();

    expect(end).toEqual({ outputs: { delivered: true, message: 'the webhook answered with status 204' } });
    expect(server.received).toMatchObject([
      { headers: { 'idempotency-key': '7-n1-1-2', 'content-type': 'application/json' } },
    ]);
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      title: 'done',
      content: 'all hosts',
      notify_type: ['mail'],
      receiver_info: { bk_receiver_group: ['Maintainers'], bk_more_receiver: 'bob' },
      biz_cc_id: 2,
      notify_executor: true,
      executor: 'ann',
      task_id: 7,
      task_name: 'a task',
      task_url: 'http://gantry/7',
      node_id: 'n1',
    });
  });

  it('says so when there is no webhook', async () => {
    expect(await runPlugin('bk_notify', 'v1.0', MESSAGE)).toEqual({
      outputs: { delivered: false, message: 'nobody was told: GANTRY_NOTIFY_WEBHOOK is not set' },
    });
  });

  it('fails when the webhook does', async () => {
    const server = await openReceiver((_, response) => response.writeHead(500).end('out of order'));
    process.env.GANTRY_NOTIFY_WEBHOOK = server.url;
    allowLocal();

    const end = await runPlugin('bk_notify', 'v1.0', {});
    await server.close();

    expect(end).toEqual({
      outputs: { delivered: false },
      reason: 'the webhook answered with status 500: out of order',
    });
  });
});
