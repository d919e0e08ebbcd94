import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRoute } from '../../activities/hosts/open-route';
import { endpoints as orionEndpoints } from '../../api/orion';
import { endpoints as v1Endpoints } from '../../api/v1';
import { makeKeyPair } from '../../bench/machines/key-pair';
import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { PASSWORD } from '../../bench/machines/users';
import type { Role } from '../../db/schema';
import { readRoute } from '../../inventory/ssh/read-route';
import { SshWorld } from '../activities/hosts/support';
import { addCaller } from '../support/callers';
import { ApiClient, authorization, CREDENTIALS } from '../support/client';
import { eventually } from '../support/eventually';
import { Rollouts, remote } from '../support/flows';
import { dumpOf, formsOf, secretsIn, workflowsOf } from '../support/secret-places';
import { lockedBy } from '../support/ssh-inventory';
import { sketch } from '../support/trees';
import { dataOf, V1Client } from '../support/v1';
import { freePort, WorkerProcess } from '../support/worker-process';
import { filesWith, onMachines, pidsOn, readOn } from './support';

const ROLES: Role[] = ['viewer', 'operator', 'editor', 'admin'];
const PASSPHRASE = 'passphrase-of-the-key-9917';
const METRICS_TOKEN = 'metrics-token-of-the-test-3312';
const APP_KEY = 'app-key-of-the-provider-5581';

/** Says what it was given in all ways in which a careless script may. */
const CARELESS = `set -x
printf '%s\\n' "$GANTRY_P_pw" "Bearer $GANTRY_P_pw" "{{pw}}" "$1" '\${inline}' >&2
printf %s "$GANTRY_P_pw" | base64 -w0; echo; printf 'user:%s' "$GANTRY_P_pw" | base64 -w0; echo
printf %s "$GANTRY_P_pw" | od -An -v -tx1 | tr -d ' \\n'; echo
echo "<SOPS_VAR>told:$GANTRY_P_pw</SOPS_VAR>"
echo "<SOPS_VAR>$GANTRY_P_pw:name</SOPS_VAR>"
printf '%s\\n' "$GANTRY_P_sudo" | sudo -S -k -p '' -u app id -un
echo begun >/tmp/begun
while [ ! -e /tmp/go ]; do sleep 0.1; done
exit 3`;

onMachines('what is secret in work on hosts', 'namespaces', () => {
  let machines: Machines;
  let world: SshWorld;
  let api: ApiClient;
  let port: number;
  const processes: WorkerProcess[] = [];
  const logs: Record<string, string> = {};
  /** By what they are. */
  const secrets: Record<string, string> = {
    'the password of a login': PASSWORD,
    'a wrong password of a login': 'wrong "password" of a login ö 7',
    'a password variable': 'Pá55"w\\rd & <tag> %41 $HOME',
    'a password variable of a retry': 'of-a-retry-"4412"',
    'a password in a script': "in-the-script-8823-\\x'".slice(0, -1),
    'the passphrase of a key': PASSPHRASE,
    'the token of the metrics': METRICS_TOKEN,
    'the key for a provider': APP_KEY,
    'the secret of an app': CREDENTIALS.app_secret,
  };
  const ids: Record<string, number> = {};

  beforeAll(async () => {
    machines = await openMachines({ count: 3, sshd: { lines: ['LogLevel VERBOSE', 'PasswordAuthentication yes'] } });
    world = await SshWorld.open();
    port = await freePort();
    const env = {
      GANTRY_LOG_LEVEL: 'trace',
      GANTRY_HOSTS_ALLOW: machines.hosts.map(({ address }) => address).join(),
      GANTRY_PORT: String(port),
      GANTRY_METRICS_TOKEN: METRICS_TOKEN,
      GANTRY_WORKER_METRICS: `127.0.0.1:${await freePort()}`,
      GANTRY_VM_PROVIDER: 'http://127.0.0.1:9',
      GANTRY_VM_APPKEY: APP_KEY,
    };
    for (const service of ['worker', 'api'] as const) {
      logs[service] = join(machines.folder, `${service}.log`);
      processes.push(await WorkerProcess.start(world.gantry.databaseUrl, env, service, logs[service]));
    }
    logs.metrics = env.GANTRY_WORKER_METRICS;
    api = ApiClient.at(`http://127.0.0.1:${port}`);
  });

  afterAll(async () => {
    for (const one of processes) await one.kill('SIGTERM');
    await world?.close();
    await machines?.close();
  });

  const projectId = () => world.project.projectId;
  const v1 = () => new V1Client(api);
  const at = (path: string) => `/projects/${projectId()}${path}`;
  const sops = (name: string, path: string) => `/apigw/${name}/${path}/?scope=project`;
  const add = async (path: string, body: object): Promise<number> => dataOf(await v1().post(at(path), body)).id;

  /** A host that is reached by a credential, through the API as people make it. */
  async function host({ address, port, keys }: Machine, name: string, login_user: string, secret: object) {
    const credential_id = await add('/credentials', { name, ...secret });
    const ssh_profile_id = await add('/ssh-profiles', { name, port, login_user, credential_id });
    const id = await add('/hosts', { address, name, ssh_profile_id, tags: ['all'] });
    dataOf(
      await v1().post(at('/hosts/trust'), {
        hosts: [{ host_id: id, keys: keys.map(({ type, key }) => ({ type, key })) }],
      }),
    );
    return id;
  }

  it('is told by nothing that anybody keeps or says', async () => {
    const [one, two, three] = machines.hosts as [Machine, Machine, Machine];
    const locked = makeKeyPair('ed25519', lockedBy(PASSPHRASE));
    await two.shell(`echo '${locked.public.trim()}' >>/etc/ssh/machine_authorized_keys`);
    secrets['a private key'] = locked.private.split('\n')[3]!;
    const key = { kind: 'private_key', private_key: locked.private, passphrase: PASSPHRASE };
    const first = await host(one, 'by password', 'asks', { kind: 'password', password: PASSWORD });
    const second = await host(two, 'by key', 'root', key);
    const wrong = { kind: 'password', password: secrets['a wrong password of a login'] };
    const third = await host(three, 'by a wrong password', 'asks', wrong);
    const opened = await openedKeyOf(second);
    secrets['a private key as it is kept'] = opened;

    // The hosts are tested, and a script runs that tells all.
    dataOf(await v1().post(at('/hosts/test'), { host_ids: [first, second, third] }));
    const { task, node } = await startTask();
    for (const machine of [one, two]) {
      await eventually('the script runs', () => readOn(machine, '/tmp/begun') !== '', { withinMs: 120_000 });
    }
    const whileItRuns = await Promise.all([one, two].map((machine) => seenOn(machine)));
    const runningWorkflows = await workflowsOf(world.gantry);
    for (const machine of [one, two]) await machine.shell('touch /tmp/go');
    await untilState(task, 'FAILED');
    const inputs = { parameters: { pw: secrets['a password variable of a retry'] } };
    const again = dataOf(await v1().post(at(`/tasks/${task}/nodes/${node}/retry`), { hosts: 'all', inputs }));
    expect(again).toBeDefined();
    await untilRetried(task);
    dataOf(await v1().post(at(`/tasks/${task}/stop`), {}));

    // A rollout over the same hosts, and who is called back.
    const rollouts = await Rollouts.in(world.gantry, projectId());
    await rollouts.pool([first, second, third]);
    const flow = await rollouts.run(
      [remote('tell', 'id; env; cat ~/.gantry/runs/*/* 2>/dev/null; exit 4')],
      [first, third],
    );
    await eventually('the rollout has failed', () => rollouts.state(flow), {
      isWanted: ({ state }) => state === 3,
      withinMs: 120_000,
    });

    const { rows } = await stepsOf(task);
    Object.assign(ids, { task, flow, step: rows[0]!.id, host: first });

    const found: Record<string, string[]> = {};
    const look = (place: string, text: string, known = secrets) => {
      expect({ place, length: text.length }).not.toEqual({ place, length: 0 });
      const seen = secretsIn(text, known);
      if (seen.length > 0) found[place] = seen;
    };
    for (const [place, text] of Object.entries(runningWorkflows)) look(`workflow ${place} while it runs`, text);
    for (const [place, text] of Object.entries(await workflowsOf(world.gantry))) look(`workflow ${place}`, text);
    for (const [place, text] of Object.entries(await dumpOf(world.gantry.db))) if (text) look(`table ${place}`, text);
    for (const [place, text] of await answers(node)) look(place, text);
    await callBack();
    for (const service of ['worker', 'api']) look(`log of the ${service}`, readFileSync(logs[service]!, 'utf8'));
    look('metrics of the worker', await (await fetch(`http://${logs.metrics}/metrics`)).text());
    const bearer = { headers: { authorization: `Bearer ${METRICS_TOKEN}` } };
    look('metrics of the api', await (await fetch(`http://127.0.0.1:${port}/metrics`, bearer)).text());
    for (const [index, { commands, others }] of whileItRuns.entries()) {
      look(`commands on host ${index}`, commands, secrets);
      look(`environments of others on host ${index}`, others, secrets);
    }
    for (const [index, machine] of machines.hosts.entries()) {
      for (const [name, secret] of Object.entries(secrets)) {
        const files = Object.values(formsOf(secret))
          .flat()
          .flatMap((form) => filesWith(machine, form));
        if (files.length > 0) found[`files of host ${index}: ${name}`] = files;
      }
    }

    expect(found).toEqual({});
    // It was looked at the right places.
    for (const places of [await workflowsOf(world.gantry), await dumpOf(world.gantry.db)]) {
      expect(Object.values(places).filter((text) => text.includes('SOPS_VAR'))).not.toEqual([]);
    }
  }, 600_000);

  /** A node that waits is answered by the address that its token is in. */
  async function callBack(): Promise<void> {
    const pipeline_tree = sketch({ chains: ['S a E'], activities: { a: { code: 'pause_node' } } });
    const { data } = await api.post(sops('fast_create_task', String(projectId())), { name: 'waits', pipeline_tree });
    const [node] = Object.keys(data.pipeline_tree.activities);
    await api.post(sops('start_task', `${data.task_id}/${projectId()}`));
    const asked = `${sops('get_node_callback_url', `${data.task_id}/${projectId()}`)}&node_id=${node}`;
    const { pathname: path } = new URL((await api.get(asked)).data.callback_url);
    secrets['the token of a callback'] = path.split('/').filter(Boolean).at(-1)!;
    const answer = () => api.ask({ path, headers: { 'content-type': 'application/json' }, body: '{}' });
    await eventually('it is called back', async () => JSON.parse((await answer()).text).result, {
      isWanted: (result) => result === true,
      withinMs: 60_000,
    });
    await untilState(data.task_id, 'FINISHED');
  }

  async function openedKeyOf(hostId: number): Promise<string> {
    const executor = { username: 'admin', isTrusted: true };
    const sealed = await readRoute(world.gantry.db, { projectId: projectId() }, { hostId, account: null, executor });
    const [{ login }] = openRoute(sealed).route;
    return (login as { privateKey: string }).privateKey.split('\n')[3]!;
  }

  async function startTask() {
    const constants = Object.entries({
      pw: 'a password variable',
      inline: 'a password in a script',
      sudo: 'the password of a login',
    });
    const pipeline_tree = sketch({
      chains: ['S a E'],
      activities: {
        a: {
          code: 'run_script',
          version: '1.0',
          inputs: { tags: ['all'], script: CARELESS, parameters: { pw: '${pw}', sudo: '${sudo}' } },
        },
      },
      constants: Object.fromEntries(
        constants.map(([name, what]) => [name, { custom_type: 'password', value: secrets[what]! }]),
      ),
      outputs: ['${pw}'],
    });
    const { data, message } = await api.post(sops('fast_create_task', String(projectId())), {
      name: 'careless',
      pipeline_tree,
    });
    expect(message).toBe('success');
    expect((await api.post(sops('start_task', `${data.task_id}/${projectId()}`))).message).toBe('success');
    return { task: data.task_id as number, node: Object.keys(data.pipeline_tree.activities)[0]! };
  }

  const untilState = (task: number, state: string) =>
    eventually(
      `task ${task} is ${state}`,
      async () => (await api.get(sops('get_task_status', `${task}/${projectId()}`))).data.state,
      {
        isWanted: (seen) => seen === state,
        withinMs: 120_000,
      },
    );
  const stepsOf = async (task: number) => ({
    rows: await world.gantry.db
      .selectFrom('host_steps')
      .selectAll()
      .where('task_id', '=', task)
      .orderBy('id')
      .execute(),
  });
  const untilRetried = (task: number) =>
    eventually(
      'it has failed again',
      async () => {
        const { rows } = await stepsOf(task);
        const { state } = (await api.get(sops('get_task_status', `${task}/${projectId()}`))).data;
        return `${rows.length} ${state}`;
      },
      { isWanted: (seen) => seen === '2 FAILED', withinMs: 120_000 },
    );

  /** Command lines, and the environments of what does not belong to the run. */
  async function seenOn(machine: Machine) {
    const all = pidsOn(machine).map((pid) => ({
      command: readOn(machine, `/proc/${pid}/cmdline`).replaceAll('\0', ' '),
      environment: readOn(machine, `/proc/${pid}/environ`),
    }));
    const others = all.filter(({ environment }) => !environment.includes('GANTRY_RUN='));
    return {
      commands: all.map(({ command }) => command).join('\n'),
      others: others.map(({ environment }) => environment).join('\n'),
    };
  }

  /** What everybody who may read is told, by every endpoint that tells something of what is known. */
  async function answers(node: string): Promise<[place: string, text: string][]> {
    const told: [string, string][] = [];
    const callers: [string, Record<string, string>][] = [['a trusted app', {}]];
    for (const role of ROLES) {
      const headers = await addCaller(world.gantry, `own-${role}`, role, projectId());
      secrets[`the token of ${role}`] = JSON.parse(headers['X-Bkapi-Authorization']!).bk_token;
      callers.push([role, headers]);
    }
    const known: Record<string, number | string> = {
      project_id: projectId(),
      node_id: node,
      task_id: ids.task!,
      step_id: ids.step!,
      place: 1,
      host_id: ids.host!,
      rollout_id: ids.flow!,
      rollout_host_id: (await (await Rollouts.in(world.gantry, projectId())).hosts(ids.flow!))[0]!.id,
      profile_id: 1,
      credential_id: 1,
    };
    const reads = v1Endpoints.filter(({ method, path }) => method === 'get' && fill(path, known) !== undefined);
    expect(reads.length).toBeGreaterThan(20);
    const orionReads = orionEndpoints.filter(({ needs }) => needs === 'viewer');
    const orionIds: Record<string, number | string> = { id: ids.flow!, nsid: known.rollout_host_id! };
    const sopsReads = [
      ...['get_task_detail', 'get_task_status', 'get_task_operate_record'].map((name) =>
        sops(name, `${ids.task}/${projectId()}`),
      ),
      `${sops('get_task_node_detail', `${ids.task}/${projectId()}`)}&node_id=${node}&component_code=run_script`,
      `${sops('get_task_node_data', `${projectId()}/${ids.task}`)}&node_id=${node}`,
      `${sops('get_task_node_log', `${projectId()}/${ids.task}`)}&node_id=${node}`,
    ];
    for (const [who, headers] of callers) {
      for (const { path } of reads) {
        const query = path.endsWith('/search') ? `?text=${encodeURIComponent('wrong')}` : '';
        const full = `/api/v1${fill(path, known)}${query}`;
        told.push([
          `${who}: ${path}`,
          (await api.ask({ method: 'GET', path: full, headers: { ...v1Headers, ...headers } })).text,
        ]);
      }
      for (const { paths } of orionReads) {
        const path = paths.map((each) => fill(each, orionIds)).find(Boolean);
        if (!path) continue;
        const orion = { 'X-Gantry-Project': String(projectId()), ...v1Headers, ...headers };
        told.push([`${who}: ${path}`, (await api.ask({ method: 'GET', path, headers: orion })).text]);
      }
      for (const path of sopsReads) {
        told.push([
          `${who}: ${path}`,
          (await api.ask({ method: 'GET', path, headers: { ...v1Headers, ...headers } })).text,
        ]);
      }
    }
    const byTrusted = told.filter(([place]) => place.startsWith('a trusted app'));
    expect(byTrusted.filter(([, text]) => text.includes('******')).length).toBeGreaterThan(3);
    return told;
  }
  const v1Headers = authorization({
    bk_app_code: CREDENTIALS.app_code,
    bk_app_secret: CREDENTIALS.app_secret,
    bk_username: CREDENTIALS.username,
  });
});

/** A path with its parameters in it; undefined when one is not known. */
function fill(path: string, known: Readonly<Record<string, number | string>>): string | undefined {
  const filled = path.replaceAll(/\{(\w+)\}/g, (all, name: string) => String(known[name] ?? all));
  return filled.includes('{') ? undefined : filled;
}
