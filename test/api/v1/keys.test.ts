import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('an Idempotency-Key of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  const hosts = '/projects/1/hosts';
  const keyed = (key: string) => v1.with({ 'Idempotency-Key': key });
  const used = { status: 409, error: { kind: 'refused', reason: { code: 'key_used' } } };

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
  });

  afterAll(() => gantry.stop());

  it('makes one host of several requests, which are all answered the same', async () => {
    const first = await keyed('a').post(hosts, { address: '10.0.0.1', tags: ['x'] });
    const again = await keyed('a').post(hosts, { tags: ['x'], address: '10.0.0.1' });

    expect(first).toMatchObject({ status: 201 });
    expect(again).toEqual(first);
    expect(await keyed('b').post(hosts, { address: '10.0.0.1', tags: ['x'] })).toMatchObject({ status: 409 });
  });

  it('makes one of requests at the same moment', async () => {
    const other = new V1Client(await gantry.another());
    const clients = [keyed('race'), other.with({ 'Idempotency-Key': 'race' })];

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => clients[n % 2]!.post(hosts, { address: '10.0.0.2' })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1);
    expect(await allOf(v1, `${hosts}?address=10.0.0.2`)).toHaveLength(1);
    const audits = await gantry.db
      .selectFrom('audit_records')
      .select('action')
      .where('object', '=', `host ${answers[0]!.data.id}`)
      .execute();
    expect(audits).toEqual([{ action: 'create' }]);
  });

  it('is for one request alone', async () => {
    await keyed('mine').post(hosts, { address: '10.0.0.3' });

    expect(await keyed('mine').post(hosts, { address: '10.0.0.4' })).toMatchObject(used);
    expect(await keyed('mine').post('/projects/1/host-groups', { name: 'x', condition: {} })).toMatchObject(used);
    expect(await allOf(v1, `${hosts}?address=10.0.0.4`)).toEqual([]);
  });

  it('is free again when its request is refused', async () => {
    expect(await keyed('free').post(hosts, { address: '10.0.0.5', cloud_id: 9 })).toMatchObject({ status: 400 });
    expect(await keyed('free').post(hosts, { address: '10.0.0.5' })).toMatchObject({ status: 201 });
  });

  it('is of one user alone', async () => {
    const ann = v1.with({ ...(await addCaller(gantry, 'ann', 'editor')), 'Idempotency-Key': 'same' });
    const bob = v1.with({ ...(await addCaller(gantry, 'bob', 'editor')), 'Idempotency-Key': 'same' });

    expect(await ann.post(hosts, { address: '10.0.0.6' })).toMatchObject({ status: 201 });
    expect(await bob.post(hosts, { address: '10.0.0.7' })).toMatchObject({ status: 201 });
  });

  it('makes one host group', async () => {
    const body = { name: 'group', condition: { tags: 'x' } };
    const answers = await Promise.all([1, 2, 3].map(() => keyed('group').post('/projects/1/host-groups', body)));

    expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 201 });
  });

  it('imports once, also at the same moment, and says the same of it; a preview takes no key', async () => {
    const body = { format: 'json', text: '[{"address": "10.0.1.1"}, {"address": "10.0.1.2"}]' };
    const preview = await keyed('import').post(`${hosts}/import`, { ...body, is_preview: true });
    const answers = await Promise.all([1, 2, 3].map(() => keyed('import').post(`${hosts}/import`, body)));

    expect(dataOf(preview).counts).toMatchObject({ create: 2 });
    expect(answers[0]!.data.counts).toMatchObject({ create: 2, unchanged: 0 });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await keyed('import').post(`${hosts}/import`, { ...body, text: '[]' })).toMatchObject(used);
  });

  it('shares the room of keys with those of tasks', async () => {
    const headers = { 'Idempotency-Key': 'task' };
    const tree = { name: 't', pipeline_tree: {} };
    await keyed('task').post(hosts, { address: '10.0.0.8' });

    const answer = await gantry.post('/apigw/fast_create_task/1/', tree, headers);

    expect(answer.result).toBe(false);
    expect(answer.message).toContain('Idempotency-Key was used for another request');
  });

  it.each(['', 'x'.repeat(256), 'ä'])('has to be one (%#)', async (key) => {
    const answer = await keyed(Buffer.from(key).toString('latin1')).post(hosts, { address: '10.0.0.9' });

    expect(answer).toMatchObject({ status: 400, error: { reason: { code: 'malformed' } } });
  });
});
