import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { OrionClient } from '../../support/orion';
import { contentsOf, makeOrionWorld, type OrionWorld } from '../../support/orion-world';
import { dataOf, V1Client } from '../../support/v1';

interface Place extends OrionWorld {
  profile: number;
  module: number;
}

/** Requests about what is one's own that name something of another project in their bodies. */
const CASES: [what: string, ask: (own: Place, other: Place) => { path: string; body: object }][] = [
  ['a service of a cluster', (_, { ids }) => to('/service/create', { ...SERVICE, cluster_id: ids.cluster })],
  ['a service into a cluster', (own, { ids }) => to(`/service/update/${own.ids.service}`, { cluster_id: ids.cluster })],
  ['a pool of a service', (_, { ids }) => to('/pool/create', { name: 'new', service_id: ids.service })],
  ['a pool of a module', (own, { module }) => to('/pool/create', { ...poolOf(own), module_id: module })],
  ['a pool of a profile', (own, { profile }) => to('/pool/create', { ...poolOf(own), ssh_profile_id: profile })],
  ['a pool to a module', (own, { module }) => to(`/pool/update/${own.ids.pool}`, { module_id: module })],
  ['a pool to a profile', (own, { profile }) => to(`/pool/update/${own.ids.pool}`, { ssh_profile_id: profile })],
  ['hosts into a pool', (own, { names }) => to(`/pool/${own.ids.pool}/add_nodes`, { nodes: [names.iplist] })],
  ['hosts out of a pool, by id', (own, { ids }) => to(`/pool/${own.ids.pool}/remove_nodes`, { nodes: [ids.host] })],
  [
    'hosts out of a pool, by address',
    (own, { names }) => to(`/pool/${own.ids.pool}/remove_nodes`, { nodes: [names.iplist] }),
  ],
  ['a shrink', (own, { names }) => to(`/pool/shrink/${own.ids.pool}`, { nodes: [names.iplist] })],
  ['a shrink by id', (own, { ids }) => to(`/pool/shrink/${own.ids.pool}`, { nodes: [String(ids.host)] })],
  [
    'an implementation of an action',
    (_, { ids }) => to('/actimpl/create', { ...IMPLEMENTATION, action_id: ids.action }),
  ],
  ['a step of actions', (_, { mark }) => to('/remote_step/create', { name: 'new', actions: [`${mark} action`] })],
  [
    'a step, changed to actions',
    (own, { mark }) => to(`/remote_step/update/${own.ids.remote_step}`, { name: 'new', actions: [`${mark} action`] }),
  ],
  ['a template of steps', (_, { mark }) => to('/task_tpl/create', { name: 'new', steps: [{ name: `${mark} step` }] })],
  [
    'a template, changed to steps',
    (own, { mark }) => to(`/task_tpl/update/${own.ids.task_tpl}`, { name: 'new', steps: [{ name: `${mark} step` }] }),
  ],
  ['a rollout by a template', (own, { ids }) => to('/task/create', { ...rolloutOf(own), template_id: ids.task_tpl })],
  [
    'a rollout over hosts by address',
    (own, { names }) =>
      to('/task/create', { ...rolloutOf(own), nodes: [{ ip: own.names.iplist }, { ip: names.iplist }] }),
  ],
  [
    'a rollout over hosts by id',
    (own, { ids }) => to('/task/create', { ...rolloutOf(own), nodes: [String(own.ids.host), String(ids.host)] }),
  ],
  ['a saved task of a pool', (_, { ids }) => to('/task/saveTask', { ...SAVED, pool_id: ids.pool })],
  [
    'a saved task that needs a pool',
    (own, { ids }) =>
      to('/task/saveTask', {
        ...SAVED,
        pool_id: own.ids.pool,
        exec_type: 'depend',
        depend_items: [{ pool_id: ids.pool, ratio: 1 }],
      }),
  ],
  [
    'a saved task, by its id',
    (own, { ids }) => to('/task/saveTask', { ...SAVED, pool_id: own.ids.pool, id: ids.saved }),
  ],
  ['an action out of the way, by the id in the body', (_, { ids }) => to('/action/delete', { id: ids.action })],
  ['a template out of the way, by the id in the body', (_, { ids }) => to('/task_tpl/delete', { id: ids.task_tpl })],
];

const SERVICE = { name: 'new', docker_image: 'image' };
const SAVED = { type: 'expand', exec_type: 'crontab', cron_items: [{ time: '08:00', instance_num: 1 }] };
const IMPLEMENTATION = { type: 'ansible', template: { action: { module: 'shell', args: 'true' } } };
const poolOf = ({ ids }: Place) => ({ name: 'new', service_id: ids.service });
const rolloutOf = ({ ids, names }: Place) => ({
  ...{ template_id: ids.task_tpl, task_name: 'new', max_ratio: 100 },
  nodes: [{ ip: names.iplist }],
});
const to = (path: string, body: object) => ({ path, body });

describe('who names something of another project', () => {
  let gantry: Gantry;
  let orion: OrionClient;
  let own: Place;
  let other: Place;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    own = await place('own-mark', '10.0.0.1');
    other = await place('neighbours-secret', '10.0.0.2');
    const headers = await addCaller(gantry, 'own-admin', 'admin', own.project);
    orion = new OrionClient(gantry).with({ 'X-Gantry-Project': String(own.project), ...headers });
  });

  afterAll(() => gantry.stop());

  async function place(mark: string, address: string): Promise<Place> {
    const world = await makeOrionWorld(gantry, { mark, address });
    const { db } = gantry;
    const { id: business } = await db
      .selectFrom('businesses')
      .select('id')
      .where('project_id', '=', world.project)
      .executeTakeFirstOrThrow();
    const named = { business_id: business, name: `${mark} module` };
    const set = await db.insertInto('sets').values(named).returning('id').executeTakeFirstOrThrow();
    const module = await db
      .insertInto('modules')
      .values({ ...named, set_id: set.id })
      .returning('id')
      .executeTakeFirstOrThrow();
    const profile = { name: `${mark} profile`, login_user: 'ops' };
    const made = await new V1Client(gantry).post(`/projects/${world.project}/ssh-profiles`, profile);
    const client = new OrionClient(gantry).with({ 'X-Gantry-Project': String(world.project) });
    await client.dataOf('/task/saveTask', { ...SAVED, pool_id: world.ids.pool });
    const saved = await savedOf(world.ids.pool!);
    return { ...world, ids: { ...world.ids, saved }, profile: dataOf(made).id, module: module.id };
  }

  async function savedOf(pool: number): Promise<number> {
    const { id } = await gantry.db
      .selectFrom('pool_schedules')
      .select('id')
      .where('pool_id', '=', pool)
      .executeTakeFirstOrThrow();
    return id;
  }

  it.each(CASES)('for %s is told that it is not there, and nothing is changed', async (_what, ask) => {
    const { path, body } = ask(own, other);
    const before = await Promise.all([own, other].map(({ project }) => contentsOf(gantry, project)));

    const answer = await orion.post(path, body);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(JSON.stringify(answer).replaceAll(/neighbours-secret (action|step)/g, '')).not.toContain(
      'neighbours-secret',
    );
    const after = await Promise.all([own, other].map(({ project }) => contentsOf(gantry, project)));
    // Where somebody tries to take a host of others there is a trace.
    const withoutTraces = (contents: Record<string, unknown[]>) => ({ ...contents, audit_records: undefined });
    expect(after[1]).toEqual(before[1]);
    expect(withoutTraces(after[0]!)).toEqual(withoutTraces(before[0]!));
    if (path.endsWith('add_nodes')) return;
    // The same is said of what is nowhere: whoever asks learns nothing by a difference.
    const nowhere = { ...other, profile: 424_242, module: 424_242, mark: 'nowhere', names: { iplist: '10.9.9.9' } };
    const missing = ask(own, { ...nowhere, ids: new Proxy({}, { get: () => 424_242 }) });
    expect(wordsOf(answer)).toEqual(wordsOf(await orion.post(missing.path, missing.body)));
  });
});

/** What an answer says, without what it was asked for. */
function wordsOf({ status, code, msg }: { status: number; code: number; msg: string }) {
  const plain = msg.replaceAll(/10\.\d+\.\d+\.\d+|\d+|neighbours-secret|nowhere/g, '#');
  return { status, code, msg: plain };
}
