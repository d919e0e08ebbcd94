import { GantryClient } from '../../cli/client';
import { openReceiver } from '../support/receiver';

const CREDENTIALS = { app_code: 'app', app_secret: 'secret', username: 'me' };

/** A server that answers every request with `answer`. */
async function fakeApi(answer: string) {
  const { url, received, close } = await openReceiver((_, response) => response.end(answer));
  return { client: new GantryClient({ url, credentials: CREDENTIALS }), received, close };
}

describe('the client', () => {
  it('sends the request with the credentials and the project scope, and returns the created task', async () => {
    const tree = { start_event: { id: 'n1' }, activities: {}, flows: {} };
    const answer = { result: true, code: 0, data: { task_id: 7, task_url: '/7', pipeline_tree: tree } };
    const { client, received, close } = await fakeApi(JSON.stringify(answer));

    const task = await client.fastCreateTask({ name: 'x' }, 1);
    await close();

    expect(task).toEqual({ task_id: 7, task_url: '/7', pipeline_tree: tree });
    expect(received).toMatchObject([
      {
        method: 'POST',
        path: '/apigw/fast_create_task/1/',
        headers: {
          'x-bkapi-authorization': '{"bk_app_code":"app","bk_app_secret":"secret","bk_username":"me"}',
        },
        body: '{"name":"x","scope":"project"}',
      },
    ]);
  });

  it('reads the state tree of a task', async () => {
    const data = { state: 'RUNNING', elapsed_time: 3, children: { n1: { state: 'FAILED', retry: 2, skip: true } } };
    const { client, received, close } = await fakeApi(JSON.stringify({ result: true, data }));

    const status = await client.getTaskStatus(7, 1);
    await close();

    const failed = { state: 'FAILED', elapsedSeconds: 0, retry: 2, skip: true, children: {} };
    expect(status).toEqual({ state: 'RUNNING', elapsedSeconds: 3, retry: 0, skip: false, children: { n1: failed } });
    expect(received[0]?.path).toBe('/apigw/get_task_status/7/1/?scope=project');
  });

  it('throws a refusal with the message and code of the API', async () => {
    const refusal = { result: false, code: 3545000, message: 'task already started' };
    const { client, close } = await fakeApi(JSON.stringify(refusal));

    const starting = client.startTask(7, 1);

    await expect(starting).rejects.toMatchObject({ message: 'start_task: task already started', code: 3545000 });
    await close();
  });

  it('says what came instead when the answer is no envelope', async () => {
    const { client, close } = await fakeApi('<html>proxy</html>');

    await expect(client.startTask(7, 1)).rejects.toThrow('POST start_task/7/1/ answered 200: <html>proxy</html>');
    await close();
  });
});
