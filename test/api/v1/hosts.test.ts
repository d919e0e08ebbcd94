import { DefaultQueryExecutor } from 'kysely';
import { addCaller, addPlainApp } from '../../support/callers';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addSet, auditsOf, dataOf as dataOfCmdb, idleOf } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('hosts of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let business: number;
  let set: number;
  let modules: Record<string, number>;
  const hosts = '/projects/1/hosts';
  const namesOf = async (query: string) => (await allOf(v1, `${hosts}?${query}`)).map(({ name }) => name);
  const add = async (body: object) => dataOf(await v1.post(hosts, body));

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    const cmdb = new CmdbClient(gantry);
    const { items } = dataOf(await v1.get('/projects'));
    business = items[0].business.id;
    ({ set, modules } = await addSet(cmdb, business, 'prod', 'gs', 'db'));
    await addSet(cmdb, business, 'test', 'gs');
  });

  afterAll(() => gantry.stop());

  it('are made idle, called by their address, with an audit row', async () => {
    const answer = await v1.post(hosts, { address: '010.0.0.1' });

    const idle = await idleOf(new CmdbClient(gantry), business);
    expect(answer).toMatchObject({
      status: 201,
      data: {
        name: '10.0.0.1',
        address: '10.0.0.1',
        cloud_id: 0,
        is_disabled: false,
        tags: [],
        variables: {},
        business_id: business,
        module_count: 1,
        sets: [{ id: idle.set, modules: [{ id: idle.idle }] }],
        process_count: 0,
        processes: [],
      },
    });
    const { id } = answer.data;
    expect(dataOf(await v1.get(`${hosts}/${id}`))).toEqual(answer.data);
    expect(await auditsOf(gantry, `host ${id}`)).toMatchObject([
      { action: 'create', username: 'admin', project_id: 1, detail: { after: { id, address: '10.0.0.1' } } },
    ]);
  });

  it('are made in modules, with tags and variables, and say their processes', async () => {
    const cmdb = new CmdbClient(gantry);
    const process = dataOfCmdb(
      await cmdb.post(`/proc/0/${business}`, { bk_process_name: 'game server' }),
    ).bk_process_id;
    await cmdb.put(`/proc/module/0/${business}/${process}/gs`);

    const host = await add({
      address: 'GS1.example.com',
      name: ' gs1 ',
      tags: ['web', 'eu', 'web'],
      variables: { region: 'eu', port: '80' },
      is_disabled: true,
      modules: [modules.gs, modules.db],
    });

    expect(host).toMatchObject({
      name: 'gs1',
      address: 'gs1.example.com',
      is_disabled: true,
      tags: ['eu', 'web'],
      variables: { port: '80', region: 'eu' },
      module_count: 2,
      sets: [
        {
          id: set,
          name: 'prod',
          modules: [
            { id: modules.gs, name: 'gs' },
            { id: modules.db, name: 'db' },
          ],
        },
      ],
      process_count: 1,
      processes: [{ id: process, name: 'game server' }],
    });
  });

  it.each([
    [{}, 400, 'required', 'address'],
    [{ address: '10.0.0.256' }, 400, 'malformed', 'address'],
    [{ address: 'a b' }, 400, 'malformed', 'address'],
    [{ address: 1 }, 400, 'malformed', 'address'],
    [{ address: '10.9.0.1', cloud_id: 77 }, 400, 'malformed', 'cloud_id'],
    [{ address: '10.9.0.1', colour: 'red' }, 400, 'unknown', 'colour'],
    [{ address: '10.9.0.1', modules: [] }, 400, undefined, 'modules'],
    [{ address: '10.9.0.1', modules: [999_999] }, 404, 'not_found', undefined],
    [{ address: '10.9.0.1', tags: 'web' }, 400, 'malformed', 'tags'],
    [{ address: '10.9.0.1', tags: ['a', ' '] }, 400, undefined, 'tags'],
    [{ address: '10.9.0.1', tags: Array(101).fill('a') }, 400, 'too_many', 'tags'],
    [{ address: '10.9.0.1', name: 'x'.repeat(256) }, 400, undefined, 'name'],
    [{ address: '10.9.0.1', name: 'a\u0000b' }, 400, 'malformed', undefined],
    [{ address: '10.9.0.1', name: 'gsec:v1:k:AAAA;' }, 400, undefined, 'body.name'],
    [{ address: '10.9.0.1', variables: { a: 1 } }, 400, 'malformed', 'variables'],
    [{ address: '10.9.0.1', variables: { 'a-b': 'x' } }, 400, undefined, 'variables'],
    [{ address: '10.9.0.1', variables: { a: 'x'.repeat(4_097) } }, 400, undefined, 'variables'],
    [{ address: '10.9.0.1', variables: { a: 'gsec:v1:k:AAAA;' } }, 400, undefined, 'body.variables.a'],
    ['{"address": "10.9.0.1", "variables": {"__proto__": "x"}}', 400, undefined, '__proto__'],
  ])('are refused with what is wrong (%#)', async (body, status, code, field) => {
    const { error, ...answer } = await v1.post(hosts, body);

    expect(answer.status).toBe(status);
    if (code) expect(error!.reason).toMatchObject({ code });
    if (field) expect(error!.details.map((detail) => detail.field)).toContain(field);
    expect(await namesOf('address=10.9.0.1')).toEqual([]);
  });

  it('are refused where the project has the address, naming the host', async () => {
    const { id } = await add({ address: '10.0.0.2', name: 'first' });

    const { status, error } = await v1.post(hosts, { address: '10.0.0.2' });

    expect({ status, ...error }).toMatchObject({ status: 409, kind: 'invalid', reason: { code: 'duplicate' } });
    expect(error!.message).toContain(`host ${id} (first)`);
  });

  it('change in what is sent alone, with an audit row', async () => {
    const { id } = await add({ address: '10.0.0.3', tags: ['a', 'b'], variables: { x: '1', y: '2' } });

    const changed = dataOf(await v1.patch(`${hosts}/${id}`, { tags: ['c'], variables: { z: '3' }, name: 'third' }));
    const moved = dataOf(await v1.patch(`${hosts}/${id}`, { address: '10.0.0.33', modules: [modules.gs] }));

    expect(changed).toMatchObject({ name: 'third', address: '10.0.0.3', tags: ['c'], variables: { z: '3' } });
    expect(moved).toMatchObject({
      address: '10.0.0.33',
      tags: ['c'],
      sets: [{ name: 'prod', modules: [{ name: 'gs' }] }],
    });
    const audits = await auditsOf(gantry, `host ${id}`);
    expect(audits.map(({ action }) => action)).toEqual(['create', 'update', 'update', 'transfer']);
    expect(audits[1]).toMatchObject({
      detail: {
        before: { name: '10.0.0.3', tags: ['a', 'b'], variables: { x: '1', y: '2' } },
        after: { name: 'third', tags: ['c'], variables: { z: '3' } },
      },
    });
  });

  it('stay as they are, without a record, where nothing is sent', async () => {
    const made = await add({ address: '10.0.0.34' });

    expect(dataOf(await v1.patch(`${hosts}/${made.id}`, {}))).toEqual(made);
    expect(await v1.patch(`${hosts}/${made.id}`, { modules: [modules.db] })).toMatchObject({ status: 200 });
    expect((await auditsOf(gantry, `host ${made.id}`)).map(({ action }) => action)).toEqual(['create', 'transfer']);
  });

  it('do not change into one that there is, or in a cloud that there is not', async () => {
    const { id } = await add({ address: '10.0.0.4' });
    await add({ address: '10.0.0.5' });

    expect(await v1.patch(`${hosts}/${id}`, { address: '10.0.0.5', name: 'other' })).toMatchObject({ status: 409 });
    expect(await v1.patch(`${hosts}/${id}`, { cloud_id: 9 })).toMatchObject({ status: 400 });
    expect(dataOf(await v1.get(`${hosts}/${id}`))).toMatchObject({
      name: '10.0.0.4',
      address: '10.0.0.4',
      cloud_id: 0,
    });
  });

  it('may have the same address in another cloud', async () => {
    const cloud = dataOf(await v1.post('/clouds', { name: 'second' }));
    const { id } = await add({ address: '10.0.0.6' });
    await add({ address: '10.0.0.6', cloud_id: cloud.id });

    expect(await v1.patch(`${hosts}/${id}`, { cloud_id: cloud.id })).toMatchObject({ status: 409 });
    expect(await namesOf(`address=${cloud.id}:10.0.0.6`)).toHaveLength(1);
    expect(await namesOf('address=10.0.0.6')).toHaveLength(2);
    expect(dataOf(await v1.get('/projects/1/clouds')).items).toContainEqual(cloud);
  });

  it('are deleted', async () => {
    const { id } = await add({ address: '10.0.0.7', tags: ['x'], variables: { a: '1' } });

    expect(await v1.delete(`${hosts}/${id}`)).toEqual({ status: 204, data: undefined });

    expect(await v1.get(`${hosts}/${id}`)).toMatchObject({ status: 404, error: { reason: { code: 'not_found' } } });
    expect(await v1.delete(`${hosts}/${id}`)).toMatchObject({ status: 404 });
    expect((await auditsOf(gantry, `host ${id}`)).at(-1)).toMatchObject({ action: 'delete' });
  });

  describe('are listed', () => {
    beforeAll(async () => {
      await add({ address: '10.1.0.1', name: 'w1', tags: ['list', 'web', 'eu'], modules: [modules.gs] });
      await add({ address: '10.1.0.2', name: 'w2', tags: ['list', 'web', 'us'], modules: [modules.gs, modules.db] });
      await add({
        address: '10.1.0.3',
        name: 'd1',
        tags: ['list', 'db'],
        variables: { region: 'eu' },
        is_disabled: true,
      });
      await v1.post('/projects/1/host-groups', {
        name: 'europe',
        condition: { $or: [{ tags: 'eu' }, { 'variables.region': 'eu' }] },
      });
    });

    it.each([
      ['tag=list', ['w1', 'w2', 'd1']],
      ['tag=list,web', ['w1', 'w2']],
      ['tag=list&tag=web&tag=eu', ['w1']],
      ['tag=list&module=gs', ['w1', 'w2']],
      ['tag=list&set=prod', ['w1', 'w2']],
      ['tag=list&set=test&module=gs', []],
      ['tag=list&set=prod&module=db', ['w2']],
      ['name=w1', ['w1']],
      ['tag=list&address=10.1.0.2', ['w2']],
      ['address=10.1.0.1-10.1.0.2,10.1.0.77', ['w1', 'w2']],
      [`address=${encodeURIComponent('prod|db|10.1.0.2 prod|db|10.1.0.1')}`, ['w2']],
      ['tag=list&cloud_id=0', ['w1', 'w2', 'd1']],
      ['tag=list&cloud_id=5', []],
      ['tag=list&is_disabled=true', ['d1']],
      ['tag=list&is_disabled=false', ['w1', 'w2']],
      ['tag=list&group=1', ['w1', 'd1']],
      ['tag=list&group=1&is_disabled=true', ['d1']],
      [`condition=${encodeURIComponent('{"tags": "list", "address": {"$regex": "[12]$"}}')}`, ['w1', 'w2']],
      [`tag=list&condition=${encodeURIComponent('{"modules": {"$nin": ["gs"]}}')}`, ['d1']],
      [`tag=list&condition=${encodeURIComponent('{"variables.region": {"$exists": false}}')}`, ['w1', 'w2']],
      [`tag=list&condition=${encodeURIComponent('{"sets": "prod", "tags": {"$ne": "us"}}')}`, ['w1']],
    ])('by some filters (%#)', async (query, names) => {
      expect(await namesOf(query)).toEqual(names);
    });

    it('page by page', async () => {
      for (const query of ['tag=list', `condition=${encodeURIComponent('{"tags": {"$regex": "^list$"}}')}`]) {
        const { items, next } = dataOf(await v1.get(`${hosts}?${query}&limit=2`));
        expect(items.map(({ name }: { name: string }) => name)).toEqual(['w1', 'w2']);
        expect(next).toBe(items[1].id);
        const last = dataOf(await v1.get(`${hosts}?${query}&limit=2&after=${next}`));
        expect(last).toMatchObject({ items: [{ name: 'd1' }], next: null });
      }
    });

    it.each([
      ['colour=red', 'unknown', 'colour'],
      ['limit=201', 'too_many', 'limit'],
      ['after=-1', undefined, 'after'],
      ['is_disabled=maybe', 'malformed', 'is_disabled'],
      ['name=a&name=b', 'malformed', 'name'],
      ['address=10.0.0.1,what', undefined, 'address'],
      ['condition={', 'malformed', 'condition'],
      ['condition=[]', 'malformed', 'condition'],
      [`condition=${encodeURIComponent('{"password": "x"}')}`, 'unknown', 'password'],
      [`condition=${encodeURIComponent('{"variables.a-b": "x"}')}`, 'unknown', 'variables.a-b'],
      [`condition=${encodeURIComponent('{"$where": "x"}')}`, 'unknown', '$where'],
      [`condition=${encodeURIComponent('{"name": {"$regex": "("}}')}`, 'malformed', 'name'],
      [`condition=${encodeURIComponent(JSON.stringify({ $or: Array(101).fill({ id: 1 }) }))}`, 'too_many', 'condition'],
    ])('not by what cannot be read (%#)', async (query, code, field) => {
      const { status, error } = await v1.get(`${hosts}?${query}`);

      expect(status).toBe(400);
      if (code) expect(error!.reason).toMatchObject({ code });
      expect(error!.details.map((detail) => detail.field)).toContain(field);
    });

    it('in as many statements for a page of 100 as for one of 2', async () => {
      for (let n = 0; n < 5; n++) await add({ address: `10.2.0.${n}`, tags: ['many'], modules: [modules.gs] });
      const statementsOf = async (limit: number) => {
        const execute = jest.spyOn(DefaultQueryExecutor.prototype, 'executeQuery');
        await v1.get(`${hosts}?tag=many&limit=${limit}`);
        const count = execute.mock.calls.length;
        execute.mockRestore();
        return count;
      };

      const [few, more] = [await statementsOf(1), await statementsOf(100)];

      expect(few).toBeGreaterThan(3);
      expect(more).toBe(few);
    });

    it('fewer on a page where their variables are large', async () => {
      const value = 'x'.repeat(4_000);
      const variables = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`v${n}`, value]));
      for (let n = 0; n < 12; n++) await add({ address: `10.3.0.${n}`, tags: ['large'], variables });

      const page = dataOf(await v1.get(`${hosts}?tag=large&limit=200`));

      expect(page.items).toHaveLength(10);
      expect(dataOf(await v1.get(`${hosts}?tag=large&after=${page.next}`))).toMatchObject({ next: null });
    });
  });

  it('are read by viewers and written by editors', async () => {
    const viewer = v1.with(await addCaller(gantry, 'viewer', 'viewer'));
    const editor = v1.with(await addCaller(gantry, 'editor', 'editor'));
    const { id } = dataOf(await editor.post(hosts, { address: '10.0.0.9' }));

    expect(await viewer.get(`${hosts}/${id}`)).toMatchObject({ status: 200 });
    expect(await viewer.post(hosts, { address: '10.0.0.10' })).toMatchObject({ status: 403 });
    expect(await viewer.patch(`${hosts}/${id}`, { name: 'x' })).toMatchObject({ status: 403 });
    expect(await viewer.delete(`${hosts}/${id}`)).toMatchObject({ status: 403 });
    expect(await editor.delete(`${hosts}/${id}`)).toMatchObject({ status: 204 });
  });
});
