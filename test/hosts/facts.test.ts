import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../bench/hosts/shells';
import { parseFacts, readFacts } from '../../hosts/facts';
import { PRESENT, TestHost } from './support';

describe.each(PRESENT)('facts of a host whose sh is %s', (shell) => {
  let host: TestHost;

  beforeEach(() => {
    host = new TestHost({ shell });
  });

  afterEach(() => host.remove());

  it('say what it is', async () => {
    const facts = await readFacts(host);

    expect(facts).toMatchObject({
      kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
      arch: execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim(),
      hostname: hostname(),
      user: userInfo().username,
      uid: userInfo().uid,
      home: host.home,
      home_writable: true,
      run_folder: `${host.home}/.gantry/runs`,
      run_folder_writable: true,
      missing_tools: '',
      boot_id: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      memory_kb: Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))![1]),
      cpus: expect.any(Number),
      uptime_s: expect.any(Number),
      run_folder_free_kb: expect.any(Number),
      os_name: expect.any(String),
    });
    expect(Object.keys(facts).length).toBeLessThanOrEqual(30);
  });

  it('name the folder for runs that is asked for, which need not be there', async () => {
    const facts = await readFacts(host, { runFolder: `${host.folder}/not/yet` });

    expect(facts).toMatchObject({ run_folder: `${host.folder}/not/yet`, run_folder_writable: true });
  });

  it('say where runs go when there is no home', async () => {
    host.remove();
    host = new TestHost({ shell, env: { HOME: '/no/such/folder' } });

    expect(await readFacts(host)).toMatchObject({
      home_writable: false,
      run_folder: `/var/tmp/gantry-${userInfo().uid}`,
    });
  });

  it('are asked for after what a login shell says of its own', async () => {
    host.remove();
    const noisy = join('/bin', 'sh');
    host = new TestHost({ shell, login: [noisy, '-c', 'echo "user mallory"; echo end; exec sh "$@"', 'login'] });

    expect((await readFacts(host)).user).toBe(userInfo().username);
  });

  it('are those of whom one becomes', async () => {
    const as = join(host.folder, 'as');
    writeFileSync(as, '#!/bin/sh\nHOME=/nowhere exec "$@"\n');
    chmodSync(as, 0o755);

    expect(await readFacts({ transport: host.transport, become: [as] })).toMatchObject({ home: '/nowhere' });
  });

  it('are not waited for from a host that says more and more', async () => {
    const endless = join(host.folder, 'endless');
    writeFileSync(endless, '#!/bin/sh\nwhile echo no end; do :; done\n');
    chmodSync(endless, 0o755);

    await expect(readFacts({ transport: host.transport, become: [endless] })).rejects.toThrow(
      'the host says more than there is to say',
    );
  });

  it('are no answer when the program does not run', async () => {
    const no = findProgram('false')!;

    await expect(readFacts({ transport: host.transport, become: [no] })).rejects.toThrow(
      'the command on the host ended with 1 and gave no answer',
    );
  });
});

describe('facts of a host', () => {
  it('name what a run would miss', async () => {
    const host = new TestHost({ env: { PATH: '/nowhere' } });
    const bin = join(host.folder, 'few');
    mkdirSync(bin);
    for (const tool of ['sh', 'cat', 'chmod', 'date', 'dd', 'id', 'ln', 'ls', 'mkdir', 'mv', 'rm', 'sleep', 'uname']) {
      symlinkSync(findProgram(tool)!, join(bin, tool));
    }
    const few = new TestHost({ env: { PATH: bin }, login: [findProgram('dash')!] });
    try {
      expect(await readFacts(few)).toMatchObject({ missing_tools: 'setsid sha256sum' });
    } finally {
      few.remove();
      host.remove();
    }
  });

  it('are known ones, of their kind, short, and without control characters', () => {
    const facts = parseFacts([
      'user app\u0007\u202e lication\u001b[31m',
      'user second',
      'cpus four',
      'cpus 99999999999999999999',
      'home_writable perhaps',
      'password hunter2',
      '__proto__ x',
      'nothing',
      '',
      `hostname ${'h'.repeat(1000)}`,
      'memory_kb 12',
    ]);

    expect(facts).toEqual({ user: 'app  lication [31m', hostname: `${'h'.repeat(199)}…`, memory_kb: 12 });
  });
});
