import { type Plan, planImport } from '../../../inventory/hosts/import/plan';
import { type KnownProfile, planSsh, withProfiles } from '../../../inventory/hosts/import/plan-ssh';
import type { ImportedHost, ImportedSsh } from '../../../inventory/import';
import { importedHost, knownHost, knownOf } from '../../support/import-plans';

const said = (name: string, address: string, ssh?: ImportedSsh) => importedHost(name, address, ssh ? { ssh } : {});

const profile = (id: number, name: string, more: Partial<KnownProfile> = {}): KnownProfile => ({
  ...{ id, name, port: 22, login_user: 'root', credential_id: null, jump_host_id: null, is_default: false },
  ...more,
});

function plan(
  hosts: ImportedHost[],
  {
    known = knownOf([]),
    profiles = [],
    room = 10,
    maySay = true,
  }: { known?: ReturnType<typeof knownOf>; profiles?: KnownProfile[]; room?: number; maySay?: boolean } = {},
) {
  const planned: Plan = planImport(hosts, known);
  const ssh = planSsh(hosts, planned, { profiles, room, maySay });
  return {
    ...withProfiles(planned, ssh, profiles),
    ssh,
    made: ssh.create.map(({ jumpHost, at: _at, ...one }) => ({ ...one, over: jumpHost?.name ?? null })),
    assigned: Object.fromEntries([...ssh.assign].map(([{ name }, { name: of }]) => [name, of])),
    dropped: ssh.dropped.map(({ at, what, why }) => `${at}: ${what}: ${why}`),
  };
}

describe('the ssh profiles of an import', () => {
  it('are one for all hosts of which the same is said, named by that', () => {
    const { made, assigned, dropped } = plan([
      said('gate', '10.0.0.1', { port: 2222, user: 'ops' }),
      said('web1', '10.0.0.2', { user: 'deploy', jumpHost: 'gate' }),
      said('web2', '10.0.0.3', { user: 'deploy', port: 22, jumpHost: 'gate' }),
      said('db', '10.0.0.4', { user: 'deploy', port: 5022, jumpHost: 'web1' }),
      said('other', '10.0.0.5'),
    ]);

    expect(made).toEqual([
      { name: 'ops, port 2222', port: 2222, loginUser: 'ops', over: null },
      { name: 'deploy, over gate', port: 22, loginUser: 'deploy', over: 'gate' },
      { name: 'deploy, port 5022, over web1', port: 5022, loginUser: 'deploy', over: 'web1' },
    ]);
    expect(assigned).toEqual({
      gate: 'ops, port 2222',
      web1: 'deploy, over gate',
      web2: 'deploy, over gate',
      db: 'deploy, port 5022, over web1',
    });
    expect(dropped).toEqual([
      'gate 10.0.0.1: what one logs in with: new profiles have no credential: add one, and give it to them',
    ]);
  });

  it('are those of the project, where one says the same', () => {
    const [gate, web] = [knownHost('gate', '10.0.0.1'), knownHost('web', '10.0.0.2', { ssh_profile_id: 9 })];
    const over = { login_user: 'deploy', jump_host_id: gate.id };
    const profiles = [profile(7, 'ours', over), profile(8, 'ours too', over), profile(9, 'root')];
    const hosts = [said('gate', '10.0.0.1'), said('web', '10.0.0.2', { user: 'deploy', jumpHost: 'gate' })];

    const { made, update, unchanged } = plan(hosts, { known: knownOf([gate, web]), profiles });

    expect(made).toEqual([]);
    expect(update).toMatchObject([
      { host: { name: 'web' }, changes: [{ field: 'ssh_profile', before: 'root', after: 'ours' }] },
    ]);
    expect(unchanged).toMatchObject([{ host: { name: 'gate' } }]);
  });

  it('change nothing the second time, whichever of those that say the same a host has', () => {
    const [gate, web] = [knownHost('gate', '10.0.0.1'), knownHost('web', '10.0.0.2', { ssh_profile_id: 8 })];
    const over = { login_user: 'deploy', jump_host_id: gate.id };
    const profiles = [profile(7, 'ours', over), profile(8, 'ours too', over)];
    const hosts = [said('gate', '10.0.0.1'), said('web', '10.0.0.2', { user: 'deploy', jumpHost: 'gate' })];

    const { made, update, dropped } = plan(hosts, { known: knownOf([gate, web]), profiles });

    expect([made, update, dropped]).toEqual([[], [], []]);
  });

  it('take user and credential of the default profile of the project, where nothing else is said', () => {
    const profiles = [profile(3, 'usual', { login_user: 'app', port: 2200, credential_id: 5, is_default: true })];

    const { made, ssh, dropped } = plan([said('web', '10.0.0.1', { port: 22 })], { profiles });

    expect(made).toEqual([{ name: 'app', port: 22, loginUser: 'app', over: null }]);
    expect(ssh.credentialId).toBe(5);
    expect(dropped).toEqual([
      'web 10.0.0.1: who logs in: web: no User is said: it is app by the default profile of the project, usual',
      'web 10.0.0.1: what one logs in with: new profiles take the credential of the default profile of the project, usual',
    ]);
  });

  it('have names that no other has', () => {
    const profiles = [
      profile(3, 'app', { port: 9, login_user: 'x' }),
      profile(4, 'app (2)', { port: 8, login_user: 'x' }),
    ];
    const long = 'x'.repeat(250);
    const { made } = plan(
      [
        said('a', '10.0.0.1', { user: 'app' }),
        said(`${long}1`, '10.0.0.2'),
        said(`${long}2`, '10.0.0.3'),
        said('b', '10.0.0.4', { user: 'app', jumpHost: `${long}1` }),
        said('c', '10.0.0.5', { user: 'app', jumpHost: `${long}2` }),
      ],
      { profiles },
    );

    const cut = `app, over ${'x'.repeat(79)}…`;
    expect(made.map(({ name }) => name)).toEqual(['app (3)', cut, `${cut} (2)`]);
  });

  it('are not made by who may not, which is said once', () => {
    const hosts = [said('a', '10.0.0.1', { user: 'x' }), said('b', '10.0.0.2', { user: 'y', jumpHost: 'a' })];

    const { made, assigned, dropped, create } = plan(hosts, { maySay: false });

    expect([made, assigned]).toEqual([[], {}]);
    expect(dropped).toEqual([expect.stringMatching(/^a 10\.0\.0\.1 and 1 more: how hosts are reached: a: .*admins/)]);
    expect(create).toHaveLength(2);
  });

  it('are not made for hosts that are refused, nor over them', () => {
    const known = knownOf([], ['0:10.0.0.1']);
    const hosts = [
      said('gate', '10.0.0.1', { user: 'ops' }),
      said('web', '10.0.0.2', { user: 'app', jumpHost: 'gate' }),
      said('db', '10.0.0.3', { user: 'app' }),
    ];

    const { made, assigned, dropped } = plan(hosts, { known });

    expect(made).toEqual([{ name: 'app', port: 22, loginUser: 'app', over: null }]);
    expect(assigned).toEqual({ db: 'app' });
    expect(dropped[0]).toBe(
      'web 10.0.0.2: how hosts are reached: web: the host over which they are reached is refused',
    );
  });

  it('are no more than a project may have', () => {
    const hosts = ['a', 'b', 'c'].map((name, index) => said(name, `10.0.0.${index}`, { user: `u${index % 2}` }));

    const { made, assigned, dropped } = plan(hosts, { room: 1 });

    expect(made).toHaveLength(1);
    expect(assigned).toEqual({ a: 'u0', c: 'u0' });
    expect(dropped[0]).toContain('b 10.0.0.1: how hosts are reached: b: the project would have more');
  });
});
