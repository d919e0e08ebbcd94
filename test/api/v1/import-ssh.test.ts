import { readRoute } from '../../../inventory/ssh/read-route';
import { addCaller, addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { addSshProject, type SshProject } from '../../support/ssh-inventory';
import { auditsOf } from '../../support/topology';
import { allOf, dataOf, V1Client } from '../../support/v1';

const CONFIG = `
Host bastion
  HostName 10.{n}.0.1
  User ops
  Port 2222

Host web1 web2
  HostName %h.shop.example
  ProxyJump bastion

Host db
  HostName 10.{n}.0.9
  ProxyJump bastion,inner@10.{n}.0.2:23

Host plain

Host *
  User deploy
  IdentityFile ~/.ssh/id_shop
`;

describe('an import of ~/.ssh/config', () => {
  let gantry: Gantry;
  let v1: V1Client;
  /** Each test has a project of its own. */
  let project: SshProject;
  let text: string;
  let projects = 0;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
  });

  afterAll(() => gantry.stop());

  beforeEach(async () => {
    projects += 1;
    project = await addSshProject(gantry.db);
    text = CONFIG.replaceAll('{n}', String(100 + projects)).replaceAll('shop.example', `shop${projects}.example`);
    text = text.replace('Host plain', `Host plain${projects}`);
  });

  const at = (path: string) => `/projects/${project.projectId}${path}`;
  const send = async (more: object = {}, client = v1) =>
    dataOf(await client.post(at('/hosts/import'), { format: 'ssh_config', text, ...more }));
  const profiles = () => allOf(v1, at('/ssh-profiles'));
  const executor = { username: 'tester', isTrusted: true };
  const hopsOf = async (hostId: number) => {
    const { hops } = await readRoute(gantry.db, project, { hostId, account: null, executor });
    return hops.map(({ address, port, user }) => `${user}@${address}:${port}`);
  };

  it('makes hosts, and the ssh profiles by which they are reached', async () => {
    const credential_id = await project.credential();
    await project.profile({ name: 'usual', is_default: true, credential_id });

    const preview = await send({ is_preview: true });
    const before = [await allOf(v1, at('/hosts')), await profiles()];
    const done = await send();

    const n = 100 + projects;
    expect(preview.counts).toMatchObject({ create: 6, update: 0, refused: 0 });
    expect(preview.ssh_profiles).toEqual(
      [
        { name: 'ops, port 2222', port: 2222, login_user: 'ops', jump_host: null, host_count: 1 },
        { name: 'deploy, over bastion', port: 22, login_user: 'deploy', jump_host: 'bastion', host_count: 2 },
        { name: `deploy, over 10.${n}.0.2`, port: 22, login_user: 'deploy', jump_host: `10.${n}.0.2`, host_count: 1 },
        { name: 'deploy', port: 22, login_user: 'deploy', jump_host: null, host_count: 1 },
        { name: 'inner, port 23, over bastion', port: 23, login_user: 'inner', jump_host: 'bastion', host_count: 1 },
      ].map((one) => ({ ...one, id: null, credential_id, at: expect.stringMatching(/^line \d+$/) })),
    );
    expect(before).toEqual([[], [expect.objectContaining({ name: 'usual' })]]);
    const withoutIds = (list: object[]) => list.map((one) => ({ ...one, id: null }));
    const made = { create: withoutIds(done.create), ssh_profiles: withoutIds(done.ssh_profiles) };
    expect({ ...done, ...made, is_preview: true }).toEqual(preview);
    const rows = await allOf(v1, at('/hosts'));
    const idOf = (name: string) => rows.find((one) => one.name === name).id;
    expect(await hopsOf(idOf('web2'))).toEqual([`ops@10.${n}.0.1:2222`, `deploy@web2.shop${projects}.example:22`]);
    expect(await hopsOf(idOf('db'))).toEqual([`ops@10.${n}.0.1:2222`, `inner@10.${n}.0.2:23`, `deploy@10.${n}.0.9:22`]);
    expect(done.dropped.map(({ what }: { what: string }) => what)).toEqual(['IdentityFile', 'what one logs in with']);
    for (const { id } of done.ssh_profiles) {
      expect(await auditsOf(gantry, `ssh profile ${id}`)).toMatchObject([
        { action: 'create', project_id: project.projectId },
      ]);
    }
  });

  it('changes nothing the second time, and what is said otherwise then', async () => {
    await send();
    const first = await profiles();
    const again = await send();
    text = text.replace('User deploy', 'User app');
    const changed = await send();

    expect(again.counts).toMatchObject({ create: 0, update: 0, unchanged: 6 });
    expect([again.ssh_profiles, await profiles()]).toEqual([[], expect.arrayContaining(first)]);
    expect(changed.counts).toMatchObject({ create: 0, update: 4, unchanged: 2 });
    expect(changed.update[0].changes).toEqual([
      { field: 'ssh_profile', before: 'deploy, over bastion', after: 'app, over bastion' },
    ]);
    const [web1] = await allOf(v1, at('/hosts?name=web1'));
    const profile = (await profiles()).find(({ id }) => id === web1.ssh_profile_id);
    expect(profile).toMatchObject({ name: 'app, over bastion', login_user: 'app', credential_id: null });
    expect(changed.dropped.at(-1).why).toContain('no credential');
  });

  it('has nothing to say of how hosts are reached when an editor sends it, and lists that', async () => {
    const editor = new V1Client(gantry, await addCaller(gantry, 'eve', 'editor', project.projectId));
    const admin = new V1Client(gantry, await addCaller(gantry, 'ann', 'admin', project.projectId));

    const preview = await send({ is_preview: true }, editor);
    const done = await send({}, editor);
    const before = [await profiles(), await allOf(v1, at('/hosts'))];
    const after = await send({}, admin);

    for (const { ssh_profiles, dropped, counts } of [preview, done]) {
      expect(counts).toMatchObject({ create: 6 });
      expect(ssh_profiles).toEqual([]);
      expect(dropped.at(-1)).toMatchObject({
        at: 'line 2 and 5 more',
        what: 'how hosts are reached: bastion',
        why: expect.stringContaining('admins'),
      });
    }
    expect(before[0]).toEqual([]);
    expect(before[1]!.every(({ ssh_profile_id }) => ssh_profile_id === null)).toBe(true);
    expect(after.counts).toMatchObject({ create: 0, update: 6 });
    expect(after.ssh_profiles).toHaveLength(5);
  });

  it('gives no profile over a host that somebody else has', async () => {
    const other = await addSshProject(gantry.db);
    await other.host({ address: `10.${100 + projects}.0.1` });

    const done = await send();

    expect(done.counts).toMatchObject({ create: 5, refused: 1 });
    expect(done.ssh_profiles.map(({ name }: { name: string }) => name)).toEqual([
      `deploy, over 10.${100 + projects}.0.2`,
      'deploy',
    ]);
    expect(done.dropped).toContainEqual({
      at: 'line 7 and 2 more',
      what: 'how hosts are reached: web1',
      why: 'the host over which they are reached is refused',
    });
  });
});
