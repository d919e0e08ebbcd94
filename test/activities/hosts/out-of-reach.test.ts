import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EndWriter } from '../../../activities/hosts/end-writer';
import { FairGate } from '../../../activities/hosts/fair-gate';
import { LogWriter } from '../../../activities/hosts/log-writer';
import type { HostAttempt, HostMeans } from '../../../activities/hosts/means';
import { Part } from '../../../activities/hosts/part';
import { prepare } from '../../../activities/hosts/prepare';
import { Reaper } from '../../../activities/hosts/reaper';
import { readLog } from '../../../db/host-logs';
import { findStep, insertStep } from '../../../db/host-steps';
import type { HostStep } from '../../../plugins/hosts';
import { OpenedSecrets } from '../../../secrets/opened';
import { reachFrom } from '../../../worker/reach';
import { newKey } from '../../hosts/ssh/keys';
import { shellWith, TestServer } from '../../hosts/ssh/server';
import { eventually } from '../../support/eventually';
import { insertSampleTask } from '../../support/sample-task';
import { SshWorld } from './support';

const silent = { info() {}, warn() {}, error() {}, debug() {} };

describe('a host that is out of reach while a script runs on it', () => {
  let world: SshWorld;
  const folder = mkdtempSync(join(tmpdir(), 'gantry-out-of-reach-'));
  const closing: (() => Promise<unknown>)[] = [];
  let made = 0;

  beforeAll(async () => {
    world = await SshWorld.open();
  });
  afterAll(async () => {
    for (const close of closing) await close();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function meansWith(lostAfterMs: number): HostMeans {
    const patience = { lostAfterMs, firstWaitMs: 50, longestWaitMs: 200 };
    const reach = reachFrom(world.gantry.db, '127.0.0.1/32');
    closing.push(() => reach.pool.close());
    return {
      reach,
      logs: new LogWriter(world.gantry.db, 5),
      ends: new EndWriter(world.gantry.db),
      places: new FairGate(10),
      parts: new FairGate(10),
      installation: world.gantry.installation.name,
      patience,
    };
  }

  /** A host whose server lets nobody in as long as `isAway`. */
  async function makeHost() {
    made += 1;
    const home = join(folder, `h${made}`);
    mkdirSync(home);
    const state = { isAway: false };
    const server = await TestServer.listen({
      onCommand: shellWith({ PATH: process.env.PATH, HOME: home }),
      onSocket: (socket) => {
        if (state.isAway) socket.resetAndDestroy();
        return state.isAway;
      },
    });
    closing.push(() => server.close());
    const id = await world.host({ server, host: { name: `h${made}` } });
    const leave = () => {
      state.isAway = true;
      server.cut();
    };
    const comeBack = () => {
      state.isAway = false;
    };
    const ran = () => {
      try {
        return readFileSync(join(home, 'ran'), 'utf8');
      } catch {
        return '';
      }
    };
    return { id, home, server, leave, comeBack, ran };
  }

  /** Begins a step over one host, as a part of its attempt would; with what tells of it. */
  async function begin(
    hostId: number,
    script: string,
    { timeoutSeconds = 600, means }: { timeoutSeconds?: number; means: HostMeans },
  ) {
    const { db } = world.gantry;
    const { projectId } = world.project;
    const taskId = await insertSampleTask(db);
    const key = { taskId, nodeId: 'n1', loop: 1, retry: 0, ordinal: 1 };
    const step: HostStep = {
      ordinal: 1,
      targets: {},
      account: null,
      script: { interpreter: 'sh', text: script, parameters: {}, arguments: [] },
      timeoutSeconds,
      concurrency: 1,
      maxFailed: null,
      retries: 0,
      retryWaitSeconds: 0,
      locksHosts: false,
    };
    const row = { ...key, projectId, workHash: 'h', parts: 1, account: null, timeoutSeconds, concurrency: 1 };
    const host = { id: hostId, address: '127.0.0.1', name: 'h', fromRun: null, skipped: '' };
    await insertStep(db, { ...row, maxFailed: null, retries: 0, retryWaitSeconds: 0, locksHosts: false }, [host]);
    const attempt: HostAttempt = {
      ...key,
      projectId,
      executor: { username: 'tester', isTrusted: true },
      secrets: new OpenedSecrets({ place: projectId }),
      signal: new AbortController().signal,
    };
    const record = (await findStep(db, key))!;
    const node = {
      task_id: taskId,
      node_id: 'n1',
      loop: 1,
      retry: 0,
      inner_loop: 1,
      seq: 1,
      inputs: '{}',
      outputs: '{}',
    };
    await db
      .insertInto('node_executions')
      .values({ ...node, status: 'RUNNING' })
      .execute();
    const done = new Part(means, attempt, record, { part: 0, of: 1 }, prepare(step)).work();
    const read = () =>
      db.selectFrom('host_runs').selectAll().where('step_id', '=', record.id).executeTakeFirstOrThrow();
    return { done, read, failed: async () => (await findStep(db, key))!.failed };
  }

  it('says so in its row, and since when, until it is reached again; the script runs once', async () => {
    const means = meansWith(600_000);
    const host = await makeHost();
    const { done, read } = await begin(host.id, 'echo x >> ran; while [ ! -e go ]; do sleep 0.1; done', { means });
    await eventually('it is heard of', read, { isWanted: ({ status }) => status === 'running' });
    host.leave();
    const away = await eventually('it says what is wrong', read, { isWanted: ({ reason }) => reason !== '' });
    expect(away).toMatchObject({
      status: 'running',
      reason: expect.stringMatching(/^since \d{4}-\d\d-\d\dT[\d:]+Z: /),
    });

    host.comeBack();
    const back = await eventually('it is reached again', read, { isWanted: ({ reason }) => reason === '' });
    expect(back.status).toBe('running');
    writeFileSync(join(host.home, 'go'), '');
    await done;
    expect(await read()).toMatchObject({ status: 'ok', reason: '' });
    expect(host.ran()).toBe('x\n');
  });

  it('says that it shows another key, and goes on once that is trusted', async () => {
    const means = meansWith(600_000);
    const host = await makeHost();
    const { done, read } = await begin(host.id, 'echo x >> ran; while [ ! -e go ]; do sleep 0.1; done', { means });
    await eventually('it is heard of', read, { isWanted: ({ status }) => status === 'running' });
    await world.trust(host.id, [newKey().known], true);
    host.server.cut();
    await eventually('it says what is wrong', read, { isWanted: ({ reason }) => /key/.test(reason) });

    await world.trust(host.id, host.server.knownKeys, true);
    await eventually('it is reached again', read, { isWanted: ({ reason }) => reason === '' });
    writeFileSync(join(host.home, 'go'), '');
    await done;
    expect(await read()).toMatchObject({ status: 'ok' });
    expect(host.ran()).toBe('x\n');
  });

  it('says that it has no profile any more, and goes on once it has one again', async () => {
    const means = meansWith(600_000);
    const host = await makeHost();
    const { done, read } = await begin(host.id, 'echo x >> ran; while [ ! -e go ]; do sleep 0.1; done', { means });
    await eventually('it is heard of', read, { isWanted: ({ status }) => status === 'running' });
    const { db } = world.gantry;
    const profileOf = db.selectFrom('hosts').select('ssh_profile_id').where('id', '=', host.id);
    const { ssh_profile_id } = await profileOf.executeTakeFirstOrThrow();
    await db.updateTable('hosts').set({ ssh_profile_id: null }).where('id', '=', host.id).execute();
    host.server.cut();
    await eventually('it says what is wrong', read, { isWanted: ({ reason }) => /profile/.test(reason) });

    await db.updateTable('hosts').set({ ssh_profile_id }).where('id', '=', host.id).execute();
    writeFileSync(join(host.home, 'go'), '');
    await done;
    expect(await read()).toMatchObject({ status: 'ok', reason: '' });
    expect(host.ran()).toBe('x\n');
  });

  it('is lost when it is too late; how it ended then is written beside that, with its log, and changes nothing else', async () => {
    const means = meansWith(0);
    const host = await makeHost();
    const script = 'echo x >> ran; echo began; while [ ! -e go ]; do sleep 0.1; done; echo late; exit 7';
    const { done, read, failed } = await begin(host.id, script, { means, timeoutSeconds: 4 });
    await eventually('its log is kept', read, { isWanted: ({ log_bytes }) => log_bytes === '6' });
    host.leave();
    writeFileSync(join(host.home, 'go'), '');
    await done;
    const lost = await read();
    expect(lost).toMatchObject({
      status: 'lost',
      late_status: null,
      reason: expect.stringContaining('it has begun, and then'),
    });
    expect(lost.ask_until!.getTime() - lost.ended_at!.getTime()).toBeGreaterThan(23 * 3600_000);

    host.comeBack();
    const reaper = new Reaper(means, silent as never);
    reaper.start();
    const late = await eventually('its end is heard of', read, {
      isWanted: ({ late_at }) => late_at !== null,
      withinMs: 60_000,
    });
    await reaper.stop();
    expect(late).toMatchObject({
      status: 'lost',
      exit_code: null,
      late_status: 'failed',
      late_exit_code: 7,
      ask_until: null,
    });
    expect(late.reason).toBe(lost.reason);
    expect(String(await readLog(world.gantry.db, late.id, { from: 0, maxBytes: 100 }))).toBe('began\nlate\n');
    expect(await failed()).toBe(1);
    expect(host.ran()).toBe('x\n');
  });

  it('is asked no more after a restart, because nobody knows then', async () => {
    const means = meansWith(600_000);
    const host = await makeHost();
    const { done, read } = await begin(host.id, 'echo x >> ran; while :; do sleep 0.1; done', {
      means,
      timeoutSeconds: 60,
    });
    await eventually('it has begun', () => host.ran() === 'x\n');
    await eventually('it is heard of', read, { isWanted: ({ status }) => status === 'running' });
    rmSync(join(host.home, '.gantry'), { recursive: true });
    host.server.cut();
    await done;

    expect(await read()).toMatchObject({ status: 'lost', ask_until: null });
  });
});
