import { readdirSync } from 'node:fs';
import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { hopTo } from '../../bench/machines/route';
import { changeUpstream, type UpstreamChange } from '../../hosts/nginx';
import type { SshPool } from '../../hosts/ssh/pool';
import { failureOf, newPool } from '../hosts/ssh/support';
import { eventually } from '../support/eventually';
import { onMachines, readOn } from './support';

const FOLDER = '/root/nginx';
const FILE = `${FOLDER}/upstreams/shop.conf`;
const CONFIG = `${FOLDER}/nginx.conf`;
const ONE = '127.0.0.1:8101';
const TWO = '127.0.0.1:8102';

/** Serves its own name at two ports, and at another what the upstream has. */
const SETTINGS = `
pid ${FOLDER}/pid;
error_log ${FOLDER}/errors;
events {}
http {
  access_log off;
  include ${FOLDER}/upstreams/*.conf;
  server { listen ${ONE}; return 200 "one"; }
  server { listen ${TWO}; return 200 "two"; }
  server { listen 127.0.0.1:8100; location / { proxy_pass http://shop; proxy_connect_timeout 1s; } }
}
`;

onMachines('an upstream of nginx on a real host', 'namespaces', () => {
  let machines: Machines;
  let machine: Machine;
  let pool: SshPool;

  beforeAll(async () => {
    machines = await openMachines({ count: 1 });
    [machine] = machines.hosts as [Machine];
    pool = newPool();
  });
  afterAll(async () => {
    await pool?.close();
    await machines?.close();
  });

  beforeEach(async () => {
    await machine.shell(`rm -rf ${FOLDER}; mkdir -p ${FOLDER}/upstreams; cat >${CONFIG} <<'END'\n${SETTINGS}\nEND`);
  });
  afterEach(() =>
    machine.shell(
      `[ ! -s ${FOLDER}/pid ] || nginx -c ${CONFIG} -s stop; while [ -s ${FOLDER}/pid ]; do sleep 0.05; done`,
    ),
  );

  const change = (
    operation: UpstreamChange['operation'],
    servers: readonly string[],
    given: Partial<UpstreamChange> = {},
  ) =>
    changeUpstream(
      { transport: pool.transport([hopTo(machine)]) },
      { operation, file: FILE, upstream: 'shop', servers, config: CONFIG, ...given },
    );

  async function begun(servers: readonly string[]): Promise<void> {
    const lines = servers.map((server) => `    server ${server};`).join('\n');
    await machine.shell(`cat >${FILE} <<'END'\nupstream shop {\n    least_conn;\n${lines}\n}\nEND\nnginx -c ${CONFIG}`);
  }

  const serversOf = (text: string) => [...text.matchAll(/^ +server (\S+?);?( |$)/gm)].map(([, server]) => server);
  const servers = () => serversOf(readOn(machine, FILE).replaceAll(';', ' '));
  const answered = async () =>
    new Set((await machine.shell('for n in 1 2 3 4 5 6; do curl -s 127.0.0.1:8100; echo; done')).trim().split('\n'));
  const left = () => readdirSync(machine.path(`${FOLDER}/upstreams`)).sort();

  it('gets servers and loses them, is served by them at once, and keeps what people have written', async () => {
    await begun([ONE]);
    expect(await answered()).toEqual(new Set(['one']));

    expect(await change('register', [TWO])).toEqual(['nginx -t has passed, and nginx was told to reload']);
    expect(servers()).toEqual([ONE, TWO]);
    await eventually('both serve', async () => (await answered()).size === 2);

    await change('unregister', [ONE]);
    expect(servers()).toEqual([TWO]);
    expect(readOn(machine, FILE)).toContain('    least_conn;\n');
    await eventually('one serves', async () => [...(await answered())].join() === 'two');
    expect(left()).toEqual(['shop.conf', 'shop.conf.gantry-lock']);
  });

  it('is changed no further by who asks for the same again', async () => {
    await begun([ONE]);
    await change('register', [TWO]);
    expect(await change('register', [TWO, ONE])).toEqual(['nothing to change']);
    expect(servers()).toEqual([ONE, TWO]);
    expect(await change('unregister', ['127.0.0.1:9999'])).toEqual(['nothing to change']);
  });

  it('that has no server left is one that nginx takes, and gets servers again', async () => {
    await begun([ONE]);
    await change('unregister', [ONE]);
    expect(servers()).toEqual(['127.0.0.1:9']);
    await change('register', [TWO]);
    expect(servers()).toEqual([TWO]);
    await eventually('it serves', async () => [...(await answered())].join() === 'two');
  });

  it('that is not there yet is made', async () => {
    await begun([ONE]);
    const file = `${FOLDER}/upstreams/other.conf`;
    await change('register', ['10.0.0.1:80', '[2001:db8::1]:80'], { file, upstream: 'other' });
    expect(readOn(machine, file)).toBe('upstream other {\n    server 10.0.0.1:80;\n    server [2001:db8::1]:80;\n}\n');
  });

  it('is as it was when nginx does not take the change, and goes on being served', async () => {
    await begun([ONE]);
    const before = readOn(machine, FILE);

    const failure = await failureOf(change('register', ['10.0.0.1:99999']));

    expect(failure.message).toMatch(/^nginx -t has failed, and the file is as it was: /);
    expect(readOn(machine, FILE)).toBe(before);
    expect(left()).toEqual(['shop.conf', 'shop.conf.gantry-lock']);
    expect(await answered()).toEqual(new Set(['one']));
  });

  it('is as it was when nginx does not run', async () => {
    await begun([ONE]);
    await machine.shell(`nginx -c ${CONFIG} -s stop; while [ -s ${FOLDER}/pid ]; do sleep 0.05; done`);
    const before = readOn(machine, FILE);
    expect((await failureOf(change('register', [TWO]))).message).toMatch(/^nginx could not be told to reload/);
    expect(readOn(machine, FILE)).toBe(before);
  });

  it('that a change was cut off in is put back first', async () => {
    await begun([ONE]);
    await machine.shell(`cp ${FILE} ${FILE}.gantry-old; echo 'upstream shop { nonsense' >${FILE}`);

    expect(await change('register', [TWO])).toEqual([
      'an earlier change was cut off: taken back',
      'nginx -t has passed, and nginx was told to reload',
    ]);
    expect(servers()).toEqual([ONE, TWO]);
  });

  it('is changed by all who do that at the same time', async () => {
    await begun([ONE]);
    const wanted = Array.from({ length: 8 }, (_, n) => `10.0.0.${n + 1}:80`);
    await Promise.all(wanted.map((server) => change('register', [server])));
    expect(servers().sort()).toEqual([...wanted, ONE].sort());
  });

  it('that is not written line by line is left alone', async () => {
    await begun([ONE]);
    await machine.shell(`echo 'upstream shop { server ${ONE}; }' >${FILE}`);
    expect((await failureOf(change('register', [TWO]))).message).toMatch(/is not written line by line/);
    expect((await failureOf(change('register', [TWO], { file: '/nowhere/x.conf' }))).message).toMatch(/no folder/);
  });
});
