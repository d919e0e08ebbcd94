import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../api/app';
import { hosts } from '../../cli/hosts';
import { isMisuse } from '../../cli/misuse';
import { topology } from '../../cli/topology';
import { openHome } from '../../stack/home';
import { emptyRecord, StackFile } from '../../stack/record';
import { addCaller, addPlainApp, tokenOf } from '../support/callers';
import { atTerminal, run } from '../support/cli';
import { CREDENTIALS } from '../support/client';
import { CmdbClient } from '../support/cmdb';
import { Gantry } from '../support/gantry';
import { listen } from '../support/http-server';
import { addBusiness, addSet } from '../support/topology';
import { allOf, dataOf, V1Client } from '../support/v1';

describe('gantry hosts and gantry topology', () => {
  let gantry: Gantry;
  let v1: V1Client;
  let server: Awaited<ReturnType<typeof listen>>;
  let folder: string;
  let project: number;
  let modules: Record<string, number>;
  const outer = { ...process.env };

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
    server = await listen(createApp({ services: gantry.services }));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-hosts-'));
    const cmdb = new CmdbClient(gantry);
    const business = await addBusiness(cmdb, 'shop');
    ({ modules } = await addSet(cmdb, business, 'prod', 'web'));
    const { items } = dataOf(await v1.get('/projects'));
    project = items.at(-1).id;
    await addCaller(gantry, 'ann', 'editor', project);
    process.env.GANTRY_URL = `${server.url}/`;
    process.env.GANTRY_TOKEN = await tokenOf(gantry, 'ann');
  });

  afterAll(async () => {
    process.env = outer;
    await server.close();
    await gantry.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, text: string): string {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  }

  it('adds a host, and lists it', async () => {
    const added = await run(
      hosts,
      ...['add', '10.0.0.1', '--name', 'web1', '--tag', 'web', '--tag', 'eu', '--var', 'url=http://x?a=b'],
      ...['--module', String(modules.web)],
    );
    const listed = await run(hosts, 'list', '--tag', 'web');

    const [host] = await allOf(v1, `/projects/${project}/hosts?name=web1`);
    expect(host).toMatchObject({ tags: ['eu', 'web'], variables: { url: 'http://x?a=b' } });
    expect(added).toEqual({ code: 0, out: `host ${host.id} (web1) is in project ${project}\n`, err: '' });
    expect(listed).toEqual({
      code: 0,
      out: `ID  NAME  ADDRESS   CLOUD  MODULES   TAGS\n${host.id}   web1  10.0.0.1  0      prod/web  eu web\n`,
      err: '',
    });
  });

  it('prints nothing but JSON with --json', async () => {
    const added = await run(hosts, 'add', '10.0.0.2', '--json', '--project', String(project));
    const listed = await run(hosts, 'list', '--address', '10.0.0.2', '--json');

    expect(JSON.parse(added.out)).toMatchObject({ name: '10.0.0.2' });
    expect(JSON.parse(listed.out)).toEqual({ items: [JSON.parse(added.out)], next: null });
    expect(JSON.parse((await run(topology, '--json')).out).sets).toHaveLength(2);
  });

  it('lists as many as is said, and says when there are more', async () => {
    const { out, err } = await run(hosts, 'list', '--limit', '1');

    expect(out.trim().split('\n')).toHaveLength(2);
    expect(err).toContain('there are more than these 1');
  });

  it('shows what an import would do, and does it', async () => {
    const csv = file('hosts.csv', 'name,address,tags,colour\nweb1,10.0.0.1,new,red\nweb9,10.0.0.9,web,\n');

    const preview = await run(hosts, 'import', csv, '--preview');
    const before = await allOf(v1, `/projects/${project}/hosts`);
    const done = await run(hosts, 'import', csv, '--yes');
    const again = await run(hosts, 'import', csv);

    expect(preview).toEqual({
      code: 0,
      out: [
        '        AT      NAME  ADDRESS   WOULD BE',
        'update  line 2  web1  10.0.0.1  tags +new',
        'create  line 3  web9  10.0.0.9  web',
        'not taken over: column colour (line 1): no such column is known: columns of host variables are called var:NAME',
        'would be: 1 created, 1 changed, 0 as they were, 0 refused\n',
      ].join('\n'),
      err: '',
    });
    expect(before.map(({ name }) => name)).not.toContain('web9');
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('done: 1 created, 1 changed') });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('0 created, 0 changed, 2 as they were') });
    expect((await allOf(v1, `/projects/${project}/hosts?name=web1`))[0].tags).toEqual(['eu', 'new', 'web']);
  });

  it('takes ~/.ssh/config for what it is, and says which ssh profiles would be made, or why not', async () => {
    const config = file(
      'config',
      'Host gate\n HostName 10.0.1.1\n Port 2222\nHost web\n HostName 10.0.1.2\n ProxyJump gate\n',
    );
    const token = process.env.GANTRY_TOKEN;
    await addCaller(gantry, 'ada', 'admin', project);

    const byEditor = await run(hosts, 'import', config, '--preview');
    process.env.GANTRY_TOKEN = await tokenOf(gantry, 'ada');
    const byAdmin = await run(hosts, 'import', config, '--preview');
    process.env.GANTRY_TOKEN = token;

    expect(byEditor.out).toContain(
      'not taken over: how hosts are reached: gate (line 1 and 1 more): ssh profiles are made',
    );
    expect(byAdmin.out).toMatch(/\ncreate +line 4 +web +10\.0\.1\.2 +ssh profile "root, over gate"\n/);
    expect(byAdmin.out).toContain('\nnew ssh profile "root, port 2222": root, port 2222, for 1 host\n');
    expect(byAdmin.out).toContain('\nnew ssh profile "root, over gate": root, port 22 over gate, for 1 host\n');
  });

  it('says by its code that hosts were refused', async () => {
    const json = file('hosts.json', '[{"address": "10.0.0.50"}, {"address": "10.0.0.51", "cloud_id": 7}]');

    const { code, out } = await run(hosts, 'import', json, '--json');

    expect(code).toBe(1);
    expect(JSON.parse(out).counts).toMatchObject({ create: 1, refused: 1 });
  });

  it('asks at a terminal, and changes nothing without a yes', async () => {
    const ini = file('inventory', '[web]\nweb7 ansible_host=10.0.0.7\n');
    await atTerminal(['n', 'y'], async () => {
      const declined = await run(hosts, 'import', ini);
      const before = await allOf(v1, `/projects/${project}/hosts?name=web7`);
      const agreed = await run(hosts, 'import', ini);

      expect(declined).toMatchObject({ code: 1, err: 'nothing was changed\n' });
      expect(declined.out).toContain('would be: 1 created');
      expect(before).toEqual([]);
      expect(agreed).toMatchObject({ code: 0, out: expect.stringContaining('done: 1 created') });
      await expect(run(hosts, 'import', ini, '--json')).rejects.toThrow('--preview or --yes');
    });
    expect(await allOf(v1, `/projects/${project}/hosts?name=web7`)).toHaveLength(1);
  });

  it('shows the topology', async () => {
    const { out } = await run(topology);

    expect(out).toMatch(
      /^SET +ID +MODULE +ID +HOSTS\n空闲机池 +\d+ +空闲机 +\d+ +\d+\n +故障机 +\d+ +0\nprod +\d+ +web +\d+ +1\n$/,
    );
  });

  it('asks for a project where there are several, naming them', async () => {
    const token = process.env.GANTRY_TOKEN;
    process.env.GANTRY_TOKEN = await tokenOf(gantry, 'bob');
    await addCaller(gantry, 'bob', 'viewer', project);
    await addCaller(gantry, 'bob', 'viewer', 1);
    try {
      const error = await run(hosts, 'list').catch((thrown: Error) => thrown);
      expect(isMisuse(error)).toBe(true);
      expect((error as Error).message).toMatch(/--project ID:\n {2}1 {2}.+\n {2}\d+ {2}shop$/);
      expect(await run(hosts, 'list', '--project', '1')).toMatchObject({ code: 0 });
      await expect(run(hosts, 'add', '10.0.0.66', '--project', '1')).rejects.toThrow('needs the role editor');
    } finally {
      process.env.GANTRY_TOKEN = token;
    }
  });

  it.each([
    [hosts, []],
    [hosts, ['remove']],
    [hosts, ['toString']],
    [hosts, ['list', 'web1']],
    [hosts, ['list', '--colour', 'red']],
    [hosts, ['list', '--cloud', 'x']],
    [hosts, ['list', '--limit', '0']],
    [hosts, ['list', '--project', 'x']],
    [hosts, ['add']],
    [hosts, ['add', 'a', 'b']],
    [hosts, ['add', '10.0.0.3', '--var', 'x']],
    [hosts, ['import']],
    [hosts, ['import', 'hosts.txt']],
    [hosts, ['import', 'hosts.csv', '--format', 'toml']],
    [topology, ['all']],
  ])('does not understand what makes no sense (%#)', async (command, args) => {
    const error = await run(command, ...args).catch((thrown: Error) => thrown);

    expect(isMisuse(error)).toBe(true);
  });

  it('says what is wrong, line by line', async () => {
    const json = file('wrong.json', '[{"address": "what?"}, {"name": ""}]');

    await expect(run(hosts, 'import', json)).rejects.toThrow(
      /^\[0\]: "what\?" is no IP address.*\n\[1\]: it has neither/,
    );
    await expect(run(hosts, 'import', path.join(folder, 'none.csv'))).rejects.toThrow('cannot be read');
    await expect(run(hosts, 'add', '10.0.0.1')).rejects.toThrow('has the address 10.0.0.1 of cloud 0 already');
  });

  it('says where it found nobody, and that a token is missing', async () => {
    const { GANTRY_URL: url, GANTRY_TOKEN: token } = process.env;
    try {
      process.env.GANTRY_URL = 'http://127.0.0.1:1';
      await expect(run(hosts, 'list')).rejects.toThrow('no answer from http://127.0.0.1:1');
      process.env.GANTRY_URL = server.url;
      process.env.GANTRY_TOKEN = 'nobody';
      await expect(run(hosts, 'list')).rejects.toThrow('bk_token is not valid: make a token with `gantry token USER`');
      delete process.env.GANTRY_TOKEN;
      await expect(run(hosts, 'list')).rejects.toThrow('GANTRY_TOKEN');
    } finally {
      process.env.GANTRY_URL = url;
      process.env.GANTRY_TOKEN = token;
    }
  });

  it('speaks to the stack of GANTRY_HOME where no URL is said', async () => {
    const { GANTRY_URL: url, GANTRY_HOME: home } = process.env;
    delete process.env.GANTRY_URL;
    process.env.GANTRY_HOME = path.join(folder, 'home');
    try {
      await expect(run(hosts, 'list')).rejects.toThrow('no stack runs on');
      const { stackFile, credentialsFile } = openHome();
      fs.writeFileSync(credentialsFile, JSON.stringify(CREDENTIALS));
      const stack = new StackFile(stackFile, emptyRecord());
      stack.setAddress('api', server.url);
      stack.setState('ready');

      expect(await run(topology, '--project', String(project))).toMatchObject({ code: 0 });
    } finally {
      process.env.GANTRY_URL = url;
      if (home === undefined) delete process.env.GANTRY_HOME;
      else process.env.GANTRY_HOME = home;
    }
  });
});
