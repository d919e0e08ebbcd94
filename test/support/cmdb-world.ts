import { CmdbClient } from './cmdb';
import type { Gantry } from './gantry';
import { dataOf } from './topology';

/** A business with one of everything in it, each with a mark in its name. */
export interface World {
  account: string;
  mark: string;
  business: number;
  project: number;
  set: number;
  module: number;
  moduleName: string;
  host: number;
  process: number;
  address: string;
}

/** Makes a world through the API, as the trusted app. */
export async function makeWorld(
  gantry: Gantry,
  { account, mark, address }: Pick<World, 'account' | 'mark' | 'address'>,
): Promise<World> {
  const cmdb = new CmdbClient(gantry).with({ HTTP_BLUEKING_SUPPLIER_ID: account });
  const made = async (path: string, body: object) => dataOf(await cmdb.post(path, body));
  const { bk_biz_id: business } = await made(`/biz/${account}`, { bk_biz_name: `${mark} business` });
  const { bk_set_id: set } = await made(`/set/${business}`, { bk_set_name: `${mark} set`, bk_parent_id: business });
  const moduleName = `${mark} module`;
  const { bk_module_id: module } = await made(`/module/${business}/${set}`, { bk_module_name: moduleName });
  const { bk_process_id: process } = await made(`/proc/${account}/${business}`, { bk_process_name: `${mark} process` });
  await cmdb.put(`/proc/module/${account}/${business}/${process}/${encodeURIComponent(moduleName)}`);
  const row = { bk_host_innerip: address, bk_cloud_id: 0, bk_host_name: `${mark} host` };
  await made('/hosts/add', { host_info: { 0: row }, bk_biz_id: business });
  const { project_id: project } = await gantry.db
    .selectFrom('businesses')
    .select('project_id')
    .where('id', '=', business)
    .executeTakeFirstOrThrow();
  const { id: host } = await gantry.db
    .selectFrom('hosts')
    .select('id')
    .where('project_id', '=', project)
    .executeTakeFirstOrThrow();
  await made('/hosts/modules', {
    bk_biz_id: business,
    bk_host_id: [host],
    bk_module_id: [module],
    is_increment: false,
  });
  return { account, mark, business, project, set, module, moduleName, host, process, address };
}

/** All that the database has of a world: another one's requests leave it as it is. */
export async function snapshotOf({ db }: Gantry, { business, project }: World): Promise<unknown> {
  const all = await Promise.all([
    db.selectFrom('businesses').selectAll().where('id', '=', business).execute(),
    db.selectFrom('projects').selectAll().where('id', '=', project).execute(),
    db.selectFrom('sets').selectAll().where('business_id', '=', business).orderBy('id').execute(),
    db.selectFrom('modules').selectAll().where('business_id', '=', business).orderBy('id').execute(),
    db.selectFrom('processes').selectAll().where('business_id', '=', business).orderBy('id').execute(),
    db.selectFrom('process_bindings').selectAll().where('business_id', '=', business).execute(),
    db.selectFrom('hosts').selectAll().where('project_id', '=', project).orderBy('id').execute(),
    db
      .selectFrom('module_hosts')
      .selectAll()
      .where('host_id', 'in', (hosts) => hosts.selectFrom('hosts').select('id').where('project_id', '=', project))
      .orderBy('module_id')
      .execute(),
    db.selectFrom('host_groups').selectAll().where('project_id', '=', project).execute(),
    db.selectFrom('credentials').selectAll().where('project_id', '=', project).orderBy('id').execute(),
    db.selectFrom('ssh_profiles').selectAll().where('project_id', '=', project).orderBy('id').execute(),
    db.selectFrom('accounts').selectAll().where('project_id', '=', project).orderBy('id').execute(),
    db
      .selectFrom('host_keys')
      .selectAll()
      .where('host_id', 'in', (hosts) => hosts.selectFrom('hosts').select('id').where('project_id', '=', project))
      .orderBy('id')
      .execute(),
    db.selectFrom('audit_records').selectAll().where('project_id', '=', project).orderBy('id').execute(),
  ]);
  return all;
}

/** Bodies by the endpoints' names, with the objects of a world in them; what has none is not there. */
export function bodyOf(name: string, world: World, own: Pick<World, 'business'>): object | undefined {
  const { set, module, host, process, moduleName } = world;
  const inBusiness = { bk_biz_id: own.business };
  const hosts = { ...inBusiness, bk_host_id: [host] };
  const bodies: Record<string, object> = {
    search_process: { condition: { bk_process_id: process } },
    create_process: { bk_process_name: 'made by the walk' },
    batch_update_process: { bk_process_id: String(process), user: 'walker' },
    update_process: { user: 'walker' },
    bind_process_module: {},
    create_business: { bk_biz_name: 'made by the walk' },
    search_business: {},
    update_business: { bk_biz_tester: 'walker' },
    create_set: { bk_set_name: 'made by the walk', bk_parent_id: own.business },
    search_set: { condition: { bk_set_id: set } },
    update_set: { bk_set_desc: 'walker' },
    batch_delete_set: { delete: { inst_ids: [set] } },
    create_module: { bk_module_name: 'made by the walk' },
    search_module: { condition: { bk_module_name: moduleName } },
    update_module: { operator: 'walker' },
    add_host_to_resource: {
      ...inBusiness,
      host_info: { 0: { bk_host_innerip: world.address, bk_cloud_id: 0, import_from: '3' } },
    },
    update_host: { ...inBusiness, bk_host_id: String(host), operator: 'walker' },
    delete_host: { ...inBusiness, bk_host_id: String(host) },
    search_host: { ...inBusiness, page: { start: 0, limit: 10 } },
    transfer_host_module: { ...hosts, bk_module_id: [module], is_increment: true },
    transfer_resourcehost_to_idlemodule: hosts,
    transfer_host_to_idlemodule: hosts,
    transfer_host_to_faultmodule: hosts,
    transfer_host_to_resourcemodule: hosts,
  };
  return bodies[name];
}
