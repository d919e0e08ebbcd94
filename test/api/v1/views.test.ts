import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addSet, auditsOf, dataOf as dataOfCmdb } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

describe('/api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let cmdb: CmdbClient;
  let business: number;
  let prod: Awaited<ReturnType<typeof addSet>>;
  let test: Awaited<ReturnType<typeof addSet>>;
  let gameServer: number;
  const hosts: Record<string, number> = {};

  beforeAll(async () => {
    gantry = await Gantry.create();
    v1 = new V1Client(gantry);
    cmdb = new CmdbClient(gantry);
    business = dataOf(await v1.get('/projects')).items[0].business.id;
    prod = await addSet(cmdb, business, 'prod', 'gs', 'db');
    test = await addSet(cmdb, business, 'test', 'gs');
    gameServer = await addProcess(
      { bk_process_name: 'game server', protocol: '1', bind_ip: '3', port: '80', timeout: 9 },
      'gs',
    );
    await addProcess({ bk_process_name: 'database' }, 'db');
    await addProcess({ bk_process_name: 'idler' });
    for (const [name, modules] of Object.entries({
      a: [prod.modules.gs],
      b: [prod.modules.gs, prod.modules.db],
      c: [test.modules.gs],
      d: undefined,
    })) {
      const address = `10.0.0.${name.charCodeAt(0)}`;
      hosts[name] = dataOf(await v1.post('/projects/1/hosts', { address, name, modules })).id;
    }
  });

  afterAll(() => gantry.stop());

  async function addProcess(body: object, ...modules: string[]): Promise<number> {
    const id = dataOfCmdb(await cmdb.post(`/proc/0/${business}`, body)).bk_process_id;
    for (const module of modules) dataOfCmdb(await cmdb.put(`/proc/module/0/${business}/${id}/${module}`));
    return id;
  }

  describe('processes', () => {
    it('are listed page by page, by a part of their names', async () => {
      const namesOf = async (query: string) =>
        (await allOf(v1, `/projects/1/processes${query}`, 2)).map(({ name }) => name);

      expect(await namesOf('')).toEqual(['game server', 'database', 'idler']);
      expect(await namesOf('?name=a')).toEqual(['game server', 'database']);
      expect(await namesOf('?name=A')).toEqual([]);
      expect(await namesOf('?name=%25')).toEqual([]);
    });

    it('say in words what they are, and where', async () => {
      const process = dataOf(await v1.get(`/projects/1/processes/${gameServer}`));

      expect(process).toMatchObject({
        id: gameServer,
        name: 'game server',
        protocol: 'tcp',
        bind: 'first_inner',
        port: '80',
        timeout_seconds: 9,
        auto_start: false,
        module_names: ['gs'],
        module_count: 2,
        modules: [
          { id: prod.modules.gs, name: 'gs', set: { id: prod.set, name: 'prod' } },
          { id: test.modules.gs, name: 'gs', set: { id: test.set, name: 'test' } },
        ],
        host_count: 3,
        hosts: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      });
      expect(process).not.toHaveProperty('bind_ip');
    });

    it('have hosts page by page', async () => {
      const found = await allOf(v1, `/projects/1/processes/${gameServer}/hosts`, 2);

      expect(found.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
      expect(found[1].processes.map(({ name }: { name: string }) => name)).toEqual(['game server', 'database']);
    });

    it('are not there where they are not', async () => {
      for (const path of ['/projects/1/processes/9999', '/projects/1/processes/9999/hosts']) {
        expect(await v1.get(path)).toMatchObject({ status: 404, error: { kind: 'not_found' } });
      }
    });
  });

  it('has the topology, idle hosts first', async () => {
    const module = (name: string, kind: string, host_count: number) =>
      expect.objectContaining({ name, kind, host_count });

    expect(dataOf(await v1.get('/projects/1/topology'))).toEqual({
      business: { id: business, name: expect.any(String), supplier_account: '0' },
      sets: [
        expect.objectContaining({ kind: 'idle', modules: [module('空闲机', 'idle', 1), module('故障机', 'fault', 0)] }),
        {
          id: prod.set,
          name: 'prod',
          kind: 'ordinary',
          modules: [module('gs', 'ordinary', 2), module('db', 'ordinary', 1)],
        },
        { id: test.set, name: 'test', kind: 'ordinary', modules: [module('gs', 'ordinary', 1)] },
      ],
    });
  });

  it('has no project whose business was deleted', async () => {
    const gone = await addBusiness(cmdb, 'gone');
    const project = dataOf(await v1.get('/projects')).items.at(-1);
    expect(project).toMatchObject({ name: 'gone', business: { id: gone } });
    expect(await cmdb.delete(`/biz/0/${gone}`)).toMatchObject({ result: true });

    expect(dataOf(await v1.get('/projects')).items.map(({ id }: { id: number }) => id)).not.toContain(project.id);
    for (const path of ['hosts', 'topology', 'processes']) {
      const answer = await v1.get(`/projects/${project.id}/${path}`);
      expect(answer).toMatchObject({
        status: 404,
        error: { reason: { code: 'not_found', args: { what: 'project' } } },
      });
    }
  });

  describe('host groups', () => {
    const groups = '/projects/1/host-groups';

    it('are made, changed and forgotten, with audit rows', async () => {
      const made = await v1.post(groups, { name: ' game ', condition: { modules: 'gs' } });
      const { id } = made.data;
      const changed = dataOf(await v1.patch(`${groups}/${id}`, { condition: { sets: 'test' } }));

      expect(made).toMatchObject({ status: 201, data: { name: 'game', condition: { modules: 'gs' } } });
      expect(changed).toMatchObject({ id, name: 'game', condition: { sets: 'test' } });
      expect(dataOf(await v1.get(`${groups}/${id}`))).toEqual(changed);
      expect((await allOf(v1, `${groups}/${id}/hosts`)).map(({ name }) => name)).toEqual(['c']);
      expect(await v1.delete(`${groups}/${id}`)).toMatchObject({ status: 204 });
      expect(await v1.get(`${groups}/${id}`)).toMatchObject({ status: 404 });
      expect((await auditsOf(gantry, `host group ${id}`)).map(({ action }) => action)).toEqual([
        'create',
        'update',
        'delete',
      ]);
    });

    it('have the hosts that fulfil their condition now', async () => {
      const { id } = dataOf(await v1.post(groups, { name: 'idle', condition: { sets: { $nin: ['prod', 'test'] } } }));
      const namesIn = async () => (await allOf(v1, `${groups}/${id}/hosts`, 1)).map(({ name }) => name);

      expect(await namesIn()).toEqual(['d']);
      await v1.patch(`/projects/1/hosts/${hosts.d}`, { modules: [prod.modules.db] });
      expect(await namesIn()).toEqual([]);
    });

    it('are called by names of their own', async () => {
      await v1.post(groups, { name: 'one', condition: {} });
      const { id } = dataOf(await v1.post(groups, { name: 'two', condition: {} }));

      const duplicate = { status: 409, error: { reason: { code: 'duplicate' } } };
      expect(await v1.post(groups, { name: 'one', condition: {} })).toMatchObject(duplicate);
      expect(await v1.patch(`${groups}/${id}`, { name: 'one' })).toMatchObject(duplicate);
    });

    it.each([
      [{ name: 'x' }, 'required'],
      [{ name: '', condition: {} }, 'malformed'],
      [{ name: 'x', condition: 'tags' }, 'malformed'],
      [{ name: 'x', condition: { owner: 'a' } }, 'unknown'],
      [{ name: 'x', condition: { tags: { $near: 'a' } } }, 'unknown'],
      [{ name: 'x', condition: { toString: 'a' } }, 'unknown'],
      [{ name: 'x', condition: { name: { $regex: '(' } } }, 'malformed'],
      [{ name: 'x', condition: { name: { $regex: '(?=a)' } } }, 'malformed'],
      [{ name: 'x', condition: { name: { $regex: 'a'.repeat(257) } } }, 'too_long'],
      [{ name: 'x', condition: { id: { $in: Array(1_001).fill(1) } } }, 'too_many'],
      [{ name: 'x', condition: { name: { $in: Array(1_000).fill('x'.repeat(64)) } } }, 'too_long'],
    ])('are checked when they are saved (%#)', async (body, code) => {
      expect(await v1.post(groups, body)).toMatchObject({ status: 400, error: { reason: { code } } });
    });
  });

  describe('texts of addresses', () => {
    const resolve = async (text: string) => dataOf(await v1.post('/projects/1/hosts/resolve', { text }));

    it('mean hosts, in their order, and say what is wrong with the rest', async () => {
      const { a, b } = hosts;

      const { hosts: found, problems } = await resolve(
        `10.0.0.98, 0:10.0.0.97 prod|db|10.0.0.98 prod|db|10.0.0.97 ${a} what 10.7.0.1`,
      );

      expect(found.map(({ id }: { id: number }) => id)).toEqual([b, a]);
      expect(problems.map(({ kind, token }: Record<string, unknown>) => [kind, token])).toEqual([
        ['duplicate', 'prod|db|10.0.0.98'],
        ['unknown', 'prod|db|10.0.0.97'],
        ['duplicate', String(a)],
        ['not_an_address', 'what'],
        ['unknown', '10.7.0.1'],
      ]);
    });

    it('may be ambiguous between clouds', async () => {
      const { id } = dataOf(await v1.post('/clouds', { name: 'other' }));
      await v1.post('/projects/1/hosts', { address: '10.0.0.97', cloud_id: id });

      expect(await resolve('10.0.0.97')).toMatchObject({
        hosts: [],
        problems: [{ kind: 'ambiguous', choices: ['0:10.0.0.97', `${id}:10.0.0.97`] }],
      });
    });

    it('are refused where they are too large', async () => {
      const answer = await v1.post('/projects/1/hosts/resolve', { text: '10.0.0.1-10.1.0.1' });

      expect(answer).toMatchObject({ status: 413, error: { reason: { code: 'too_large' } } });
    });
  });
});
