import type { CmdbAnswer, CmdbClient } from './cmdb';
import type { Gantry } from './gantry';

/** The data of an answer that has to be a success. */
export function dataOf(answer: CmdbAnswer) {
  if (!answer.result) throw new Error(`${answer.bk_error_code}: ${JSON.stringify(answer.errors)}`);
  return answer.data;
}

/** A business that is made; its id. */
export async function addBusiness(cmdb: CmdbClient, bk_biz_name: string, account = '0'): Promise<number> {
  return dataOf(await cmdb.post(`/biz/${account}`, { bk_biz_name })).bk_biz_id;
}

/** A set with modules, all made; their ids by name. */
export async function addSet(
  cmdb: CmdbClient,
  business: number,
  name: string,
  ...modules: string[]
): Promise<{ set: number; modules: Record<string, number> }> {
  const { bk_set_id: set } = dataOf(await cmdb.post(`/set/${business}`, { bk_set_name: name }));
  const ids: Record<string, number> = {};
  for (const bk_module_name of modules) {
    ids[bk_module_name] = dataOf(await cmdb.post(`/module/${business}/${set}`, { bk_module_name })).bk_module_id;
  }
  return { set, modules: ids };
}

/** The idle set of a business and its two modules. */
export async function idleOf(cmdb: CmdbClient, business: number, account = '0') {
  const { bk_set_id, module } = dataOf(await cmdb.get(`/topo/internal/${account}/${business}`));
  const [idle, fault] = module.map(({ bk_module_id }: { bk_module_id: number }) => bk_module_id) as [number, number];
  return { set: bk_set_id as number, idle, fault };
}

/** A host in modules of a business, as if it had been there long; its id. */
export async function putHost(
  gantry: Gantry,
  business: number,
  address: string,
  ...modules: number[]
): Promise<number> {
  const { project_id, supplier_account } = await gantry.db
    .selectFrom('businesses')
    .select(['project_id', 'supplier_account'])
    .where('id', '=', business)
    .executeTakeFirstOrThrow();
  const { id } = await gantry.db
    .insertInto('hosts')
    .values({ supplier_account, project_id, address })
    .returning('id')
    .executeTakeFirstOrThrow();
  const rows = modules.map((module_id) => ({ module_id, host_id: id }));
  await gantry.db.insertInto('module_hosts').values(rows).execute();
  return id;
}

/** What was done, oldest first. */
export async function auditsOf(gantry: Gantry, object: string) {
  return gantry.db
    .selectFrom('audit_records')
    .select(['action', 'username', 'project_id', 'detail'])
    .where('object', '=', object)
    .orderBy('id')
    .execute();
}

/** That a request was refused with a code, and in both languages. */
export async function expectRefusal(
  ask: (cmdb: CmdbClient) => Promise<CmdbAnswer>,
  cmdb: CmdbClient,
  { status, code, zh, en }: { status: number; code: number; zh: string; en: string },
): Promise<void> {
  const refused = { status, result: false, bk_error_code: code, data: null };
  expect(await ask(cmdb)).toMatchObject({ ...refused, bk_error_msg: zh });
  expect(await ask(cmdb.with({ HTTP_BLUEKING_LANGUAGE: 'en' }))).toMatchObject({ ...refused, bk_error_msg: en });
}

/** Hosts that are added to a business; their ids in the order of the addresses. */
export async function addHosts(
  gantry: Gantry,
  cmdb: CmdbClient,
  bk_biz_id: number,
  ...addresses: string[]
): Promise<number[]> {
  const host_info = Object.fromEntries(addresses.map((bk_host_innerip, row) => [String(row), { bk_host_innerip }]));
  const { error } = dataOf(await cmdb.post('/hosts/add', { bk_biz_id, host_info }));
  if (error.length > 0) throw new Error(error.join('; '));
  const rows = await gantry.db
    .selectFrom('hosts')
    .innerJoin('businesses', 'businesses.project_id', 'hosts.project_id')
    .select(['hosts.id', 'address'])
    .where('businesses.id', '=', bk_biz_id)
    .execute();
  return addresses.map((address) => rows.find((row) => row.address === address)!.id);
}

/** The modules that a host is in, in order. */
export async function modulesOf(gantry: Gantry, host: number): Promise<number[]> {
  const rows = await gantry.db
    .selectFrom('module_hosts')
    .select('module_id')
    .where('host_id', '=', host)
    .orderBy('module_id')
    .execute();
  return rows.map(({ module_id }) => module_id);
}
