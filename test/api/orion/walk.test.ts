import { includesRole } from '../../../access/permission';
import { endpoints } from '../../../api/orion';
import type { ServedEndpoint } from '../../../api/orion/endpoint';
import type { Role } from '../../../db/schema';
import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';
import { orionBodyOf } from '../../support/orion-bodies';
import { contentsOf, makeOrionWorld, type OrionWorld } from '../../support/orion-world';

const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];
const NOWHERE: OrionWorld = { mark: '', project: 0, ids: {}, names: {} };
const named = endpoints.map((endpoint) => [endpoint.name, endpoint] as const);
/** Whether something of a project is named in its path or its body. */
const withObjects = named.filter(([name, { parameters }]) => parameters.length > 0 || namesObjects(name));

function namesObjects(name: string): boolean {
  const [one, other] = [1, 2].map((id) => ({ ...NOWHERE, ids: new Proxy({}, { get: () => id }) }));
  return JSON.stringify(orionBodyOf(name, one!)) !== JSON.stringify(orionBodyOf(name, other!));
}

/** Every endpoint that there is, asked in one project for what is in another. */
describe('the walk over all endpoints', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let own: OrionWorld;
  let neighbour: OrionWorld;
  const callers = new Map<string, Record<string, string>>();

  beforeAll(async () => {
    gantry = await Gantry.create();
    orion = new OrionClient(gantry);
    await addPlainApp(gantry);
    own = await makeOrionWorld(gantry, { mark: 'own-mark', address: '10.0.0.1' });
    neighbour = await makeOrionWorld(gantry, { mark: 'neighbours-secret', address: '10.0.0.2' });
    for (const role of ROLES) callers.set(role, await addCaller(gantry, `own-${role}`, role, own.project));
    callers.set('neighbour', await addCaller(gantry, 'a-neighbour', 'admin', neighbour.project));
  });

  afterAll(() => gantry.stop());

  /** Asks in the project of one world for the objects of another. */
  function ask(
    endpoint: ServedEndpoint,
    { place, objects = place }: { place: OrionWorld; objects?: OrionWorld },
    headers: Record<string, string> = {},
  ) {
    const path = pathOf(endpoint, objects);
    const client = orion.with({ 'X-Gantry-Project': String(place.project), ...headers });
    return client.post(path, orionBodyOf(endpoint.name, objects));
  }

  /** An id is of what its path begins with, where the parameter does not say of what. */
  function pathOf({ paths, parameters }: ServedEndpoint, { ids, names }: OrionWorld): string {
    const whole = paths.find((path) => parameters.every((name) => path.includes(`{${name}}`)));
    const path = whole ?? paths[0]!;
    const word = /^\/(task|action)\/impl(\/|$)/.test(path) ? 'task_tpl' : path.split('/')[1]!;
    return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
      const value = ids[name === 'id' ? word : name.replace(/_id$/, '')] ?? names[name];
      if (value === undefined) throw new Error(`the walk has no ${name} for ${path}: add it to makeOrionWorld`);
      return encodeURIComponent(value);
    });
  }

  /** What an answer tells beside the names that were sent. */
  function unsaid(answer: object, name: string): string {
    const sent = JSON.stringify(orionBodyOf(name, neighbour) ?? {}).match(/"neighbours-secret[^"]*"/g) ?? [];
    return sent.reduce((told, text) => told.replaceAll(text.slice(1, -1), ''), JSON.stringify(answer));
  }

  it('has a path and a body for every endpoint that needs them', () => {
    const without = named.filter(([name, { needsBody }]) => needsBody && !orionBodyOf(name, own)).map(([name]) => name);

    expect(without).toEqual([]);
    expect(named.map(([, endpoint]) => pathOf(endpoint, own)).join()).not.toContain('{');
    expect(new Set(endpoints.map(({ name }) => name)).size).toBe(endpoints.length);
  });

  it.each(named)('%s is for known callers only', async (_name, endpoint) => {
    const nobody = await ask(endpoint, { place: own }, { 'X-Bkapi-Authorization': '' });
    const aName = await ask(endpoint, { place: own }, { 'X-Bkapi-Authorization': '', Authorization: 'root' });
    const cookie = await ask(endpoint, { place: own }, { 'X-Bkapi-Authorization': '', Cookie: 'bk_token=1' });

    for (const answer of [nobody, aName, cookie]) expect(answer).toMatchObject({ status: 401, code: 401, data: {} });
  });

  it.each(named)('%s is for members of the project only', async (_name, endpoint) => {
    const before = await contentsOf(gantry, own.project);
    const foreign = await ask(endpoint, { place: own }, callers.get('neighbour'));
    const missing = await ask(endpoint, { place: { ...own, project: 424_242 } }, callers.get('neighbour'));

    for (const answer of [foreign, missing]) {
      expect(answer).toMatchObject({ status: 403, code: 403, data: {} });
      expect(JSON.stringify(answer)).not.toContain('own-mark');
    }
    expect(await contentsOf(gantry, own.project)).toEqual(before);
  });

  it.each(withObjects)('%s has nothing of another project', async (_name, endpoint) => {
    const before = await contentsOf(gantry, neighbour.project);
    for (const headers of [{}, callers.get('admin')!]) {
      const answer = await ask(endpoint, { place: own, objects: neighbour }, headers);

      expect(unsaid(answer, endpoint.name)).not.toContain(neighbour.mark);
    }
    expect(await contentsOf(gantry, neighbour.project)).toEqual(before);
  });

  it.each(named.filter(([, { needs }]) => ROLES.includes(needs as Role)))(
    '%s is for its role',
    async (_name, endpoint) => {
      for (const role of ROLES.filter((one) => !includesRole(one, endpoint.needs as Role))) {
        const before = await contentsOf(gantry, own.project);
        const answer = await ask(endpoint, { place: own }, callers.get(role));

        expect(answer).toMatchObject({ status: 403, code: 403, data: {} });
        expect(answer.msg).toContain(`needs the role ${endpoint.needs}`);
        expect(await contentsOf(gantry, own.project)).toEqual(before);
      }
      // It is not there, or not as it should be: what counts is that its role may ask.
      const nothing = { ...own, ids: new Proxy({}, { get: () => 424_242 }) };
      expect((await ask(endpoint, { place: own, objects: nothing }, callers.get(endpoint.needs))).status).not.toBe(403);
    },
  );

  it('keeps lists apart', async () => {
    for (const [, endpoint] of named.filter(([, { isPaged }]) => isPaged)) {
      const answer = await ask(endpoint, { place: own }, callers.get('viewer'));

      expect(answer).toMatchObject({ status: 200, code: 0 });
      expect(JSON.stringify(answer)).not.toContain(neighbour.mark);
    }
  });
});
