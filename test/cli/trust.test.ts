import { createApp } from '../../api/app';
import { hosts } from '../../cli/hosts';
import { isMisuse } from '../../cli/misuse';
import { fingerprintOf } from '../../hosts/ssh/host-keys';
import { Probes } from '../../temporal/probes';
import { SshWorld } from '../activities/hosts/support';
import { newKey } from '../hosts/ssh/keys';
import { addCaller, tokenOf } from '../support/callers';
import { atTerminal, type Printed, refusalOf, run } from '../support/cli';
import { listen } from '../support/http-server';
import { dataOf } from '../support/v1';

describe('gantry hosts trust, test and keys', () => {
  let world: SshWorld;
  let api: Awaited<ReturnType<typeof listen>>;
  const outer = { ...process.env };

  beforeAll(async () => {
    world = await SshWorld.open();
    const { gantry, project } = world;
    await gantry.startWorker({}, '127.0.0.1/32');
    api = await listen(createApp({ services: gantry.services }));
    await addCaller(gantry, 'ann', 'admin', project.projectId);
    process.env.GANTRY_URL = api.url;
    process.env.GANTRY_TOKEN = await tokenOf(gantry, 'ann');
  });

  afterAll(async () => {
    process.env = outer;
    await api.close();
    await world.close();
  });

  /** The fingerprints of the keys that a host is known by. */
  async function known(hostId: number): Promise<string[]> {
    const { items } = dataOf(await world.v1.get(world.at(`/hosts/${hostId}/keys`)));
    return items.map(({ fingerprint }: { fingerprint: string }) => fingerprint);
  }

  const printsOf = (server: { knownKeys: { type: string; key: string }[] }) => server.knownKeys.map(fingerprintOf);
  const json = ({ out }: Printed) => JSON.parse(out).hosts;

  describe('trust', () => {
    it('asks about each host, showing what it shows', async () => {
      const server = await world.serve({ hostKeys: [newKey(), newKey('ecdsa-sha2-nistp256')] });
      const [one, other] = [await world.host({ server, keys: [] }), await world.host({ keys: [] })];

      await atTerminal(['y', 'n'], async () => {
        const { code, out, err } = await run(hosts, 'trust', String(one), String(other));

        expect(code).toBe(1);
        for (const key of printsOf(server)) expect(out).toContain(`${key}  new\n`);
        expect(out).toContain('1 trusted, 1 not\n');
        expect(err).toContain(`host ${other}, 127.0.0.1): nothing was changed\n`);
      });
      expect(await known(one)).toEqual(printsOf(server));
      expect(await known(other)).toEqual([]);
    });

    it('asks nothing of what is trusted already', async () => {
      const id = await world.host();

      await atTerminal([], async () => {
        const { code, out } = await run(hosts, 'trust', String(id));

        expect(code).toBe(0);
        expect(out).toMatch(/SHA256:\S+ {2}trusted\n1 trusted, 0 not\n$/);
      });
    });

    it('where nobody can be asked needs the key, or says that whatever is shown is believed', async () => {
      const server = await world.serve({ hostKeys: [newKey(), newKey('ecdsa-sha2-nistp256')] });
      const id = await world.host({ server, keys: [] });
      const [first, second] = printsOf(server) as [string, string];

      const refusal = await refusalOf(hosts, 'trust', String(id));
      const wrong = await run(hosts, 'trust', String(id), '--key', fingerprintOf(newKey().known));
      const before = await known(id);
      const right = await run(hosts, 'trust', String(id), '--key', second);
      const between = await known(id);
      const all = await run(hosts, 'trust', String(id), '--yes');

      expect(isMisuse(refusal)).toBe(true);
      expect(refusal.message).toContain('--yes to believe what the network shows now');
      expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('shows no key with that fingerprint') });
      expect(before).toEqual([]);
      expect(right).toMatchObject({ code: 0, err: '' });
      expect(between).toEqual([second]);
      expect(all.out).toContain(`${second}  trusted\n`);
      expect((await known(id)).sort()).toEqual([first, second].sort());
      const { items } = dataOf(await world.v1.get(world.at(`/hosts/${id}/keys`)));
      expect(items[0]).toMatchObject({ source: 'scan', added_by: 'ann' });
    });

    it('of a host that shows another key than before needs more than a yes, and says what to look at', async () => {
      const old = newKey().known;
      const server = await world.serve();
      const id = await world.host({ server, keys: [old] });
      const [shown] = printsOf(server) as [string];

      const refused = await run(hosts, 'trust', String(id), '--yes');
      const named = await run(hosts, 'trust', String(id), '--key', shown, '--json');
      const before = await known(id);
      const replaced = await run(hosts, 'trust', String(id), '--key', shown, '--replace');

      expect(refused.code).toBe(1);
      expect(refused.out).toContain(`${fingerprintOf(old)}  trusted, but not shown\n`);
      for (const part of [fingerprintOf(old), 'ssh-keygen -lf', '--replace']) expect(refused.err).toContain(part);
      expect(json(named)).toEqual([
        { host_id: id, problem: 'host_key', message: expect.stringContaining('--replace') },
      ]);
      expect(before).toEqual([fingerprintOf(old)]);
      expect(replaced.code).toBe(0);
      expect(await known(id)).toEqual([shown]);
    });

    it('goes on where one host cannot be reached, and does what it says in the network that it is in', async () => {
      const tag = 'mixed';
      const name = '\u001b[2Jevil';
      const gone = await world.host({ port: 1, password: 'x', host: { tags: [tag], name } });
      const good = await world.host({ keys: [], host: { tags: [tag] } });

      const { code, out, err } = await run(hosts, 'trust', '--tag', tag, '--yes');

      expect(code).toBe(1);
      expect(out).toContain('1 trusted, 1 not\n');
      expect(err).toContain(`host ${gone}`);
      expect(out + err).not.toContain('\u001b');
      expect(await known(good)).toHaveLength(1);
    });
  });

  describe('test', () => {
    it('says what hosts are, and with its code that all can be reached', async () => {
      const ids = [await world.host({ host: { name: 'fine' } }), await world.host()];

      const { code, out } = await run(hosts, 'test', 'fine', String(ids[1]));

      expect(code).toBe(0);
      expect(out).toMatch(/^ID +NAME +ADDRESS +STATE +FACTS\n/);
      expect(out).toMatch(new RegExp(`\\n${ids[0]} +fine +127\\.0\\.0\\.1 +ok +.*user=.* ms\\n`));
      expect(out).toMatch(/\n2 ok, 0 failed\n$/);
    });

    it('says what is wrong with one that cannot, whole, and without doing anything to the terminal', async () => {
      const name = 'bad\u001b]0;x\u0007';
      const [good, bad] = [await world.host(), await world.host({ keys: [newKey().known], host: { name } })];

      const { code, out } = await run(hosts, 'test', String(good), String(bad));

      expect(code).toBe(1);
      expect(out).toMatch(new RegExp(`\\n${bad} .* host_key +-\\n`));
      expect(out).toContain(`gantry hosts trust ${bad} --key SHA256:`);
      expect(out).toMatch(/\n1 ok, 1 failed\n$/);
      for (const control of ['\u001b', '\u0007']) expect(out).not.toContain(control);
      expect(json(await run(hosts, 'test', String(bad), '--json'))).toMatchObject([{ host_id: bad, ok: false }]);
    });

    it('takes accounts, and the words of the API where there is none of that name', async () => {
      const id = String(await world.host());
      await world.project.account({ alias: 'app', login_user: 'deploy' });

      expect(await run(hosts, 'test', id, '--account', 'app')).toMatchObject({ code: 0 });
      expect(await run(hosts, 'test', id, '--account', 'none')).toMatchObject({
        code: 1,
        out: expect.stringContaining('has no account none: it has app\n'),
      });
    });

    it('waits for what takes longer than the API does', async () => {
      const { gantry } = world;
      const { probes } = gantry.services;
      const id = await world.host();
      gantry.services.probes = new Probes(gantry.client, gantry.installation, { waitMs: 1 });
      const fetch = jest.spyOn(globalThis, 'fetch');
      try {
        expect(json(await run(hosts, 'test', String(id), '--json'))).toMatchObject([{ host_id: id, ok: true }]);
        expect(fetch.mock.calls.map(([url]) => String(url)).at(-1)).toMatch(/\/probes\/\d+$/);
      } finally {
        fetch.mockRestore();
        gantry.services.probes = probes;
      }
    });
  });

  describe('keys', () => {
    it('shows those that a host is known by, and takes one away', async () => {
      const server = await world.serve({ hostKeys: [newKey(), newKey('ecdsa-sha2-nistp256')] });
      const id = await world.host({ server, host: { name: 'keyed' } });
      const { items } = dataOf(await world.v1.get(world.at(`/hosts/${id}/keys`)));

      const listed = await run(hosts, 'keys', 'keyed');
      const revoked = await run(hosts, 'keys', 'keyed', '--revoke', String(items[0].id));

      expect(listed.out).toMatch(/^ID +TYPE +FINGERPRINT +SOURCE +BY +SINCE\n/);
      for (const key of printsOf(server)) expect(listed.out).toContain(key);
      expect(revoked).toMatchObject({ code: 0, out: expect.stringContaining('is not known by key') });
      expect(JSON.parse((await run(hosts, 'keys', 'keyed', '--json')).out).items).toHaveLength(1);
      expect((await refusalOf(hosts, 'keys', 'keyed', '--revoke', String(items[0].id))).message).toContain(
        'not known by',
      );
    });
  });

  describe('hosts', () => {
    it('are chosen by a group, by tags, by all, or by what they are called', async () => {
      const host = { name: 'twin', tags: ['twin'] };
      const ids = [await world.host({ host }), await world.host({ host })];
      const condition = { name: 'twin' };
      dataOf(await world.v1.post(world.at('/host-groups'), { name: 'twins', condition }));
      const tested = async (...args: string[]) =>
        json(await run(hosts, 'test', ...args, '--json')).map(({ host_id }: { host_id: number }) => host_id);

      expect(await tested('--group', 'twins')).toEqual(ids);
      expect(await tested('--tag', 'twin')).toEqual(ids);
      expect(await tested('--all')).toEqual(expect.arrayContaining(ids));
      for (const text of ['twin', '127.0.0.1']) {
        const { message } = await refusalOf(hosts, 'test', text);
        for (const id of ids) expect(message).toContain(`\n  ${id}  twin`);
      }
      expect((await refusalOf(hosts, 'test', 'nobody')).message).toContain('there is no host nobody');
      expect((await refusalOf(hosts, 'test', '--group', 'nobody')).message).toContain('twins');
      expect((await refusalOf(hosts, 'test', '--tag', 'nobody')).message).toContain('no such hosts');
    });
  });

  it.each([
    ['trust'],
    ['trust', '1', '--all', '--yes'],
    ['trust', '1', '--key', 'SHA256:short'],
    ['trust', '1', '--key', `SHA256:${'a'.repeat(43)}`, '--yes'],
    ['trust', '1', '--json'],
    ['test'],
    ['test', '1', '--tag', 'x'],
    ['keys'],
    ['keys', '1', '2'],
    ['keys', '1', '--revoke', 'x'],
  ])('does not understand what makes no sense (%#)', async (...args) => {
    expect(isMisuse(await refusalOf(hosts, ...args))).toBe(true);
  });
});
