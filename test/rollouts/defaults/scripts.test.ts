import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../../rollouts/actions/compile';
import { ACTIONS } from '../../../rollouts/defaults/data';
import { SCRIPTS } from '../../../rollouts/defaults/scripts';
import type { Parameters } from '../../../rollouts/parameters/types';

/** Runs a default action with values, and with programs in place of those that it calls: each writes down its arguments. */
function run(
  name: keyof typeof SCRIPTS,
  values: Record<string, string>,
  programs: Record<string, string> = {},
): { code: number | null; said: string; calls: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-defaults-'));
  try {
    for (const [program, body] of Object.entries({ sleep: '', ...programs })) {
      const text = `#!/bin/sh\nprintf '%s' ${program} >> "$CALLS"\nfor a; do printf ' <%s>' "$a" >> "$CALLS"; done\necho >> "$CALLS"\n`;
      writeFileSync(join(folder, program), `${text}${body}\n`, { mode: 0o755 });
    }
    const calls = join(folder, 'calls');
    writeFileSync(calls, '');
    const { parameters } = ACTIONS.find((action) => action.name === name)!;
    const key = name === 'echo' ? 'args' : 'content';
    const template = { action: { module: name === 'echo' ? 'shell' : 'longscript', [key]: SCRIPTS[name] } };
    const { interpreter, script } = compile(template, parameters as Parameters);
    const given = Object.fromEntries(Object.entries(values).map(([of, value]) => [`GANTRY_P_${of}`, value]));
    const env = { ...given, CALLS: calls, HOME: folder, TMPDIR: folder, PATH: `${folder}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync(interpreter, ['-c', script], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines = readFileSync(calls, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return { code: status, said: `${stdout}${stderr}`.trim(), calls: lines };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('default actions', () => {
  it('echo one word', () => {
    expect(run('echo', { echo_word: 'a  "b" $(no)' })).toMatchObject({ code: 0, said: 'a  "b" $(no)' });
  });

  it('start a container', () => {
    const { code, calls } = run('start_docker', { host: 'host', name: 'my server', tag: 'r/i:1' }, { docker: '' });
    expect([code, calls]).toEqual([0, ['docker <run> <-d> <--net=host> <--name> <my server> <r/i:1>']]);
  });

  it('find a port that something listens on', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      expect(run('check_port', { check_port: String(port), check_times: '1' })).toMatchObject({ code: 0, calls: [] });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    const { code, calls, said } = run('check_port', { check_port: String(port), check_times: '3' });
    expect([code, calls]).toEqual([1, ['sleep <5>', 'sleep <5>']]);
    expect(said).toBe(`nothing listens on port ${port}`);
  });

  it('look for a word in a page', () => {
    const values = { check_url: 'http://h/ok', check_keyword: 'all *well*' };
    const fetched = ['sleep <20>', 'curl <-sS> <-L> <--max-time> <400> <--> <http://h/ok>'];
    expect(run('check_url', values, { curl: "echo 'it is all *well* here'" })).toMatchObject({
      code: 0,
      calls: fetched,
    });
    expect(run('check_url', values, { curl: "echo 'it is all very well'" })).toMatchObject({ code: 1, calls: fetched });
    expect(run('check_url', values, { curl: "echo 'all *well*'; exit 7" })).toMatchObject({ code: 1, calls: fetched });
  });

  it('stop a container of that very name and remove it, or find none', () => {
    const ps = `if [ "$1" = ps ]; then case $* in *running*) echo 'r1 web'; echo 'r2 web2' ;; *exited*) echo 'r1 web'; echo 'e2 other' ;; esac; fi`;
    const { code, calls } = run('stop_docker', { name: 'web' }, { docker: ps });
    expect([code, calls.filter((call) => !call.includes('<ps>'))]).toEqual([
      0,
      ['docker <stop> <r1>', 'sleep <5>', 'docker <rm> <r1>'],
    ]);
    const none = run('stop_docker', { name: 'nowhere' }, { docker: 'exit 1' });
    expect([none.code, none.calls.filter((call) => !call.includes('<ps>'))]).toEqual([0, ['sleep <5>']]);
  });

  it('ask the service on the address of an interface for nginx', () => {
    const ip = "echo '2: eth1    inet 10.1.2.3/24 brd 10.1.2.255 scope global eth1'";
    const { code, calls } = run('install_nginx', { eth: 'eth1', octans_host: 'x' }, { ip, curl: '' });
    expect(code).toBe(0);
    expect(calls[0]).toBe('ip <-4> <-o> <addr> <show> <dev> <eth1>');
    expect(calls[1]).toContain('<-X> <POST> <http://10.1.2.3:8000/api/parallel_run>');
    expect(JSON.parse(/<-d> <(.*)>$/.exec(calls[1]!)![1]!)).toMatchObject({
      ...{ nodes: ['10.1.2.3'], tasktype: 'ansible_role', tasks: ['hubble-nginx'] },
    });
    expect(run('install_nginx', { eth: 'no' }, { ip: '', curl: '' })).toMatchObject({ code: 1, calls: { length: 1 } });
    expect(run('install_nginx', { eth: 'eth1' }, { ip, curl: 'exit 22' }).code).toBe(22);
  });

  it.each([
    ['init_controller', 'init.sh', 'ctl 1'],
    ['init_compute', 'init_compute.sh', 'ctl 1'],
    ['add-default-image', 'add-default-image.sh', ''],
  ] as const)('%s: run %s of an image, end as it ends, and leave nothing', (name, script, argument) => {
    const docker = (end: number) => `case $1 in
      create) echo c1 ;;
      cp) mkdir -p "$3"; printf '%s' 'echo "ran $1" >> "$CALLS"; exit ${end}' > "$3/${script}" ;;
      esac`;
    const values: Record<string, string> = argument === '' ? {} : { opendcp_host: argument };
    const { code, calls } = run(name, values, { docker: docker(0) });
    expect(code).toBe(0);
    expect(calls.map((call) => call.replace(/<[^<>]*\/openstack>$/, '<folder>'))).toEqual([
      'docker <pull> <registry.cn-beijing.aliyuncs.com/opendcp/openstack-scripts>',
      'docker <create> <registry.cn-beijing.aliyuncs.com/opendcp/openstack-scripts>',
      'docker <cp> <c1:/data1/openstack> <folder>',
      `ran ${argument}`.trim() === 'ran' ? 'ran ' : `ran ${argument}`,
      'docker <rm> <-f> <c1>',
    ]);
    expect(run(name, values, { docker: docker(3) }).code).toBe(3);
    expect(run(name, values, { docker: 'exit 9' }).code).toBe(1);
  });
});
