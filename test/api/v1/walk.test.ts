import { includesRole } from '../../../access/permission';
import { endpoints } from '../../../api/v1';
import type { ServedEndpoint } from '../../../api/v1/endpoint';
import type { Role } from '../../../db/schema';
import { addCaller, addPlainApp } from '../../support/callers';
import { authorization } from '../../support/client';
import { makeWorld, snapshotOf, type World } from '../../support/cmdb-world';
import { echoTemplate } from '../../support/flow-rows';
import { local, Rollouts } from '../../support/flows';
import { Gantry } from '../../support/gantry';
import { makeHostStep } from '../../support/host-steps';
import { newPublicKey } from '../../support/ssh-inventory';
import { dataOf, V1Client } from '../../support/v1';

const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];
const inProject = endpoints.filter(({ path }) => path.includes('{project_id}'));
const byName = (some: readonly ServedEndpoint[]) => some.map((endpoint) => [endpoint.name, endpoint] as const);
const ofObjects = inProject.filter(({ path }) => /\{(?!project_id)/.test(path));
/** What is deleted comes last, and what others use after those. */
const turnOf = ({ method, name }: ServedEndpoint) =>
  method === 'delete' ? 1 + Number(name === 'delete_credential') : 0;

interface Place extends World {
  group: number;
  credential: number;
  profile: number;
  user: number;
  key: number;
  probe: number;
  task: number;
  step: number;
  rollout: number;
  rolloutHost: number;
  savedTask: number;
  template: number;
}

describe('every endpoint of /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let own: Place;
  let foreign: Place;
  let elsewhere: Place;
  const callers = new Map<string, V1Client>();

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    own = await place('own', '0', '10.0.0.1');
    foreign = await place('foreign-secret', '0', '10.0.0.2');
    elsewhere = await place('foreign-secret', 'other', '10.0.0.1');
    callers.set('nobody', new V1Client(gantry, authorization({})));
    callers.set('stranger', v1.with(await addCaller(gantry, 'stranger', null)));
    for (const role of ROLES) callers.set(role, v1.with(await addCaller(gantry, `own-${role}`, role, own.project)));
    callers.set('neighbour', v1.with(await addCaller(gantry, 'neighbour', 'admin', foreign.project)));
  });

  afterAll(() => gantry.stop());

  async function place(mark: string, account: string, address: string): Promise<Place> {
    const world = await makeWorld(gantry, { account, mark, address });
    await v1.patch(`/projects/${world.project}/hosts/${world.host}`, { tags: [mark], variables: { mark } });
    const group = { name: `${mark} group`, condition: { tags: mark } };
    const probe = await gantry.services.probes.start({
      projectId: world.project,
      executor: { username: mark, isTrusted: true },
      hostIds: [world.host],
      what: { kind: 'scan' },
    });
    const made = async (path: string, body: object) =>
      dataOf(await v1.post(`/projects/${world.project}${path}`, body)).id as number;
    const trusted = { hosts: [{ host_id: world.host, keys: [newPublicKey()] }] };
    const { items } = dataOf(await v1.post(`/projects/${world.project}/hosts/trust`, trusted));
    return {
      ...world,
      group: await made('/host-groups', group),
      credential: await made('/credentials', { name: `${mark} key`, kind: 'password', password: `${mark} password` }),
      profile: await made('/ssh-profiles', { name: `${mark} profile`, login_user: 'ops' }),
      user: await made('/accounts', { alias: `${mark}-account`, login_user: 'app' }),
      key: items[0].id,
      probe,
      ...(await hostStep(world.project)),
      ...(await rollout(world.project, world.host)),
    };
  }

  async function rollout(projectId: number, host: number) {
    const rollouts = await Rollouts.in(gantry, projectId);
    const pool_id = await rollouts.pool([host]);
    const flow = await rollouts.make([local('echo_step')], [host]);
    const [made] = await rollouts.hosts(flow);
    const { id: savedTask } = await gantry.db
      .insertInto('pool_schedules')
      .values({
        project_id: projectId,
        pool_id,
        kind: 'expand',
        exec_type: 'depend',
        editor: 'ann',
        due_since: new Date(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { rollout: flow, rolloutHost: made!.id, savedTask, template: await echoTemplate(gantry, projectId) };
  }

  async function hostStep(projectId: number): Promise<{ step: number; task: number }> {
    const step = await makeHostStep(gantry.db, 1, { projectId });
    // Whoever watches it is told that it has ended.
    await gantry.db.updateTable('host_runs').set({ status: 'not_run' }).where('step_id', '=', step).execute();
    await gantry.db.updateTable('tasks').set({ phase: 'ended' }).where('project_id', '=', projectId).execute();
    const { task_id: task } = await gantry.db
      .selectFrom('host_steps')
      .select('task_id')
      .where('id', '=', step)
      .executeTakeFirstOrThrow();
    return { step, task };
  }

  /** Sends an endpoint its request in a project, about objects of a place. */
  function ask(client: V1Client, endpoint: ServedEndpoint, project: number, objects: Place) {
    const ids: Record<string, number | string> = {
      node_id: 'n1',
      project_id: project,
      host_id: objects.host,
      group_id: objects.group,
      process_id: objects.process,
      credential_id: objects.credential,
      profile_id: objects.profile,
      account_id: objects.user,
      key_id: objects.key,
      probe_id: objects.probe,
      task_id: objects.task,
      step_id: objects.step,
      rollout_id: objects.rollout,
      rollout_host_id: objects.rolloutHost,
      saved_task_id: objects.savedTask,
      place: 1,
    };
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_all, name) => String(ids[name]));
    const body = endpoint.method === 'post' || endpoint.method === 'patch' ? bodyOf(endpoint, objects) : undefined;
    const query = endpoint.path.endsWith('/search') ? '?text=x' : '';
    return client.send(endpoint.method.toUpperCase(), `${path}${query}`, body);
  }

  function bodyOf({ name }: ServedEndpoint, { address, host, module, mark, credential, template }: Place): object {
    const bodies: Record<string, object> = {
      create_host: { address },
      change_host: { modules: [module] },
      import_hosts: { format: 'json', text: JSON.stringify([{ address }, { name: `${mark} host` }]), is_preview: true },
      resolve_hosts: { text: `${address} ${host} ${mark} set|${mark} module|${address}` },
      test_hosts: { host_ids: [host] },
      scan_host_keys: { host_ids: [host] },
      create_host_group: { name: 'new', condition: { tags: 'web' } },
      change_host_group: { name: 'changed' },
      create_cloud: { name: 'cloud' },
      trust_hosts: { hosts: [{ host_id: host, keys: [newPublicKey()] }] },
      create_credential: { name: 'new', kind: 'password', password: 'word' },
      change_credential: { name: 'changed' },
      create_ssh_profile: { name: 'new', credential_id: credential, jump_host_id: host, module_ids: [module] },
      change_ssh_profile: { credential_id: credential },
      stop_task: {},
      retry_node: { hosts: 'all' },
      do_task_again: { start: false },
      run_on_hosts: { hosts: address, script: 'true' },
      create_account: { alias: 'new', login_user: 'app', credential_id: credential },
      change_account: { credential_id: credential },
      create_common_credential: { name: 'new', kind: 'password', password: 'word' },
      change_common_credential: { name: 'changed' },
      create_common_ssh_profile: { name: 'new' },
      change_common_ssh_profile: { name: 'changed' },
      preview_rollout: { template_id: template, host_ids: [host] },
    };
    if (!bodies[name]) throw new Error(`say what ${name} is sent`);
    return bodies[name];
  }

  it.each(byName(endpoints))('%s is for known callers only', async (_name, endpoint) => {
    expect(await ask(callers.get('nobody')!, endpoint, own.project, own)).toMatchObject({ status: 401 });
  });

  it.each(byName(inProject))('%s is for members of the project only', async (_name, endpoint) => {
    for (const caller of ['stranger', 'neighbour']) {
      const answer = await ask(callers.get(caller)!, endpoint, own.project, own);
      expect(answer).toMatchObject({ status: 403, error: { kind: 'forbidden' } });
      expect(answer.error!.message).toContain('does not exist, or');
    }
  });

  it.each(byName(inProject))('%s is for those who have its role, and no lower one', async (_name, endpoint) => {
    for (const role of ROLES) {
      const { status } = await ask(callers.get(role)!, endpoint, own.project, foreign);
      const may = endpoint.needs !== 'trusted' && includesRole(role, endpoint.needs as Role);
      if (may) expect(status).not.toBe(403);
      else expect(status).toBe(403);
    }
  });

  it.each(byName(endpoints.filter(({ needs }) => needs === 'trusted')))(
    '%s is for trusted apps',
    async (_name, endpoint) => {
      expect(await ask(callers.get('admin')!, endpoint, own.project, own)).toMatchObject({ status: 403 });
    },
  );

  it.each(byName(ofObjects))('%s has no object of another project, or of another account', async (_name, endpoint) => {
    for (const other of [foreign, elsewhere]) {
      const answer = await ask(callers.get('admin')!, endpoint, own.project, other);
      expect(answer).toMatchObject({ status: 404, error: { kind: 'not_found' } });
    }
  });

  it.each(byName(inProject))('%s tells and changes nothing of other projects', async (_name, endpoint) => {
    const before = await Promise.all([foreign, elsewhere].map((one) => snapshotOf(gantry, one)));

    for (const other of [foreign, elsewhere]) {
      const { data } = await ask(callers.get('admin')!, endpoint, own.project, other);
      // What was sent itself comes back, such as the name of a host to be imported.
      if (endpoint.name !== 'import_hosts' && endpoint.name !== 'resolve_hosts') {
        expect(JSON.stringify(data ?? null)).not.toContain('foreign-secret');
      } else expect(JSON.stringify(data)).not.toContain(String(other.business));
    }

    expect(await Promise.all([foreign, elsewhere].map((one) => snapshotOf(gantry, one)))).toEqual(before);
  });

  it('leaves a trace where somebody looks for hosts of others', async () => {
    const traces = async () =>
      gantry.db
        .selectFrom('audit_records')
        .select(['username', 'detail'])
        .where('action', '=', 'refuse')
        .where('project_id', '=', own.project)
        .orderBy('id', 'desc')
        .execute();

    expect(await v1.post(`/projects/${own.project}/hosts`, { address: foreign.address })).toMatchObject({
      status: 409,
    });
    const [created] = await traces();
    const moved = await v1.patch(`/projects/${own.project}/hosts/${own.host}`, { address: foreign.address });
    const [changed] = await traces();

    expect(moved).toMatchObject({ status: 409, error: { message: `${foreign.address} of cloud 0 is not available` } });
    for (const trace of [created, changed])
      expect(trace).toMatchObject({ username: 'admin', detail: { address: foreign.address } });
    expect(await traces()).not.toHaveLength(0);
  });

  it('names hosts of others in texts only to who has a role there', async () => {
    const text = { text: foreign.address };
    const member = v1.with(await addCaller(gantry, 'member', 'viewer', own.project));
    const both = v1.with(await addCaller(gantry, 'both', 'viewer', own.project));
    await addCaller(gantry, 'both', 'viewer', foreign.project);
    const path = `/projects/${own.project}/hosts/resolve`;

    expect(dataOf(await member.post(path, text)).problems).toMatchObject([{ kind: 'unknown' }]);
    expect(dataOf(await both.post(path, text))).toMatchObject({
      hosts: [],
      problems: [{ kind: 'other_business', business_id: foreign.business }],
    });
  });

  // The last, for it changes what the others look at: were the requests above such as could have found something?
  it.each(byName([...ofObjects].sort((a, b) => turnOf(a) - turnOf(b))))(
    '%s finds the object in its own project',
    async (_name, endpoint) => {
      const { status } = await ask(callers.get('neighbour')!, endpoint, foreign.project, foreign);

      // The task of this test does not run.
      expect(/\{task_id\}\/(nodes|stop)/.test(endpoint.path) ? [409] : [200, 201, 204]).toContain(status);
    },
  );
});
