import { createProject } from '../../../access/projects';
import { CmdbClient } from '../../support/cmdb';
import { Gantry } from '../../support/gantry';
import { addBusiness, addSet, dataOf, idleOf, putHost } from '../../support/topology';
import { sketch } from '../../support/trees';

const ACTOR = { username: 'test', appCode: 'test', source: 'api' };

describe('what is done at the same moment', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  const statusesOf = async (answers: Promise<{ status: number }>[]) =>
    [...new Set((await Promise.all(answers)).map(({ status }) => status))].sort();

  /** How many transactions the server has ended in favour of others. */
  async function deadlocks(): Promise<number> {
    const { deadlocks } = await gantry.db
      .selectFrom('pg_stat_database' as never)
      .select('deadlocks' as never)
      .where('datname' as never, '=', (gantry.databaseUrl.split('/').at(-1) ?? '') as never)
      .executeTakeFirstOrThrow()
      .then((row) => row as { deadlocks: string });
    return Number(deadlocks);
  }

  it('to a business and to what is in it does not wait for each other in a circle', async () => {
    const business = await addBusiness(cmdb, 'busy');
    const { modules } = await addSet(cmdb, business, 'web', 'a', 'b');
    const { idle } = await idleOf(cmdb, business);
    const host = await putHost(gantry, business, '10.9.0.1', idle);
    for (let turn = 0; turn < 5; turn++) {
      const bk_module_id = [turn % 2 === 0 ? modules.a : modules.b];
      const statuses = await statusesOf([
        cmdb.put(`/biz/0/${business}`, { bk_biz_name: `busy ${turn}` }),
        cmdb.post('/hosts/modules', { bk_biz_id: business, bk_host_id: [host], bk_module_id }),
        cmdb.post(`/set/${business}`, { bk_set_name: `set ${turn}` }),
        cmdb.post(`/proc/0/${business}`, { bk_process_name: `process ${turn}` }),
        gantry.post(`/apigw/update_project/${business}/`, { time_zone: 'Asia/Shanghai' }),
      ]);

      expect(statuses).toEqual([200]);
    }
    expect(await deadlocks()).toBe(0);
  });

  it('binds a process that is there, or finds it gone', async () => {
    const business = await addBusiness(cmdb, 'binding');
    await addSet(cmdb, business, 'web', 'a');
    for (let turn = 0; turn < 10; turn++) {
      const made = dataOf(await cmdb.post(`/proc/0/${business}`, { bk_process_name: `process ${turn}` }));
      const id = made.bk_process_id;
      const [bound, deleted] = await Promise.all([
        cmdb.put(`/proc/module/0/${business}/${id}/a`),
        cmdb.delete(`/proc/0/${business}/${id}`),
      ]);

      const outcome = [bound.bk_error_code, deleted.bk_error_code];
      expect([
        [0, 1108013],
        [1199019, 0],
      ]).toContainEqual(outcome);
    }
  });

  it('makes a process in a business that stays, or finds it gone', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const business = await addBusiness(cmdb, `going ${turn}`);
      const [made, deleted] = await Promise.all([
        cmdb.post(`/proc/0/${business}`, { bk_process_name: 'late' }),
        cmdb.delete(`/biz/0/${business}`),
      ]);

      expect([200, 404, 403]).toContain(made.status);
      expect(deleted).toMatchObject({ status: 200 });
      const left = await gantry.db.selectFrom('processes').select('id').where('business_id', '=', business).execute();
      expect(left).toEqual([]);
    }
  });

  it('gives each business an id of its own, also beside ids that are given by hand', async () => {
    const first = await addBusiness(cmdb, 'ids');
    const made = await Promise.all([
      ...[1, 2, 3].map((n) => gantry.post('/apigw/register_project/', { bk_biz_id: first + n })),
      ...[1, 2, 3, 4].map((n) => cmdb.post('/biz/0', { bk_biz_name: `ids ${n}` })),
      ...[1, 2].map((n) => gantry.post('/apigw/create_project/', { name: `ids project ${n}` })),
    ]);

    expect(made.map(({ result }) => result)).toEqual(Array(9).fill(true));
  });
});

describe('a business that was deleted', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;

  beforeAll(async () => {
    gantry = await Gantry.create();
    cmdb = new CmdbClient(gantry);
  });

  afterAll(() => gantry.stop());

  it('is closed to bk-sops too, and its id and name are free', async () => {
    const business = await addBusiness(cmdb, 'closed');
    const { project_id } = (await gantry.post('/apigw/register_project/', { bk_biz_id: business })).data;
    const body = { name: 'task', pipeline_tree: sketch({ chains: ['S a E'] }) };
    expect(await gantry.post(`/apigw/fast_create_task/${business}/`, body)).toMatchObject({ result: true });

    dataOf(await cmdb.delete(`/biz/0/${business}`));

    for (const [id, scope] of [
      [business, 'cmdb_biz'],
      [project_id, 'project'],
    ]) {
      const answer = await gantry.post(`/apigw/fast_create_task/${id}/`, { ...body, scope });
      expect(answer).toMatchObject({ result: false, code: 3540400 });
    }
    expect(await cmdb.get(`/topo/internal/0/${business}`)).toMatchObject({ status: 404, bk_error_code: 1199019 });
    const again = (await gantry.post('/apigw/register_project/', { bk_biz_id: business, name: 'closed' })).data;
    expect(again.project_id).not.toBe(project_id);
    expect(dataOf(await cmdb.post('/biz/search/0', { condition: { bk_biz_id: business } })).info).toMatchObject([
      { bk_biz_name: 'closed' },
    ]);
  });
});

describe('the name of a project', () => {
  it('is its business too, as long as that is free', async () => {
    const gantry = await Gantry.create();
    try {
      const cmdb = new CmdbClient(gantry);
      const nameOf = async (id: number) =>
        dataOf(await cmdb.post('/biz/search/0', { condition: { bk_biz_id: id } })).info[0].bk_biz_name;
      const business = await addBusiness(cmdb, 'shop');
      await addBusiness(cmdb, 'taken');

      await gantry.post(`/apigw/update_project/${business}/`, { name: 'mall' });
      expect(await nameOf(business)).toBe('mall');
      await gantry.post(`/apigw/update_project/${business}/`, { name: 'taken' });
      expect(await nameOf(business)).toBe('mall');

      // Names that a business might be given in place of one that is taken may be taken too.
      const next = business + 2;
      await addBusiness(cmdb, `mall (${next + 1})`);
      const project = await createProject(gantry.db, { name: 'mall', bizId: next + 1, timeZone: 'UTC' }, ACTOR);
      expect(await nameOf(project.bk_biz_id!)).toBe(`mall (${next + 1}, 2)`);
    } finally {
      await gantry.stop();
    }
  });
});
