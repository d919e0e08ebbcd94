import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readOrMakeSecret, writeFileAtomic } from '../../cli/stack/files';
import { openHome } from '../../cli/stack/home';
import { isAlive, ownIdentity, startTimeOf } from '../../cli/stack/identity';
import { lockHome } from '../../cli/stack/lock';
import { isPortFree, pickPorts } from '../../cli/stack/ports';
import { emptyRecord, readRecord, StackFile } from '../../cli/stack/record';
import { extractFile } from '../../cli/stack/tar';
import { freePort, until } from './helper';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-parts-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the identity of a process', () => {
  it('holds for the process itself and not for another one with its pid', () => {
    const own = ownIdentity();

    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, startTime: '1' })).toBe(false);
  });

  it('is gone when the process has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const pid = child.pid!;
    await new Promise((resolve) => child.once('exit', resolve));

    expect(startTimeOf(pid)).toBeUndefined();
  });
});

describe('stack.json', () => {
  it('gives back what was recorded', () => {
    const file = path.join(folder, 'stack.json');
    const record = new StackFile(file, emptyRecord());

    record.setProcess('worker', { pid: 4711, startTime: '99' });
    record.setPort('postgres', 15432);
    record.setState('ready');

    expect(readRecord(file)).toMatchObject({
      state: 'ready',
      ports: { postgres: 15432 },
      processes: { worker: { pid: 4711, startTime: '99' } },
    });
  });

  it('is written when there is room again after a disk was full', async () => {
    const file = path.join(folder, 'stack.json');
    const record = new StackFile(file, emptyRecord());
    const write = jest.spyOn(fs, 'writeFileSync').mockImplementation(() => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });

    record.setProcess('worker', { pid: 4711, startTime: '99' });
    expect(readRecord(file).processes).toEqual({});
    write.mockRestore();

    await until('the process is in the file', () => readRecord(file).processes.worker !== undefined);
    expect(fs.readdirSync(folder)).toEqual(['stack.json']);
  });

  it('is read without processes of before the last reboot, and without pids that are not ones', () => {
    const file = path.join(folder, 'stack.json');
    const worker = { pid: 4711, startTime: '99' };

    fs.writeFileSync(file, JSON.stringify({ ...emptyRecord(), processes: { worker, a: { pid: -1, startTime: '9' } } }));
    expect(readRecord(file).processes).toEqual({ worker });
    fs.writeFileSync(file, JSON.stringify({ ...emptyRecord(), bootId: 'another', processes: { worker } }));
    expect(readRecord(file).processes).toEqual({});
    fs.writeFileSync(file, '{"proc');
    expect(readRecord(file)).toEqual(emptyRecord());
  });
});

describe('the lock of a home', () => {
  it('is taken over from a dead owner and given free at the end', async () => {
    const home = openHome(folder);
    fs.writeFileSync(home.lockFile, JSON.stringify({ pid: process.pid, startTime: '1' }));

    const unlock = await lockHome(home);

    expect(JSON.parse(fs.readFileSync(home.lockFile, 'utf8'))).toEqual(ownIdentity());
    unlock();
    expect(fs.existsSync(home.lockFile)).toBe(false);
  });

  it('is refused while its owner lives, naming the pid', async () => {
    const home = openHome(folder);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const owner = { pid: child.pid!, startTime: startTimeOf(child.pid!)! };
    fs.writeFileSync(home.lockFile, JSON.stringify(owner));

    const locking = lockHome(home);

    await expect(locking).rejects.toThrow(`pid ${owner.pid}`);
    child.kill('SIGKILL');
  });
});

describe('files of a home', () => {
  it('keeps a secret once made, for the owner only', () => {
    const file = path.join(folder, 'secret');

    const made = readOrMakeSecret(file);

    expect(made).toMatch(/^[\w-]{32}$/);
    expect(readOrMakeSecret(file)).toBe(made);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('replaces a file without leaving anything beside it', () => {
    const file = path.join(folder, 'a.json');

    writeFileAtomic(file, 'one');
    writeFileAtomic(file, 'two');

    expect(fs.readFileSync(file, 'utf8')).toBe('two');
    expect(fs.readdirSync(folder)).toEqual(['a.json']);
  });
});

describe('ports', () => {
  it('are those of the last start where these are free, and different ones otherwise', async () => {
    const before = await freePort();

    const again = await pickPorts(['a', 'b'], { a: before, b: before });

    expect(again.a).toBe(before);
    expect(again.b).not.toBe(before);
    expect(await isPortFree(again.b)).toBe(true);
  });
});

describe('extracting a file from an archive', () => {
  async function* chunksOf(buffer: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < buffer.length; at += 700) yield buffer.subarray(at, at + 700);
  }

  it('writes that file and passes over the others', async () => {
    const content = 'x'.repeat(5_000);
    fs.writeFileSync(path.join(folder, 'LICENSE'), 'words '.repeat(300));
    fs.writeFileSync(path.join(folder, 'program'), content);
    const archive = execFileSync('tar', ['-cf', '-', '-C', folder, 'LICENSE', 'program']);

    await extractFile(chunksOf(archive), 'program', path.join(folder, 'out'));

    expect(fs.readFileSync(path.join(folder, 'out'), 'utf8')).toBe(content);
    await expect(extractFile(chunksOf(archive), 'other', path.join(folder, 'out2'))).rejects.toThrow('has no other');
    const cut = archive.subarray(0, 4_500);
    await expect(extractFile(chunksOf(cut), 'program', path.join(folder, 'out3'))).rejects.toThrow('ends early');
  });
});
