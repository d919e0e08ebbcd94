import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll, start } from '../../hosts/attach';
import { eventually } from '../support/eventually';
import { ended, endProcess, KeptLog, PRESENT, runOf, runToEnd, TestHost } from './support';

const isRoot = process.getuid?.() === 0;
const SPARE = `/var/tmp/gantry-${process.getuid?.()}`;
/** Runs are looked for in a folder that all hosts of this machine share. */
const ids = () => {
  count += 1;
  return `${process.pid}-${count}`;
};
let count = 0;

describe.each(PRESENT)('on a host whose sh is %s, runs are kept', (shell) => {
  let host: TestHost;

  afterEach(() => host.remove());

  it('in the folder that is asked for', async () => {
    host = new TestHost({ shell });
    const runFolder = join(host.folder, 'made', 'here');
    const target = { transport: host.transport, runFolder };

    expect((await runToEnd(target, runOf('asked', 'exit 3'))).state).toEqual(ended(3));
    expect(existsSync(join(runFolder, 'asked', 'end'))).toBe(true);
    expect(existsSync(join(host.home, '.gantry'))).toBe(false);
  });

  it.each([
    ['there is no home', { HOME: '/no/such/folder' }],
    ['nobody says where the home is', { HOME: '' }],
  ])('in /var/tmp when %s', async (_, env) => {
    host = new TestHost({ shell, env });
    const id = ids();
    const log = new KeptLog();

    const { state } = await runToEnd(host, runOf(id, 'pwd; exit 3'), log);

    expect(state).toEqual(ended(3));
    expect(log.text).toBe('/\n');
    expect(existsSync(join(SPARE, id, 'end'))).toBe(true);
    expect((await poll(host, id, log.follow())).state).toEqual(state);
    rmSync(join(SPARE, id), { recursive: true });
  });

  it('where they are, when there is a home again', async () => {
    host = new TestHost({ shell });
    const away = new TestHost({ shell, env: { HOME: '/no/such/folder' } });
    const id = ids();
    try {
      const run = runOf(id, 'echo once');
      const first = await runToEnd(away, run);
      const second = await runToEnd(host, run);

      expect(second.state).toEqual(first.state);
      expect(existsSync(host.run(id))).toBe(false);
    } finally {
      away.remove();
      rmSync(join(SPARE, id), { recursive: true });
    }
  });

  it('nowhere when no folder can be made, and that is said', async () => {
    host = new TestHost({ shell });
    writeFileSync(join(host.folder, 'file'), '');

    await expect(
      runToEnd({ transport: host.transport, runFolder: join(host.folder, 'file') }, runOf('nowhere', 'true')),
    ).rejects.toMatchObject({ problem: 'folder' });
  });
});

const CASES: [name: string, work: (host: TestHost) => Promise<void>][] = [
  ['in a home that nothing may be executed from', inNoexecHome],
  ['in /var/tmp when the home cannot be written', inReadOnlyHome],
  ['not begun on a full disk, and begin when there is room', onFullDisk],
  ['ended with their exit code though the disk fills up, and the log says that it is cut', onFillingDisk],
];

if (isRoot) {
  describe.each(PRESENT)('on a host whose sh is %s and with disks of its own, runs are', (shell) => {
    let host: TestHost;

    beforeEach(() => {
      host = new TestHost({ shell });
    });
    afterEach(() => {
      for (const pid of host.processes()) endProcess(pid);
      execFileSync('umount', ['--lazy', host.home]);
      host.remove();
    });

    it.each(CASES)('%s', (_, work) => work(host));
  });

  describe('a folder in /var/tmp', () => {
    it('that belongs to somebody else is not used', async () => {
      // Another user than the one whose runs this machine may have.
      const nobody = 65534;
      const taken = `/var/tmp/gantry-${nobody}`;
      const host = new TestHost({ env: { HOME: '/no/such/folder' } });
      try {
        mkdirSync(taken);
        const become = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

        const refused = runToEnd({ transport: host.transport, become }, runOf('spare', 'true'));
        await expect(refused).rejects.toMatchObject({
          problem: 'folder',
          message: expect.stringContaining(`${taken} belongs to somebody else`),
        });
        rmSync(taken, { recursive: true });
        symlinkSync(SPARE, taken);
        await expect(runToEnd({ transport: host.transport, become }, runOf('spare', 'true'))).rejects.toMatchObject({
          problem: 'folder',
        });
        rmSync(taken);
        mkdirSync(taken);
        chownSync(taken, nobody, nobody);
        const { state } = await runToEnd({ transport: host.transport, become }, runOf('spare', 'exit 3'));
        expect(state).toEqual(ended(3));
      } finally {
        rmSync(taken, { recursive: true, force: true });
        host.remove();
      }
    });
  });
} else {
  it(`leaves out, because only root may mount: runs are ${CASES.map(([name]) => name).join('; ')}`, () =>
    expect(isRoot).toBe(false));
}

async function inNoexecHome(host: TestHost): Promise<void> {
  mount(host, 'noexec');

  expect((await runToEnd(host, runOf('noexec', 'exit 3'))).state).toEqual(ended(3));
  expect(existsSync(join(host.run('noexec'), 'end'))).toBe(true);
}

async function inReadOnlyHome(host: TestHost): Promise<void> {
  mount(host, 'ro');
  const id = ids();

  const { state, log } = await runToEnd(host, runOf(id, 'pwd; exit 3'));

  expect(state).toEqual(ended(3));
  expect(log.text).toBe(`${host.home}\n`);
  expect(existsSync(join(SPARE, id, 'end'))).toBe(true);
  rmSync(join(SPARE, id), { recursive: true });
}

async function onFullDisk(host: TestHost): Promise<void> {
  mount(host, 'size=1m');
  fill(host);
  const run = runOf('full', `echo x >> ${host.folder}/full; exit 3`);

  await expect(runToEnd(host, run)).rejects.toMatchObject({ problem: 'full' });
  expect((await poll(host, 'full', new KeptLog().follow())).state.kind).toMatch(/^(none|staged)$/);
  expect(existsSync(join(host.folder, 'full'))).toBe(false);

  rmSync(join(host.home, 'filler'));
  expect((await runToEnd(host, run)).state).toEqual(ended(3));
  expect(readFileSync(join(host.folder, 'full'), 'utf8')).toBe('x\n');
}

async function onFillingDisk(host: TestHost): Promise<void> {
  mount(host, 'size=1m');
  const script = `while [ ! -e ${host.folder}/go ]; do sleep 0.05; done; dd if=/dev/zero bs=100000 count=30; echo x >> ${host.folder}/done; exit 5`;
  const log = new KeptLog();
  await start(host, runOf('filling', script), log.follow({ seconds: 0 }));
  await eventually('it has begun', () => existsSync(join(host.run('filling'), 'pid')), { isWanted: Boolean });
  fill(host);
  writeFileSync(join(host.folder, 'go'), '');

  const { state } = await runToEnd(host, runOf('filling', script), log);

  expect(state).toEqual(ended(5, { isCut: true }));
  expect(readFileSync(join(host.folder, 'done'), 'utf8')).toBe('x\n');
}

function mount({ home }: TestHost, options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'gantry-test', home]);
}

/** Takes all that is left of the home's disk. */
function fill({ home }: TestHost): void {
  expect(() => execFileSync('dd', ['if=/dev/zero', `of=${home}/filler`, 'bs=4096'], { stdio: 'pipe' })).toThrow(
    /No space left/,
  );
}
