import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'ssh2';
import { type Held, heldSets } from '../../bench/machines/held';
import type { Machine } from '../../bench/machines/machine';
import { type Machines, openMachines } from '../../bench/machines/machines';
import { sweepSets } from '../../bench/machines/sets';
import { USERS } from '../../bench/machines/users';
import { allPids, commandOf } from '../../stack/identity';
import { eventually } from '../support/eventually';
import { onMachines } from './support';

/** Made by the build that `npm test` begins with. */
const MAIN = join(__dirname, '../../dist/bench/machines/main.js');

onMachines('machines of namespaces', 'namespaces', () => {
  let machines: Machines;
  let one: Machine;
  let other: Machine;

  beforeAll(async () => {
    machines = await openMachines({ count: 2, tools: ['sh', 'busybox'] });
    [one, other] = machines.hosts as [Machine, Machine];
  });
  afterAll(() => machines?.close());

  it('have a name, processes, files and a boot of their own', async () => {
    expect(machines.kind).toBe('namespaces');
    const seen = await Promise.all(
      machines.hosts.map((host) => host.shell('hostname; cat /proc/sys/kernel/random/boot_id')),
    );

    expect(new Set(seen.flatMap((text) => text.trim().split('\n'))).size).toBe(4);
    // The first is its ssh server, and the last is the shell that is asked.
    expect((await one.shell('cd /proc; echo [0-9]*')).trim().split(' ')).toHaveLength(2);
    await one.shell('echo x >/etc/only-here; echo x >/root/only-here; echo x >/tmp/only-here');
    for (const file of ['/etc/only-here', '/root/only-here', '/tmp/only-here']) {
      expect([one.path(file), other.path(file), file].map(existsSync)).toEqual([true, false, false]);
    }
  });

  it('let in by one key as root and as every user, with a home and a login shell', async () => {
    const said: string[] = [];
    for (const user of ['root', ...USERS.map(({ name }) => name)])
      said.push(await runBySsh(one, user, 'echo $HOME $0'));

    expect(said).toEqual([
      '/root sh',
      '/home/app sh',
      '/home/deploy sh',
      '/home/asks sh',
      '/home/dash dash',
      '/home/bash bash',
      '/home/busybox ash',
      '/home/tcsh tcsh',
      '/home/small sh',
      '/home/noexec sh',
      '/home/unwritable sh',
      '/home/homeless sh',
    ]);
    expect(await runBySsh(other, 'root', 'readlink -f "$(command -v ls)"')).toMatch(/busybox$/);
  });

  it('reach each other', async () => {
    expect(await one.shell(`ssh-keyscan -T 20 -t ed25519 ${other.address} 2>/dev/null`)).toContain(other.keys[0]!.key);
  });

  it('come up again after a reboot, with what is on disk, and another boot id', async () => {
    const look = 'cat /proc/sys/kernel/random/boot_id';
    const before = await one.shell(`echo x >/root/kept; echo x >/tmp/dropped; ${look}`);

    await one.reboot();

    expect(await one.shell(look)).not.toBe(before);
    expect(['/root/kept', '/tmp/dropped'].map((file) => existsSync(one.path(file)))).toEqual([true, false]);
    expect(await runBySsh(one, 'app', 'id -un')).toBe('app');
  });

  it('are silent while they are cut off, and go on where they were after that', async () => {
    const { socket, heard } = await greet(one);

    await one.cut();
    socket.write('SSH-2.0-test\r\n');
    await delay(200);
    const before = heard();
    await one.heal();

    // What an ssh server says next is what it offers.
    expect(before).toBe(0);
    await eventually('it answers', () => heard() > 0);
    socket.destroy();
  });

  it('show other keys when they are set up anew, and only those', async () => {
    const before = one.keys;

    await one.newHostKey();

    const shown = await other.shell(`ssh-keyscan -T 20 ${one.address} 2>/dev/null`);
    expect(one.keys.filter(({ key }) => shown.includes(key))).toHaveLength(2);
    expect(before.filter(({ key }) => shown.includes(key))).toEqual([]);
  });
});

onMachines('sets of machines', 'namespaces', () => {
  it('can be open at the same time, and leave nothing behind', async () => {
    const sets = await Promise.all([1, 2, 3].map(() => openMachines({ count: 1 })));
    const folders = sets.map(({ folder }) => folder);

    expect(new Set(sets.map(({ hosts }) => hosts[0]!.address)).size).toBe(3);
    expect(folders.map(traces).filter(({ processes, links }) => processes > 0 && links === 1)).toHaveLength(3);
    await Promise.all(sets.map((set) => set.close()));
    expect(folders.map(traces)).toEqual(folders.map(() => ({ folder: false, processes: 0, links: 0 })));
  });

  it('are gone when who has made them was killed, but for a folder, which the next one clears away', async () => {
    const known = heldSets().map(({ holder }) => holder.pid);
    execFileSync(process.execPath, [MAIN, 'up', '1']);
    const held = heldSets().find(({ holder }) => !known.includes(holder.pid)) as Held;
    const folder = join(held.sshConfig, '..');
    expect(traces(folder)).toMatchObject({ folder: true, links: 1 });

    process.kill(held.holder.pid, 'SIGKILL');

    await eventually('they are gone', () => traces(folder), {
      isWanted: ({ processes, links }) => processes === 0 && links === 0,
    });
    sweepSets();
    expect(existsSync(folder)).toBe(false);
  });

  it('for a developer are taken down by another command', async () => {
    const said = execFileSync(process.execPath, [MAIN, 'up', '2'], { encoding: 'utf8' });
    const [, config = '', name = ''] = /ssh -F (\S+) (\S+)/.exec(said) ?? [];

    expect(execFileSync('ssh', ['-F', config, name, 'hostname'], { encoding: 'utf8' }).trim()).toBe(name);
    expect(execFileSync(process.execPath, [MAIN, 'list'], { encoding: 'utf8' })).toContain(config);
    process.kill(heldSets().find(({ sshConfig }) => sshConfig === config)!.holder.pid, 'SIGTERM');
    await eventually('they are gone', () => traces(join(config, '..')), { isWanted: ({ folder }) => !folder });
    expect(traces(join(config, '..'))).toEqual({ folder: false, processes: 0, links: 0 });
  });
});

onMachines('machines on loopback addresses', 'sshd', () => {
  let machines: Machines;

  beforeAll(async () => {
    machines = await openMachines({ kind: 'loopback', count: 2 });
  });
  afterAll(() => machines?.close());

  it('are ssh servers with homes of their own, say what they cannot do, and leave nothing behind', async () => {
    const [one, other] = machines.hosts as [Machine, Machine];

    expect(machines.kind).toBe('loopback');
    expect(await runBySsh(one, one.user, 'echo x >$HOME/kept; echo $HOME')).toBe(one.home);
    expect(readFileSync(join(one.home, 'kept'), 'utf8')).toBe('x\n');
    expect(await runBySsh(other, other.user, 'ls $HOME; (setsid sleep 1000 >/dev/null 2>&1 </dev/null &)')).toBe('');
    for (const tried of [one.reboot(), one.cut(), one.heal()]) {
      await expect(tried).rejects.toThrow(/is an ssh server of this machine and cannot be (rebooted|cut off)/);
    }
    await one.newHostKey();
    expect(await runBySsh(one, one.user, 'cat $HOME/kept')).toBe('x');

    await machines.close();

    expect(traces(machines.folder)).toMatchObject({ folder: false, processes: 0 });
    expect(allPids().filter((pid) => commandOf(pid).join(' ') === 'sleep 1000')).toEqual([]);
  });
});

/** What there is of a set. */
function traces(folder: string) {
  const link = `gm${folder.split('/').at(-1)}`;
  return {
    folder: existsSync(folder),
    processes: allPids().filter((pid) => commandOf(pid).some((word) => word.startsWith(folder))).length,
    links: execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }).split(`: ${link}@`).length - 1,
  };
}

/** Connects and hears the greeting of an ssh server. */
async function greet({ address, port }: Machine): Promise<{ socket: Socket; heard(): number }> {
  const socket = connect(port, address);
  let heard = 0;
  socket.on('data', (bytes: Buffer) => (heard += bytes.length));
  await eventually('the server says who it is', () => heard > 0);
  const greeting = heard;
  return { socket, heard: () => heard - greeting };
}

/** What a command says that is given to the login shell of a user. */
function runBySsh({ address, port, userKey, keys }: Machine, username: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let said = '';
    client.once('error', reject);
    client.once('close', () => resolve(said.trim()));
    client.once('ready', () =>
      client.exec(command, (error, stream) => {
        if (error) return reject(error);
        stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
        stream.stderr.resume();
        stream.once('close', () => client.end());
      }),
    );
    const hostVerifier = (key: Buffer) => keys.some((known) => known.key === key.toString('base64'));
    client.connect({ host: address, port, username, privateKey: userKey, hostVerifier, readyTimeout: 60_000 });
  });
}
