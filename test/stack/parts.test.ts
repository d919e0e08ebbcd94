import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readOrMakeSecret, writeFileAtomic } from '../../stack/files';
import { openHome } from '../../stack/home';
import { commandOf, isAlive, ownIdentity, startTimeOf } from '../../stack/identity';
import { lockHome } from '../../stack/lock';
import { readPidFiles, removePidFile, writePidFile } from '../../stack/pid-files';
import { isPortFree, pickPorts } from '../../stack/ports';
import { removeStalePidFile } from '../../stack/postmaster';
import { emptyRecord, readRecord, StackFile } from '../../stack/record';
import { serversOn } from '../../stack/servers';
import { extractFile } from '../../stack/tar';
import { eventually } from '../support/eventually';
import { freePort, STACK_PATIENCE } from './helper';

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

    await eventually(
      'the process is in the file',
      () => readRecord(file).processes.worker !== undefined,
      STACK_PATIENCE,
    );
    expect(fs.readdirSync(folder)).toEqual(['stack.json']);
  });

  it('is read without processes of before the last reboot, and without pids that are not ones', () => {
    const file = path.join(folder, 'stack.json');
    const worker = { pid: 4711, startTime: '99' };

    fs.writeFileSync(file, JSON.stringify({ ...emptyRecord(), processes: { worker, a: { pid: -1, startTime: '9' } } }));
    expect(readRecord(file).processes).toEqual({ worker });
    fs.writeFileSync(file, JSON.stringify({ ...emptyRecord(), bootId: 'another', processes: { worker } }));
    expect(readRecord(file).processes).toEqual({});
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"proc'],
    ['another value', 'null'],
    ['a list', '[{"state":"ready"}]'],
    ['a text', '"ready"'],
    ['bytes', '\u0000\u0000\u0000'],
    [
      'fields of wrong types',
      JSON.stringify({
        ...emptyRecord(),
        state: 7,
        addresses: 'http://127.0.0.1:8000',
        ports: [15_000],
        processes: 'worker',
      }),
    ],
    [
      'values of wrong types',
      JSON.stringify({
        ...emptyRecord(),
        state: 'flying',
        addresses: { api: 8000, database: null, elsewhere: 'x' },
        ports: { postgres: 1e9, temporal: -1, a: 0, b: '15000', c: 1.5, d: null },
        processes: {
          a: null,
          b: 4711,
          c: { pid: '4711', startTime: '9' },
          d: { pid: 4711, startTime: 9 },
          e: { pid: 1, startTime: '9' },
          f: { pid: 4711.5, startTime: '9' },
          g: [4711, '9'],
        },
      }),
    ],
  ])('counts as empty where %s is in it', (_what, text) => {
    const file = path.join(folder, 'stack.json');
    fs.writeFileSync(file, text);

    expect(readRecord(file)).toEqual(emptyRecord());
  });

  it('gives what can be used of it, and a port once', () => {
    const file = path.join(folder, 'stack.json');
    const worker = { pid: 4711, startTime: '99' };
    const ports = { postgres: 15_000, temporal: 15_000, temporalUi: 15_001 };
    const processes = { worker, api: { pid: 'x' } };
    fs.writeFileSync(file, JSON.stringify({ state: 'ready', bootId: emptyRecord().bootId, ports, processes }));

    expect(readRecord(file)).toEqual({
      ...emptyRecord(),
      state: 'ready',
      ports: { postgres: 15_000, temporalUi: 15_001 },
      processes: { worker },
    });
  });

  it('that cannot be written is said to be the reason not to start', () => {
    const file = path.join(folder, 'stack.json');
    fs.mkdirSync(file);

    expect(() => new StackFile(file, emptyRecord())).toThrow(`${file} cannot be written`);
  });

  it('that cannot be written later ends nothing, and is written when it can be', async () => {
    const file = path.join(folder, 'stack.json');
    const record = new StackFile(file, emptyRecord());
    fs.rmSync(file);
    fs.mkdirSync(file);

    record.setProcess('worker', { pid: 4711, startTime: '99' });
    fs.rmdirSync(file);

    await eventually(
      'the process is in the file',
      () => readRecord(file).processes.worker !== undefined,
      STACK_PATIENCE,
    );
  });
});

describe('pid files', () => {
  const worker = { pid: 4711, startTime: '99' };

  it('give back who runs, until that has ended', () => {
    const home = openHome(folder);

    writePidFile(home, 'worker', worker);
    writePidFile(home, 'api', { pid: 4712, startTime: '100' });
    removePidFile(home, 'api');

    expect(readPidFiles(home)).toEqual({ worker });
    expect(fs.statSync(path.join(home.pidFolder, 'worker.pid')).mode & 0o777).toBe(0o600);
  });

  it('of before the last reboot, or damaged ones, count as none', () => {
    const home = openHome(folder);
    writePidFile(home, 'worker', worker);
    const write = (name: string, text: string) => fs.writeFileSync(path.join(home.pidFolder, name), text);

    write('a.pid', JSON.stringify({ ...worker, bootId: 'another' }));
    write('b.pid', '');
    write('c.pid', '4711');
    write('d.pid', JSON.stringify({ ...worker, pid: -1, bootId: emptyRecord().bootId }));
    write('e.txt', JSON.stringify({ ...worker, bootId: emptyRecord().bootId }));
    fs.mkdirSync(path.join(home.pidFolder, 'f.pid'));

    expect(readPidFiles(home)).toEqual({ worker });
    fs.rmSync(home.pidFolder, { recursive: true });
    expect(readPidFiles(home)).toEqual({});
  });
});

describe('servers on the data of a home', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** A process that calls itself so, and has these arguments. */
  async function run(name: string, ...args: string[]): Promise<number> {
    const script = ['-e', 'setInterval(() => {}, 1000)', '--'];
    const child = spawn(process.execPath, [...script, ...args], { argv0: name, stdio: 'ignore' });
    children.push(child);
    await eventually('it runs', () => commandOf(child.pid!).includes(args.at(-1)!), STACK_PATIENCE);
    return child.pid!;
  }

  it('are found by their command lines, by whatever path; those on other data are not', async () => {
    const home = openHome(folder);
    const alias = `${folder}-alias`;
    fs.symlinkSync(folder, alias);
    fs.mkdirSync(path.join(folder, 'postgres', 'data'), { recursive: true });
    fs.mkdirSync(home.temporalFolder);
    fs.writeFileSync(home.temporalDatabase, '');
    const pids = await Promise.all([
      run('postgres', '-D', path.join(folder, 'postgres', 'data')),
      run('temporal', 'server', 'start-dev', '--db-filename', path.join(alias, 'temporal', 'server.sqlite')),
      run('postgres', '-D', path.join(folder, 'other', 'data')),
      run('temporal', 'server', 'start-dev', '--db-filename', path.join(folder, 'other.sqlite')),
      run('tail', '-D', path.join(folder, 'postgres', 'data')),
      run('sqlite3', '--db-filename', home.temporalDatabase),
    ]);

    const found = serversOn(home);
    fs.unlinkSync(alias);

    expect(found.map(({ name, identity }) => [name, identity.pid]).sort()).toEqual([
      ['postgres', pids[0]],
      ['temporal', pids[1]],
    ]);
    expect(found.every(({ identity }) => isAlive(identity))).toBe(true);
  });

  it('are not a Postgres on other data that has the pid of a stale postmaster.pid, which is removed', async () => {
    const home = openHome(folder);
    const dataFolder = path.join(folder, 'postgres', 'data');
    fs.mkdirSync(dataFolder, { recursive: true });
    const stranger = await run('postgres', '-D', path.join(folder, 'other', 'data'));
    const file = path.join(dataFolder, 'postmaster.pid');

    fs.writeFileSync(file, `${stranger}\n${dataFolder}\n`);
    expect(serversOn(home)).toEqual([]);
    removeStalePidFile(dataFolder);
    expect(fs.existsSync(file)).toBe(false);

    for (const text of ['', 'x', '-1', '0', '1']) {
      fs.writeFileSync(file, text);
      removeStalePidFile(dataFolder);
      expect([text, fs.existsSync(file)]).toEqual([text, false]);
    }
    // Postgres looks itself whether backends of a server that is gone still live.
    fs.writeFileSync(file, '4194303\n');
    removeStalePidFile(dataFolder);
    expect(fs.existsSync(file)).toBe(true);
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

  it.each(['lock', 'stack.json', 'run/supervisor.pid'])(
    'is refused while a supervisor lives that only %s knows',
    async (name) => {
      const home = openHome(folder);
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      const owner = { pid: child.pid!, startTime: startTimeOf(child.pid!)! };
      for (const damaged of [home.lockFile, home.stackFile]) fs.writeFileSync(damaged, '{"pid":');
      if (name === 'lock') fs.writeFileSync(home.lockFile, JSON.stringify(owner));
      else if (name === 'stack.json')
        new StackFile(home.stackFile, { ...emptyRecord(), processes: { supervisor: owner } });
      else writePidFile(home, 'supervisor', owner);

      const locking = lockHome(home);

      await expect(locking).rejects.toThrow(`pid ${owner.pid}`);
      child.kill('SIGKILL');
    },
  );

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
  it('writes that file and passes over the others', async () => {
    const content = 'x'.repeat(5_000);
    fs.writeFileSync(path.join(folder, 'LICENSE'), 'words '.repeat(300));
    fs.writeFileSync(path.join(folder, 'program'), content);
    const packed = execFileSync('tar', ['-cf', '-', '-C', folder, 'LICENSE', 'program']);
    const archiveOf = (bytes: Buffer) => {
      fs.writeFileSync(path.join(folder, 'archive'), bytes);
      return path.join(folder, 'archive');
    };
    const target = path.join(folder, 'out', 'program');
    fs.mkdirSync(path.dirname(target));

    for (const bytes of [packed, gzipSync(packed)]) {
      expect(await extractFile(archiveOf(bytes), 'program', path.dirname(target))).toBe(target);
      expect(fs.readFileSync(target, 'utf8')).toBe(content);
      expect(fs.readdirSync(path.dirname(target))).toEqual(['program']);
      fs.rmSync(target);
    }
    const fails = (bytes: Buffer, name = 'program') =>
      expect(extractFile(archiveOf(bytes), name, path.dirname(target))).rejects;
    await fails(packed, 'other').toThrow('has no other');
    await fails(packed.subarray(0, 4_500)).toThrow('Truncated');
    await fails(Buffer.from(content)).toThrow();
  });
});
