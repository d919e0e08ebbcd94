import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../api/app';
import type { Command } from '../../cli/commands';
import { hosts } from '../../cli/hosts';
import { logs } from '../../cli/logs';
import { exitCodeOf } from '../../cli/misuse';
import { retry } from '../../cli/retry';
import { status } from '../../cli/status';
import { stop } from '../../cli/stop';
import { SshWorld } from '../activities/hosts/support';
import { shellWith, TestServer } from '../hosts/ssh/server';
import { addCaller, tokenOf } from '../support/callers';
import { type Printed, refusalOf, run } from '../support/cli';
import { eventually } from '../support/eventually';
import { listen } from '../support/http-server';

const BIG_LINES = 50_000;

describe('gantry hosts run, logs, status, retry and stop', () => {
  let world: SshWorld;
  let api: Awaited<ReturnType<typeof listen>>;
  const servers: TestServer[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'gantry-cli-run-'));
  const outer = { ...process.env };

  beforeAll(async () => {
    world = await SshWorld.open();
    await world.gantry.startWorker({}, '127.0.0.1/32');
    for (const name of ['web1', 'web2', 'db1']) {
      mkdirSync(join(folder, name));
      const env = { PATH: process.env.PATH, HOME: join(folder, name) };
      const server = await TestServer.listen({ onCommand: shellWith(env) });
      servers.push(server);
      await world.host({ server, host: { name, tags: [name.slice(0, -1)] } });
    }
    await addCaller(world.gantry, 'ann', 'admin', world.project.projectId);
    api = await serve();
    process.env.GANTRY_URL = api.url;
    process.env.GANTRY_TOKEN = await tokenOf(world.gantry, 'ann');
  });

  afterAll(async () => {
    process.env = outer;
    await api.close();
    await world.close();
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const serve = () => listen(createApp({ services: world.gantry.services }));
  const on = (selector: readonly string[], ...more: string[]) => run(hosts, 'run', ...selector, ...more);
  const WEB = ['--tag', 'web'];
  const linesOf = ({ out }: Printed, host: string) =>
    out
      .split('\n')
      .filter((line) => line.startsWith(`${host} | `))
      .map((line) => line.slice(host.length + 3));
  const taskOf = ({ err }: Printed) => /task (\d+) has begun/.exec(err)![1]!;

  async function newestTask(): Promise<string> {
    const { id } = await world.gantry.db
      .selectFrom('tasks')
      .select(({ fn }) => fn.max('id').as('id'))
      .executeTakeFirstOrThrow();
    return String(id);
  }

  it('prints what each host writes after its name, and a table, and ends with 0', async () => {
    const printed = await on(WEB, '--param', 'who=you', '--', 'echo', '"{{who}}"', '"${HOME##*/}";', 'echo end');

    expect(printed.code).toBe(0);
    for (const host of ['web1', 'web2']) expect(linesOf(printed, host)).toEqual([`you ${host}`, 'end']);
    const task = taskOf(printed);
    expect(printed.out).toContain(`\nHOST  STATUS  EXIT  REASON\n`);
    expect(printed.out).toContain(`2 ok\ntask ${task} is FINISHED\n`);
  });

  it('ends with 1 where hosts fail, and they are run again', async () => {
    const script = join(folder, 'script');
    writeFileSync(script, 'echo "$1" "${HOME##*/}"; case "$HOME" in *web2) [ -e "$HOME/good" ] || exit 7;; esac\n');
    const printed = await on(WEB, '--script', script, '--interpreter', 'sh', '--', 'given words');
    const task = taskOf(printed);

    expect(printed.code).toBe(1);
    expect(linesOf(printed, 'web2')).toEqual(['given words web2']);
    expect(printed.out).toMatch(/web2 +failed +7 /);
    expect(printed.out).toContain(`task ${task} is FAILED\n`);
    const before = await run(status, task);
    expect(before.out).toContain(`task ${task} (Run on hosts) is FAILED\n`);
    expect(before.out).toMatch(/2 hosts: (1 failed, 1 ok|1 ok, 1 failed)\n {2}web2 failed: .*exit code 7/);

    writeFileSync(join(folder, 'web2', 'good'), '');
    expect((await run(retry, task, '--failed-hosts')).code).toBe(0);
    await run(logs, '-f', task);
    const after = JSON.parse((await run(status, task, '--json')).out);
    expect(after).toMatchObject({ state: 'FINISHED', host_steps: [{ attempt: 1 }, { attempt: 2 }] });
    expect(after.host_steps[1].counts).toEqual({ ok: 1, skipped: 1 });
    expect((await refusalOf(retry, task)).message).toContain('no node of the task has failed');
  });

  it('takes the hosts of a group, and says why nothing has begun', async () => {
    const group = { name: 'the web', condition: { tags: 'web' } };
    await world.v1.post(world.at('/host-groups'), group);
    const printed = await on(['--group', 'the web'], '--', 'echo "${HOME##*/}"');
    const none = await on(['--tag', 'nowhere'], '--', 'true');

    for (const host of ['web1', 'web2']) expect(linesOf(printed, host)).toEqual([host]);
    expect(none.code).toBe(1);
    const said = (await run(status, taskOf(none))).out;
    for (const text of [none.out, said]) expect(text).toContain('no host');
  });

  it('shows what is hostile and does nothing by it', async () => {
    const printed = await on(['--tag', 'db'], '--', String.raw`printf '\033[2J\033]0;x\007a\tb\r\n\xff\xe2\x82\nlast'`);

    const lines = linesOf(printed, 'db1');
    expect(lines[0]).toBe('\ufffd[2J\ufffd]0;x\ufffda\tb');
    expect(lines[1]).toMatch(/^\ufffd+$/);
    expect(lines.slice(2)).toEqual(['last']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(printed.out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  });

  it('prints all of much output, and its end when that is asked for', async () => {
    const text = 'ü'.repeat(45);
    const loop = `i=0; while [ $i -lt ${BIG_LINES} ]; do echo "$i ${text}"; i=$((i+1)); done`;
    const printed = await on(['--tag', 'db'], '--', loop);
    const task = taskOf(printed);
    const wanted = Array.from({ length: BIG_LINES }, (_, i) => `${i} ${text}`);

    expect(linesOf(printed, 'db1')).toEqual(wanted);
    expect(linesOf(await run(logs, task, 'db1'), 'db1')).toEqual(wanted);
    expect(linesOf(await run(logs, task, '--tail', '700'), 'db1')).toEqual(wanted.slice(-700));
  });

  it('prints lines of JSON, and whose they are', async () => {
    const { out } = await on(WEB, '--json', '--', 'echo "${HOME##*/}"');
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(
      events
        .slice(0, 2)
        .map(({ name, line }) => [name, line])
        .sort(),
    ).toEqual([
      ['web1', 'web1'],
      ['web2', 'web2'],
    ]);
    expect(events.slice(2)).toMatchObject([{ event: 'end', state: 'FINISHED', counts: { ok: 2 } }]);
  });

  it('leaves a task to itself, whose hosts can be looked at one by one', async () => {
    const { out, err } = await on(WEB, '--detach', '--', 'echo "${HOME##*/}"');
    const followed = await run(logs, '-f', out.trim(), 'web2');

    expect(out).toMatch(/^\d+\n$/);
    expect(err).toBe('');
    expect(followed).toEqual({ code: 0, out: 'web2 | web2\n', err: '' });
    expect((await refusalOf(logs, out.trim(), 'web9')).message).toContain('no such host');
  });

  /** Breaks off a command whose task runs on its host. */
  async function interrupted(...more: string[]): Promise<Printed> {
    const mark = join(folder, 'db1', 'begun');
    rmSync(mark, { force: true });
    const running = on(['--tag', 'db'], ...more, '--', 'touch begun; sleep 600');
    await eventually('it runs', () => existsSync(mark), { withinMs: 60_000 });
    process.emit('SIGINT');
    return running;
  }

  it('says after Ctrl-C that the task goes on, until it is stopped', async () => {
    const printed = await interrupted();
    const task = taskOf(printed);

    expect(printed.code).toBe(130);
    expect(printed.err).toContain(`task ${task} goes on: gantry logs -f ${task} follows it`);
    expect((await run(status, task)).out).toContain('is RUNNING');
    expect((await run(stop, task)).out).toBe(`task ${task} is stopped\n`);
    expect((await run(status, task)).out).toContain('is REVOKED');
  });

  it('stops the task after Ctrl-C where that is said', async () => {
    const printed = await interrupted('--stop-on-interrupt');

    expect(printed.err).toContain('is stopped');
    expect((await run(status, taskOf(printed))).out).toContain('is REVOKED');
  });

  it('goes on when the API was away, and loses no line', async () => {
    const go = join(folder, 'db1', 'go');
    const mark = join(folder, 'db1', 'first');
    const running = on(['--tag', 'db'], '--', 'echo 1; touch first; while [ ! -e go ]; do sleep 0.1; done; echo 2');
    await eventually('it runs', () => existsSync(mark), { withinMs: 60_000 });
    const { port } = api;
    await api.close();
    writeFileSync(go, '');
    api = await listen(createApp({ services: world.gantry.services }), port);
    const printed = await running;

    expect(printed.code).toBe(0);
    expect(linesOf(printed, 'db1')).toEqual(['1', '2']);
  });

  it('looks again and again where there is no stream to be had', async () => {
    const app = createApp({ services: world.gantry.services });
    const refusing = await listen({
      fetch: (request) =>
        new URL(request.url).pathname.endsWith('/events') ? new Response('{}', { status: 429 }) : app.fetch(request),
    });
    process.env.GANTRY_URL = refusing.url;
    const printed = await on(WEB, '--', 'echo 1; sleep 2; echo 2');
    process.env.GANTRY_URL = api.url;
    await refusing.close();

    expect(printed.code).toBe(0);
    for (const host of ['web1', 'web2']) expect(linesOf(printed, host)).toEqual(['1', '2']);
  });

  it.each<[string, Command, string[]]>([
    ['no hosts', hosts, ['run', '--', 'true']],
    ['no command', hosts, ['run', '--tag', 'web']],
    ['a script that there is not', hosts, ['run', '--tag', 'web', '--script', '/nowhere']],
    ['a parameter without a value', hosts, ['run', '--tag', 'web', '--param', 'x', '--', 'true']],
    ['no number', hosts, ['run', '--tag', 'web', '--timeout', 'long', '--', 'true']],
    ['an option that there is not', hosts, ['run', '--tags', 'web', '--', 'true']],
    ['no task', logs, []],
    ['a task that is no number', status, ['x']],
    ['hosts said twice', retry, ['1', '--all-hosts', '--failed-hosts']],
  ])('is misuse with %s, and nothing is made', async (_what, command, args) => {
    const before = await newestTask();

    expect(exitCodeOf(await refusalOf(command, ...args))).toBe(2);
    expect(await newestTask()).toBe(before);
  });

  it('ends with 1 where the API refuses, and with 3 where there is none', async () => {
    expect(exitCodeOf(await refusalOf(hosts, 'run', '--tag', 'web', '--concurrency', '501', '--', 'true'))).toBe(1);
    process.env.GANTRY_URL = 'http://127.0.0.1:1';
    const unreachable = await refusalOf(status, '1', '--project', '1');
    process.env.GANTRY_URL = api.url;

    expect(exitCodeOf(unreachable)).toBe(3);
  });
});
