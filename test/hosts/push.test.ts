import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makePath } from '../../bench/hosts/shells';
import { type PushedFile, push } from '../../hosts/push';
import type { Transport } from '../../hosts/transport';
import { eventually } from '../support/eventually';
import { PRESENT, TestHost } from './support';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;
const AS_NOBODY = ['/usr/bin/setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

function fileOf(path: string, content: string | Buffer, more: Partial<PushedFile> = {}): PushedFile {
  return { path, content: [Buffer.from(content)], mode: '0640', ...more };
}

/** The same host over a connection that breaks when so many bytes of the input have not gone yet. */
function cut(transport: Transport, missing: number): Transport {
  return {
    exec: (command, options) => {
      const input = Buffer.concat(options.stdin);
      return transport.exec(command, { ...options, stdin: [input.subarray(0, Math.max(input.length - missing, 0))] });
    },
  };
}

describe.each(PRESENT)('a file for a host whose sh is %s', (shell) => {
  let host: TestHost;
  let folder: string;
  let path: string;

  beforeEach(() => {
    host = new TestHost({ shell });
    folder = join(host.folder, 'goal');
    mkdirSync(folder);
    path = join(folder, 'app.conf');
  });

  afterEach(() => {
    chmodSync(folder, 0o755);
    host.remove();
  });

  /** That of the goal, and nothing beside it. */
  const only = (name = 'app.conf') => {
    expect(readdirSync(folder)).toEqual([name]);
    return readFileSync(join(folder, name), 'utf8');
  };

  it('is there, with its mode, and can be pushed again', async () => {
    for (const content of ['first', 'first', 'second\n\n', '']) {
      await push(host, fileOf(path, content, { mode: '0751' }));

      expect(only()).toBe(content);
      expect(statSync(path).mode & 0o7777).toBe(0o751);
    }
  });

  it('comes byte for byte, however large and whatever is in it', async () => {
    const chunk = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const content = Array.from({ length: 12_000 }, () => chunk);

    await push(host, { path, content, mode: '600' });

    expect(readFileSync(path).equals(Buffer.concat(content))).toBe(true);
  });

  it.each([
    'with \'quotes" and $(touch x) `id` ${HOME}',
    'a line\nbreak and one at the end\n',
    '-rf',
    'ünïcødé 文件',
    '*',
    '  spaces  ',
    'back\\slash\\c',
    'n'.repeat(255),
  ])('has the name that it is given, to the letter: %j', async (name) => {
    await push(host, fileOf(join(folder, name), 'content'));

    expect(only(name)).toBe('content');
  });

  it('is not put where there is no folder', async () => {
    await expect(push(host, fileOf(join(folder, 'no', 'where'), 'x'))).rejects.toMatchObject({
      name: 'PushError',
      problem: 'no_folder',
      message: expect.stringContaining(`there is no ${folder}/no/`),
    });
    writeFileSync(path, 'a file');
    await expect(push(host, fileOf(join(path, 'within'), 'x'))).rejects.toMatchObject({ problem: 'no_folder' });
  });

  it('does not take the place of a folder, of a link or of what else there is', async () => {
    mkdirSync(path);
    await expect(push(host, fileOf(path, 'x'))).rejects.toMatchObject({ problem: 'is_folder' });
    expect(readdirSync(path)).toEqual([]);
    rmSync(path, { recursive: true });

    symlinkSync('elsewhere', path);
    const refused = { problem: 'is_link', message: expect.stringContaining(`${path} leads to elsewhere`) };
    await expect(push(host, fileOf(path, 'x'))).rejects.toMatchObject(refused);
    expect(readlinkSync(path)).toBe('elsewhere');
    rmSync(path);

    execFileSync('mkfifo', [path]);
    await expect(push(host, fileOf(path, 'x'))).rejects.toMatchObject({ problem: 'not_a_file' });
    expect(readdirSync(folder)).toEqual(['app.conf']);
  });

  it('may lie in a folder that a link leads to', async () => {
    symlinkSync(folder, join(host.folder, 'current'));

    await push(host, fileOf(join(host.folder, 'current', 'app.conf'), 'content'));

    expect(only()).toBe('content');
  });

  it('that does not come whole leaves the old one, wherever it was cut', async () => {
    writeFileSync(path, 'old');
    const file = fileOf(path, 'x'.repeat(5000));
    for (const missing of [1, 2500, 4999, 5000, 5001, 5000 + path.length, 5001 + path.length, 6500, 1_000_000]) {
      await expect(push({ transport: cut(host.transport, missing) }, file)).rejects.toMatchObject({
        message: expect.stringMatching(/did not come whole|gave no answer/),
      });
      expect(only()).toBe('old');
    }
    await push(host, file);
    expect(only()).toBe('x'.repeat(5000));
  });

  it('of nothing is not made by a path that was cut', async () => {
    const cutting = cut(host.transport, 2);

    await expect(push({ transport: cutting }, fileOf(path, ''))).rejects.toMatchObject({ problem: 'incomplete' });

    expect(readdirSync(folder)).toEqual([]);
  });

  it('whose sender is killed leaves the old one; what was begun goes with a later push, after a day', async () => {
    host.remove();
    host = new TestHost({ shell, onCut: 'kill' });
    mkdirSync(join(host.folder, 'goal'));
    folder = join(host.folder, 'goal');
    path = join(folder, 'app.conf');
    writeFileSync(path, 'old');
    const controller = new AbortController();
    const content = Array.from({ length: 3000 }, () => Buffer.alloc(10_000, 'x'));
    const pushing = push(host, { path, content, mode: '600' }, { signal: controller.signal });
    await eventually('it comes', () => readdirSync(folder).length === 2, { everyMs: 1 });
    controller.abort(new Error('killed'));

    await expect(pushing).rejects.toThrow('killed');
    await host.quiet();
    expect(readFileSync(path, 'utf8')).toBe('old');
    const [part] = readdirSync(folder).filter((name) => name.startsWith('.gantry-'));
    if (part) utimesSync(join(folder, part), 1, 1);
    await push(host, fileOf(path, 'new'));
    expect(only()).toBe('new');
  });

  it('that the disk has wrong is refused', async () => {
    const bin = join(host.folder, 'wrong');
    const PATH = makePath(shell, bin);
    rmSync(join(bin, 'cat'), { force: true });
    writeFileSync(join(bin, 'cat'), '#!/bin/sh\n/usr/bin/tr a b\n');
    chmodSync(join(bin, 'cat'), 0o755);
    writeFileSync(path, 'old');
    const liar = new TestHost({ shell, env: { PATH } });
    try {
      await expect(push(liar, fileOf(path, 'abc'))).rejects.toMatchObject({ problem: 'corrupt' });
    } finally {
      liar.remove();
    }
    expect(only()).toBe('old');
  });

  it.each([
    { path: 'relative' },
    { path: '/ends/in/' },
    { path: '/has/a\0' },
    { path: `/${'long/'.repeat(1000)}x` },
    { mode: '0999' },
    { mode: 'u+x' },
    { owner: 'a b' },
    { owner: '-R' },
  ])('is not sent when what is asked for is none: %j', async (more) => {
    await expect(push(host, fileOf(path, 'x', more))).rejects.toThrow(/ is no (path|mode|owner) of a file/);
  });

  it('has the owner that is asked for, or is not there', async () => {
    await expect(push(host, fileOf(path, 'x', { owner: 'no-such-user' }))).rejects.toMatchObject({ problem: 'owner' });
    expect(readdirSync(folder)).toEqual([]);

    const own = `${process.getuid?.()}:${process.getgid?.()}`;
    await push(host, fileOf(path, 'x', { owner: own }));
    expect(only()).toBe('x');
  });
});

const CASES: [name: string, work: (host: TestHost) => Promise<void>][] = [
  ['of another owner', ofAnotherOwner],
  ['in a folder that the user may not write', withoutPermission],
  ['on a disk that can only be read', onReadOnlyDisk],
  ['on a full disk', onFullDisk],
];

if (isRoot) {
  describe.each(PRESENT)('a file for a host whose sh is %s', (shell) => {
    let host: TestHost;

    beforeEach(() => {
      host = new TestHost({ shell });
      chmodSync(host.folder, 0o755);
    });
    afterEach(() => host.remove());

    it.each(CASES)('%s', (_, work) => work(host));
  });
} else {
  it(`leaves out, because only root may do that: a file ${CASES.map(([name]) => name).join('; ')}`, () =>
    expect(isRoot).toBe(false));
}

async function ofAnotherOwner(host: TestHost): Promise<void> {
  const path = join(host.home, 'file');

  await push(host, fileOf(path, 'x', { owner: `${NOBODY}:${NOBODY}`, mode: '4755' }));

  expect(statSync(path)).toMatchObject({ uid: NOBODY, gid: NOBODY });
  expect(statSync(path).mode & 0o7777).toBe(0o4755);
}

async function withoutPermission(host: TestHost): Promise<void> {
  const path = join(host.home, 'file');
  writeFileSync(path, 'old');
  const nobody = { transport: host.transport, become: AS_NOBODY };

  await expect(push(nobody, fileOf(path, 'x'))).rejects.toMatchObject({
    problem: 'no_permission',
    message: expect.stringContaining('Permission denied'),
  });

  expect(readdirSync(host.home)).toEqual(['file']);
  expect(readFileSync(path, 'utf8')).toBe('old');
}

async function onReadOnlyDisk(host: TestHost): Promise<void> {
  await withDisk(host, 'ro', async () => {
    await expect(push(host, fileOf(join(host.home, 'file'), 'x'))).rejects.toMatchObject({ problem: 'read_only' });
  });
}

async function onFullDisk(host: TestHost): Promise<void> {
  await withDisk(host, 'size=100k', async () => {
    const path = join(host.home, 'file');
    await push(host, fileOf(path, 'old'));

    await expect(push(host, fileOf(path, 'x'.repeat(500_000)))).rejects.toMatchObject({
      problem: 'full',
      message: expect.stringContaining('No space left on device'),
    });

    expect(readdirSync(host.home)).toEqual(['file']);
    expect(readFileSync(path, 'utf8')).toBe('old');
    await push(host, fileOf(path, 'new'));
    expect(existsSync(path)).toBe(true);
  });
}

async function withDisk({ home }: TestHost, options: string, work: () => Promise<void>): Promise<void> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'gantry-test', home]);
  try {
    await work();
  } finally {
    execFileSync('umount', ['--lazy', home]);
  }
}
