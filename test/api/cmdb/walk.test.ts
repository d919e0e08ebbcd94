import { includesRole } from '../../../access/permission';
import { endpoints } from '../../../api/cmdb';
import type { ServedEndpoint } from '../../../api/cmdb/endpoint';
import { parametersOf } from '../../../api/path';
import type { Role } from '../../../db/schema';
import { addCaller, addPlainApp } from '../../support/callers';
import { authorization } from '../../support/client';
import { CmdbClient } from '../../support/cmdb';
import { bodyOf, makeWorld, snapshotOf, type World } from '../../support/cmdb-world';
import { Gantry } from '../../support/gantry';

const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];
const named = endpoints.map((endpoint) => [endpoint.name, endpoint] as const);
const inBusiness = named.filter(([, endpoint]) => isInBusiness(endpoint));
/** Nobody names objects in these: they make some, or answer what there is. */
const WITHOUT_OBJECTS = [
  'create_process',
  'search_process',
  'create_set',
  'search_set',
  'search_module',
  'search_host',
  'update_business',
  'delete_business',
  'get_inst_topo',
  'get_internal_topo',
  'add_host_to_resource',
];
const ofObjects = inBusiness.filter(([name]) => !WITHOUT_OBJECTS.includes(name));

function isInBusiness(endpoint: ServedEndpoint): boolean {
  return endpoint.business !== undefined || parametersOf(endpoint).includes('bk_biz_id');
}

/** Every endpoint, asked in one place for what is in another. */
describe('the walk over all endpoints', () => {
  let gantry: Gantry;
  let cmdb: CmdbClient;
  let own: World;
  let neighbour: World;
  let abroad: World;
  const callers = new Map<string, Record<string, string>>();

  beforeAll(async () => {
    gantry = await Gantry.create();
    cmdb = new CmdbClient(gantry);
    await addPlainApp(gantry);
    own = await makeWorld(gantry, { account: '0', mark: 'own', address: '10.0.0.1' });
    neighbour = await makeWorld(gantry, { account: '0', mark: 'neighbours-secret', address: '10.0.0.2' });
    abroad = await makeWorld(gantry, { account: '1', mark: 'abroad-secret', address: '10.0.0.1' });
    for (const role of ROLES) callers.set(role, await addCaller(gantry, `own-${role}`, role, own.project));
    callers.set('neighbour', await addCaller(gantry, 'a-neighbour', 'admin', neighbour.project));
    callers.set('nobody', authorization({}));
  });

  afterAll(() => gantry.stop());

  /** Asks in the place of one world for the objects of another. */
  function ask(
    endpoint: ServedEndpoint,
    { place, objects = place, account = place.account }: { place: World; objects?: World; account?: string },
    headers: Record<string, string> = {},
  ) {
    const values: Record<string, string | number> = {
      account,
      bk_biz_id: place.business,
      bk_process_id: objects.process,
      bk_set_id: objects.set,
      bk_module_id: objects.module,
      bk_module_name: encodeURIComponent(objects.moduleName),
    };
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(values[name]));
    const client = cmdb.with({ ...headers, HTTP_BLUEKING_SUPPLIER_ID: account });
    const body = bodyOf(endpoint.name, objects, place);
    return client.send(endpoint.method.toUpperCase(), path, body);
  }

  it('has a body for every endpoint that needs one', () => {
    const without = named.filter(([name, { needsBody }]) => needsBody && !bodyOf(name, own, own)).map(([name]) => name);

    expect(without).toEqual([]);
  });

  it.each(named)('%s is for known callers only', async (_name, endpoint) => {
    const answer = await ask(endpoint, { place: own }, { 'X-Bkapi-Authorization': '' });

    expect(answer).toMatchObject({ status: 401, result: false, bk_error_code: 1640001, data: null });
  });

  it.each(inBusiness)('%s is for members of the business only', async (_name, endpoint) => {
    const before = await snapshotOf(gantry, own);
    const foreign = await ask(endpoint, { place: own }, callers.get('neighbour'));
    const missing = await ask(endpoint, { place: { ...own, business: 424_242 } }, callers.get('neighbour'));

    for (const answer of [foreign, missing]) {
      expect(answer).toMatchObject({ status: 403, result: false, bk_error_code: 9900403, data: null });
      expect(JSON.stringify(answer)).not.toContain('own ');
    }
    expect(await snapshotOf(gantry, own)).toEqual(before);
  });

  it.each(inBusiness)('%s has no business of another account', async (_name, endpoint) => {
    const before = [await snapshotOf(gantry, own), await snapshotOf(gantry, abroad)];
    for (const [place, account] of [
      [own, '1'],
      [abroad, '0'],
    ] as const) {
      const answer = await ask(endpoint, { place, account });

      expect(answer).toMatchObject({ status: 404, result: false, bk_error_code: 1199019, data: null });
      expect(JSON.stringify(answer)).not.toContain(place.mark);
    }
    expect([await snapshotOf(gantry, own), await snapshotOf(gantry, abroad)]).toEqual(before);
  });

  it.each(ofObjects)('%s has no object of another business', async (_name, endpoint) => {
    const others = [neighbour, abroad];
    const before = await Promise.all(others.map((world) => snapshotOf(gantry, world)));
    for (const objects of others) {
      for (const headers of [{}, callers.get('admin')!]) {
        const answer = await ask(endpoint, { place: own, objects }, headers);

        expect(answer).toMatchObject({ result: false, data: null });
        // What the request itself says is not told by us.
        const told = JSON.stringify(answer).replaceAll(objects.moduleName, '');
        expect(told).not.toContain(objects.mark);
        if (endpoint.needs !== 'trusted' || headers['X-Bkapi-Authorization'] === undefined) {
          expect([400, 404]).toContain(answer.status);
        }
      }
    }
    expect(await Promise.all(others.map((world) => snapshotOf(gantry, world)))).toEqual(before);
  });

  it.each(named)('%s tells nothing of others, and changes nothing of theirs', async (_name, endpoint) => {
    const others = [neighbour, abroad];
    const before = await Promise.all(others.map((world) => snapshotOf(gantry, world)));
    for (const objects of others) {
      const answer = await ask(endpoint, { place: own, objects }, callers.get('editor'));

      expect(JSON.stringify(answer).replaceAll(objects.moduleName, '')).not.toContain(objects.mark);
    }
    expect(await Promise.all(others.map((world) => snapshotOf(gantry, world)))).toEqual(before);
  });

  it.each(named)('%s is for those who have its role, and no lower one', async (_name, endpoint) => {
    for (const role of ROLES) {
      const answer = await ask(endpoint, { place: own }, callers.get(role));
      const { needs } = endpoint;
      const may = needs === 'user' || (needs !== 'trusted' && includesRole(role, needs));
      if (may) expect(answer.status).not.toBe(403);
      else expect(answer).toMatchObject({ status: 403, bk_error_code: 9900403 });
    }
  });

  // The last, for it changes what the others look at: were the requests above such as could have found something?
  it('finds all of these objects in their own business', async () => {
    const last = ['delete_process_module_binding', 'delete_process', 'delete_module', 'delete_set', 'batch_delete_set'];
    const ordered = ofObjects.filter(([name]) => !last.includes(name) && name !== 'delete_host');
    for (const [name, endpoint] of ordered) {
      if (name === 'transfer_resourcehost_to_idlemodule') continue;
      const answer = await ask(endpoint, { place: neighbour });
      expect([name, answer.status, answer.result]).toEqual([name, 200, true]);
    }
  });
});
