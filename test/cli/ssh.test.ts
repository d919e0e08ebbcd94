import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createApp } from '../../api/app';
import type { Command } from '../../cli/commands';
import { isMisuse } from '../../cli/misuse';
import { accounts } from '../../cli/ssh/accounts';
import { credentials } from '../../cli/ssh/credentials';
import { sshProfiles } from '../../cli/ssh/profiles';
import { createCloud } from '../../inventory/hosts/clouds';
import { openHome } from '../../stack/home';
import { emptyRecord, StackFile } from '../../stack/record';
import { newKey } from '../hosts/ssh/keys';
import { addCaller, addPlainApp, tokenOf } from '../support/callers';
import { atTerminal, refusalOf, run } from '../support/cli';
import { CREDENTIALS } from '../support/client';
import { Gantry } from '../support/gantry';
import { listen } from '../support/http-server';
import { addSshProject, type SshProject } from '../support/ssh-inventory';

const TESTER = { username: 'tester', appCode: 'test', source: 'api' };
const SECRET = 'correct horse battery';

describe('gantry credentials, accounts and ssh-profiles', () => {
  let gantry: Gantry;
  let project: SshProject;
  let api: Awaited<ReturnType<typeof listen>>;
  let folder: string;
  const outer = { ...process.env };

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    project = await addSshProject(gantry.db);
    api = await listen(createApp({ services: gantry.services }));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-ssh-'));
    await addCaller(gantry, 'ann', 'admin', project.projectId);
    process.env.GANTRY_URL = api.url;
    process.env.GANTRY_TOKEN = await tokenOf(gantry, 'ann');
  });

  afterAll(async () => {
    process.env = outer;
    await api.close();
    await gantry.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, text: string): string {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  }

  /** Runs a command whose standard input is a text. */
  async function fed(text: string, command: Command, ...args: string[]) {
    const input = Object.assign(Readable.from([Buffer.from(text)]), { isTTY: undefined });
    const stdin = jest.spyOn(process, 'stdin', 'get').mockReturnValue(input as unknown as typeof process.stdin);
    try {
      return await run(command, ...args);
    } finally {
      stdin.mockRestore();
    }
  }

  const listed = async (command: Command, ...more: string[]) =>
    JSON.parse((await run(command, 'list', '--json', ...more)).out).items;
  const named = async (command: Command, name: string) =>
    (await listed(command)).find((one: { name?: string; alias?: string }) => (one.name ?? one.alias) === name);

  describe('credentials', () => {
    it('come from a file, are shown without what they hold, and are rotated', async () => {
      const [first, second] = [newKey(), newKey()];

      const added = await run(credentials, 'add', 'deploy key', '--file', file('first', first.privateKey));
      const [shown] = await listed(credentials);
      const table = await run(credentials);
      const rotated = await run(credentials, 'rotate', 'deploy key', '--file', file('second', second.privateKey));
      const [after] = await listed(credentials);

      expect(added).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringMatching(/^credential \d+ \(deploy key\).*SHA256:/),
      });
      expect(table.out).toMatch(/^ID +NAME +KIND +FINGERPRINT .*\n\d+ +deploy key +private_key +SHA256:.* ann\n$/);
      expect(rotated).toMatchObject({ code: 0, out: expect.stringContaining(after.fingerprint) });
      expect(after.fingerprint).not.toBe(shown.fingerprint);
      expect(JSON.stringify([shown, after, added, table, rotated])).not.toContain('PRIVATE KEY');
    });

    it('come from standard input, without the line end behind them', async () => {
      const { code } = await fed(`${SECRET}\n`, credentials, 'add', 'piped', '--kind', 'password');

      expect(code).toBe(0);
      expect(await named(credentials, 'piped')).toMatchObject({ kind: 'password', fingerprint: null });
      expect(await fed(newKey().privateKey, credentials, 'add', 'piped key')).toMatchObject({ code: 0 });
      expect(isMisuse(await fed('', credentials, 'add', 'empty').catch((error) => error))).toBe(true);
      expect(isMisuse(await fed('x'.repeat(200_000), credentials, 'add', 'all').catch((error) => error))).toBe(true);
    });

    it('are asked for at a terminal, twice; keys are not typed', async () => {
      await atTerminal([SECRET, SECRET], async () => {
        const { code, out, err } = await run(credentials, 'add', 'typed', '--kind', 'password');
        expect(code).toBe(0);
        expect(out + err).not.toContain(SECRET);
        expect(err).toBe('Password: \nThe same again: \n');
      });
      await atTerminal([SECRET, 'another'], async () => {
        const { message } = await refusalOf(credentials, 'add', 'typed twice', '--kind', 'password');
        expect(message).toContain('two different passwords');
      });
      await atTerminal([''], async () => {
        expect(isMisuse(await refusalOf(credentials, 'rotate', 'typed'))).toBe(true);
      });
      await atTerminal([], async () => {
        expect((await refusalOf(credentials, 'add', 'typed key')).message).toContain('--file PATH');
      });
      expect(await named(credentials, 'typed twice')).toBeUndefined();
    });

    it('with a passphrase have it from a file', async () => {
      const encrypted = path.join(folder, 'encrypted');
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', SECRET, '-C', '', '-f', encrypted]);
      const passphrase = file('passphrase', `${SECRET}\n`);

      const without = await refusalOf(credentials, 'add', 'locked', '--file', encrypted);
      const opened = await run(credentials, 'add', 'locked', '--file', encrypted, '--passphrase-file', passphrase);

      expect(without.message).toContain('passphrase');
      expect(opened.code).toBe(0);
    });

    it.each([
      ['add', 'x', SECRET],
      ['add', 'x', '--password', SECRET],
      ['add', 'x', `--password=${SECRET}`],
      ['add', 'x', '--secret', SECRET],
      ['add', 'x', '--key', SECRET],
      ['add', 'x', '--private-key', SECRET],
      ['add', 'x', '--passphrase', SECRET],
      ['add', `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}`],
      ['add', `--${SECRET}`],
      ['add', 'x', '--file'],
      ['rotate', 'x', SECRET],
      ['rotate', 'x', '--password', SECRET],
    ])('are no arguments, and are not shown again when they are (%#)', async (...args) => {
      const { message, ...error } = await refusalOf(credentials, ...args);

      expect(message).toMatch(/--file PATH|--passphrase-file PATH/);
      expect(message).not.toContain(SECRET);
      expect(error).toMatchObject({ name: 'Misuse' });
    });

    it('are renamed, and deleted unless something needs them', async () => {
      await fed(SECRET, credentials, 'add', 'old', '--kind', 'password');
      await run(sshProfiles, 'add', 'by new', '--credential', 'old');

      const renamed = await run(credentials, 'rename', 'old', 'new');
      const kept = await refusalOf(credentials, 'delete', 'new');
      await run(sshProfiles, 'change', 'by new', '--credential', 'none');
      const deleted = await run(credentials, 'delete', 'new');

      expect(renamed).toMatchObject({ code: 0, out: expect.stringContaining('is called new') });
      expect(kept.message).toContain('by new');
      expect(deleted).toMatchObject({ code: 0, out: expect.stringContaining('is deleted') });
      expect((await refusalOf(credentials, 'delete', 'new')).message).toMatch(
        /there is no credential new: there are\n {2}\d+ {2}/,
      );
    });
  });

  describe('accounts', () => {
    it('are made, listed, changed and deleted', async () => {
      await fed(SECRET, credentials, 'add', 'app password', '--kind', 'password');
      const login = ['--login-user', 'app', '--credential', 'app password', '--become-user', 'root'];

      const added = await run(accounts, 'add', 'app', ...login, '--host-tag', 'web', '--min-role', 'editor');
      const table = await run(accounts);
      const account = await named(accounts, 'app');
      const changed = await run(accounts, 'change', 'app', '--become-user', 'none', '--credential', 'none', '--json');
      const deleted = await run(accounts, 'delete', String(account.id));

      expect(added).toMatchObject({ code: 0, out: `account ${account.id} (app) logs in as app\n` });
      expect(account).toMatchObject({ host_tag: 'web', become_user: 'root', min_role: 'editor' });
      expect(table.out).toMatch(/^ID +ALIAS .*\n\d+ +app +web +app +root +\d+ +editor\n$/);
      expect(JSON.parse(changed.out)).toMatchObject({ become_user: null, credential_id: null, host_tag: 'web' });
      expect(deleted).toMatchObject({ code: 0 });
      expect(await listed(accounts)).toEqual([]);
    });
  });

  describe('ssh profiles', () => {
    it('are made, listed, changed and deleted', async () => {
      const gate = await project.host({ name: 'gate' });
      const module = await project.module();
      const how = ['--port', '2222', '--login-user', 'deploy', '--jump-host', 'gate', '--connect-timeout', '5'];

      const added = await run(sshProfiles, 'add', 'over gate', ...how, '--module', String(module), '--default');
      const profile = await named(sshProfiles, 'over gate');
      const table = await run(sshProfiles);
      const more = ['--host-keys', 'first_use', '--jump-host', 'none', '--module', 'none', '--no-default'];
      const changed = await run(sshProfiles, 'change', 'over gate', ...more, '--run-folder', '/srv/gantry', '--json');
      const deleted = await run(sshProfiles, 'delete', 'over gate');

      expect(added).toMatchObject({ code: 0, out: `ssh profile ${profile.id} (over gate) logs in as deploy\n` });
      expect(profile).toMatchObject({
        ...{ port: 2222, login_user: 'deploy', jump_host_id: gate, connect_timeout_ms: 5_000, is_default: true },
        module_ids: [module],
      });
      expect(table.out).toMatch(
        new RegExp(`over gate +deploy +2222 +${gate} +- +strict +all by default, modules ${module}\n`),
      );
      expect(JSON.parse(changed.out)).toMatchObject({
        ...{ host_key_policy: 'first_use', jump_host_id: null, is_default: false, module_ids: [] },
        run_folder: '/srv/gantry',
      });
      expect(deleted).toMatchObject({ code: 0 });
    });
  });

  it('of the installation are for who may have them: the stack itself, and other trusted apps', async () => {
    const key = file('common', newKey().privateKey);
    const refused = await refusalOf(credentials, 'add', 'common', '--file', key, '--installation');
    const { GANTRY_URL: url, GANTRY_TOKEN: token } = process.env;
    delete process.env.GANTRY_URL;
    delete process.env.GANTRY_TOKEN;
    process.env.GANTRY_HOME = path.join(folder, 'home');
    try {
      const { stackFile, credentialsFile } = openHome();
      fs.writeFileSync(credentialsFile, JSON.stringify(CREDENTIALS));
      const stack = new StackFile(stackFile, emptyRecord());
      stack.setAddress('api', api.url);
      stack.setState('ready');
      const { id: cloud } = await createCloud(gantry.db, { account: '0', name: 'far' }, TESTER);

      await run(credentials, 'add', 'common', '--file', key, '--installation');
      const how = ['--credential', 'common', '--cloud', String(cloud), '--installation'];
      const added = await run(sshProfiles, 'add', 'far', ...how, '--json');
      const table = await run(sshProfiles, 'list', '--installation');

      expect(JSON.parse(added.out)).toMatchObject({
        name: 'far',
        cloud_ids: [cloud],
        credential_id: expect.any(Number),
      });
      expect(table.out).toMatch(new RegExp(`clouds ${cloud}\n$`));
      expect(isMisuse(await refusalOf(credentials, 'list', '--installation', '--project', '1'))).toBe(true);
    } finally {
      process.env.GANTRY_URL = url;
      process.env.GANTRY_TOKEN = token;
      delete process.env.GANTRY_HOME;
    }
    expect(refused.message).toContain('permission');
    expect(await listed(credentials)).not.toContainEqual(expect.objectContaining({ name: 'common' }));
  });

  it.each<[Command, string[]]>([
    [credentials, ['replace']],
    [credentials, ['list', 'x']],
    [credentials, ['add']],
    [credentials, ['add', 'x', '--kind', 'token']],
    [credentials, ['rename', 'x']],
    [credentials, ['delete']],
    [accounts, ['toString']],
    [accounts, ['add', 'x']],
    [accounts, ['add', 'x', '--login-user', 'a', '--min-role', 'king']],
    [accounts, ['change', 'x']],
    [accounts, ['list', '--installation']],
    [sshProfiles, ['add', 'x', '--port', 'ssh']],
    [sshProfiles, ['add', 'x', '--host-keys', 'never']],
    [sshProfiles, ['add', 'x', '--default', '--no-default']],
    [sshProfiles, ['add', 'x', '--cloud', '0']],
    [sshProfiles, ['add', 'x', '--jump-host', 'nobody']],
    [sshProfiles, ['change', 'x']],
    [sshProfiles, ['delete', 'nobody']],
  ])('do not understand what makes no sense (%#)', async (command, args) => {
    expect(isMisuse(await refusalOf(command, ...args))).toBe(true);
  });
});
