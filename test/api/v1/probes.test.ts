import { ApplicationFailure } from '@temporalio/common';
import { connectClient } from '../../../temporal/connection';
import { probeIdOf } from '../../../temporal/names';
import { Probes } from '../../../temporal/probes';
import type { ProbeInput, ProbeResult } from '../../../workflows/contract';
import { addCaller, addPlainApp } from '../../support/callers';
import { makeWorld, type World } from '../../support/cmdb-world';
import { eventually } from '../../support/eventually';
import { Gantry } from '../../support/gantry';
import { dataOf, V1Client } from '../../support/v1';

const FACTS = { kernel: '6.1.0', cpus: 2, is_container: false };
const KEY = { type: 'ssh-ed25519', key: 'AAAA', fingerprint: 'SHA256:x', isTrusted: false };

/** What probes are answered by here: it tells who has asked, and waits where it is told to. */
class Activity {
  readonly inputs: ProbeInput[] = [];
  mode: 'answer' | 'wait' | 'fail' = 'answer';
  #go: (() => void)[] = [];

  readonly run = async (input: ProbeInput): Promise<ProbeResult> => {
    this.inputs.push(input);
    if (this.mode === 'wait') await new Promise<void>((go) => this.#go.push(go));
    if (this.mode === 'fail') throw ApplicationFailure.nonRetryable('Postgres is away');
    const { hostIds, what } = input;
    const answer = what.kind === 'scan' ? { keys: [KEY] } : { facts: FACTS };
    return {
      hosts: hostIds.map((hostId) => ({ hostId, ok: true as const, ms: 7, ...answer })) as ProbeResult['hosts'],
    };
  };

  letGo(): void {
    this.mode = 'answer';
    for (const go of this.#go.splice(0)) go();
  }
}

describe('a probe of hosts', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let own: World;
  let foreign: World;
  const activity = new Activity();
  const drawn: number[] = [];

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    own = await makeWorld(gantry, { account: '0', mark: 'own', address: '10.0.0.1' });
    foreign = await makeWorld(gantry, { account: '0', mark: 'foreign-secret', address: '10.0.0.2' });
    let last = 100;
    const draw = () => drawn.shift() ?? ++last;
    gantry.services.probes = new Probes(gantry.client, gantry.installation, { draw, waitMs: 3_000 });
    await startWorker();
  });

  afterAll(async () => {
    activity.letGo();
    await gantry.stop();
  });

  function startWorker(): Promise<void> {
    return gantry.startWorker({ activities: { probe: activity.run } });
  }

  const at = (path: string, project = own.project) => `/projects/${project}${path}`;
  const test = (client = v1, more: object = {}) => client.post(at('/hosts/test'), { host_ids: [own.host], ...more });
  const look = (id: number, project = own.project) => v1.get(at(`/probes/${id}`, project));
  const statusOf = async (probeId: number) => {
    const id = probeIdOf(gantry.installation, { projectId: own.project, probeId });
    return (await gantry.client.workflow.getHandle(id).describe()).status.name;
  };

  it('is answered at once where it is done in time, and can be read again', async () => {
    const answer = await test(v1, { account: 'web' });

    expect(answer).toMatchObject({
      status: 200,
      data: { state: 'done', hosts: [{ host_id: own.host, ok: true, ms: 7, facts: FACTS }] },
    });
    expect(activity.inputs.at(-1)).toEqual({
      projectId: own.project,
      executor: { username: expect.any(String), isTrusted: true },
      hostIds: [own.host],
      what: { kind: 'test', account: 'web' },
    });
    expect(await look(answer.data.probe_id)).toMatchObject({ status: 200, data: answer.data });
  });

  it('of keys has them', async () => {
    const { data } = await v1.post(at('/hosts/scan-keys'), { host_ids: [own.host, own.host] });

    const keys = [{ type: 'ssh-ed25519', key: 'AAAA', fingerprint: 'SHA256:x', is_trusted: false }];
    expect(data.hosts).toEqual([{ host_id: own.host, ok: true, ms: 7, keys }]);
    expect(activity.inputs.at(-1)!.what).toEqual({ kind: 'scan' });
  });

  it('is done in the name of who asks, and on record', async () => {
    const operator = v1.with(await addCaller(gantry, 'olga', 'operator', own.project));

    const { data } = await test(operator, { account: 'web' });

    expect(data.state).toBe('done');
    expect(activity.inputs.at(-1)!.executor).toEqual({ username: 'olga', isTrusted: false });
    const records = await gantry.db
      .selectFrom('audit_records')
      .select(['username', 'action', 'object', 'project_id', 'detail'])
      .where('username', '=', 'olga')
      .execute();
    expect(records).toEqual([
      {
        username: 'olga',
        action: 'test',
        object: `host ${own.host}`,
        project_id: own.project,
        detail: { account: 'web' },
      },
    ]);
  });

  it('is for operators; that of keys for admins', async () => {
    const viewer = v1.with(await addCaller(gantry, 'vera', 'viewer', own.project));
    const editor = v1.with(await addCaller(gantry, 'edith', 'editor', own.project));
    const asked = activity.inputs.length;

    expect(await test(viewer)).toMatchObject({ status: 403 });
    expect(await viewer.get(at('/probes/7'))).toMatchObject({ status: 403 });
    expect(await editor.post(at('/hosts/scan-keys'), { host_ids: [own.host] })).toMatchObject({ status: 403 });
    expect(activity.inputs).toHaveLength(asked);
  });

  it('has no hosts of other projects, and says nothing of them', async () => {
    const asked = activity.inputs.length;

    for (const path of ['/hosts/test', '/hosts/scan-keys']) {
      const answer = await v1.post(at(path), { host_ids: [own.host, foreign.host] });
      expect(answer).toMatchObject({ status: 404, error: { kind: 'not_found' } });
      expect(answer.error!.message).toBe(`host ${foreign.host} does not exist in this project`);
      expect(JSON.stringify(answer)).not.toContain('secret');
    }
    expect(activity.inputs).toHaveLength(asked);
  });

  it.each([
    [{ host_ids: [] }],
    [{ host_ids: Array.from({ length: 101 }, (_, index) => index + 1) }],
    [{ host_ids: [2 ** 31] }],
    [{ host_ids: [-1] }],
    [{ host_ids: ['x'] }],
    [{ host_ids: [1], account: '' }],
    [{ host_ids: [1], account: 'gsec:v2:test:abcd;' }],
    [{ host_ids: [1], account: 'x'.repeat(256) }],
    [{}],
  ])('is refused with %j', async (body) => {
    for (const path of ['/hosts/test', '/hosts/scan-keys']) {
      expect(await v1.post(at(path), body)).toMatchObject({ status: 400, error: { kind: 'invalid' } });
    }
  });

  it('that takes longer is answered with its id, and read later, in its project alone', async () => {
    activity.mode = 'wait';
    const answer = await test();
    const { probe_id: id } = answer.data;

    expect(answer).toEqual({ status: 202, data: { probe_id: id, state: 'running' } });
    expect(await look(id)).toEqual({ status: 200, data: { probe_id: id, state: 'running' } });
    activity.letGo();
    const done = await eventually('it is done', async () => (await look(id)).data, {
      isWanted: ({ state }) => state !== 'running',
    });
    expect(done).toMatchObject({ probe_id: id, state: 'done', hosts: [{ host_id: own.host }] });
    expect(await look(id, foreign.project)).toMatchObject({ status: 404, error: { kind: 'not_found' } });
    expect(await look(99)).toMatchObject({ status: 404, error: { reason: { code: 'not_found' } } });
  });

  it('that comes to nothing says so, to who waits and to who looks later', async () => {
    activity.mode = 'fail';
    drawn.push(20);
    const answer = await test();
    activity.letGo();

    expect(answer).toMatchObject({
      status: 503,
      error: { kind: 'unavailable', message: 'it came to no result: Postgres is away' },
    });
    expect((await look(20)).data).toEqual({
      probe_id: 20,
      state: 'failed',
      message: 'it came to no result: Postgres is away',
    });
  });

  it('takes another id where the one that was drawn is taken', async () => {
    drawn.push(31, 31, 32);

    expect(dataOf(await test()).probe_id).toBe(31);
    expect(dataOf(await test()).probe_id).toBe(32);
  });

  it('is one of five that a user has at once, until one of them has ended', async () => {
    const client = v1.with(await addCaller(gantry, 'paul', 'operator', own.project));
    activity.mode = 'wait';

    const answers = await Promise.all(Array.from({ length: 7 }, () => test(client)));
    const another = await test(v1.with(await addCaller(gantry, 'mary', 'operator', own.project)));
    const refused = await test(client);
    activity.letGo();
    const ids = answers.filter(({ status }) => status === 202).map(({ data }) => data.probe_id);
    await eventually('all have ended', async () => Promise.all(ids.map(async (id) => (await look(id)).data.state)), {
      isWanted: (states) => !states.includes('running'),
    });

    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 202, 429, 429]);
    expect(another.status).toBe(202);
    expect(refused).toMatchObject({ status: 429, error: { kind: 'too_many' } });
    expect(await test(client)).toMatchObject({ status: 200 });
  });

  it('is refused while Temporal cannot be reached', async () => {
    const { probes } = gantry.services;
    const client = await connectClient({ address: '127.0.0.1:1', namespace: 'default' });
    gantry.services.probes = new Probes(client, gantry.installation);

    const answers = [await test(), await look(7)];
    gantry.services.probes = probes;
    await client.connection.close();

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 503, error: { message: 'Temporal cannot be reached' } });
    }
  });

  it('that no worker begins is refused, and ended for good', async () => {
    await gantry.stopWorker();
    drawn.push(50);
    const asked = activity.inputs.length;

    const answer = await test();

    expect(answer).toMatchObject({ status: 503, error: { kind: 'unavailable' } });
    expect(answer.error!.message).toContain('no worker');
    expect(await statusOf(50)).toBe('TERMINATED');
    await startWorker();
    expect(await test()).toMatchObject({ status: 200 });
    expect(activity.inputs).toHaveLength(asked + 1);
  });
});
