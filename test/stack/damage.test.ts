import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { openHome } from '../../stack/home';
import { isAlive, type ProcessIdentity, startTimeOf } from '../../stack/identity';
import { serversOn } from '../../stack/servers';
import { eventually } from '../support/eventually';
import { aliveOf, discardHome, freePort, newHome, recordOf, STACK_PATIENCE, type Started, startStack } from './helper';

const LOOK_EVERY_MS = 50;

type Processes = Record<string, ProcessIdentity>;

/** What happens to the files of a home while nobody supervises its stack; the stranger's pid may get into them. */
interface Damage {
  what: string;
  /** Whether the servers are gone too. */
  gone?: boolean;
  /** Whether the worker hangs and does not notice that its supervisor is gone. */
  hung?: boolean;
  harm(home: string, before: Processes, stranger: ProcessIdentity): void;
}

const inFile =
  (name: string, text: string): Damage['harm'] =>
  (home) =>
    fs.writeFileSync(path.join(home, name), text);
const change =
  (edit: (record: { bootId: string; processes: Processes }, stranger: ProcessIdentity) => object): Damage['harm'] =>
  (home, _before, stranger) => {
    const file = path.join(home, 'stack.json');
    fs.writeFileSync(file, JSON.stringify(edit(JSON.parse(fs.readFileSync(file, 'utf8')), stranger)));
  };
const remove = (home: string, ...names: string[]) => {
  for (const name of names) fs.rmSync(path.join(home, name), { recursive: true, force: true });
};

const DAMAGES: Damage[] = [
  { what: 'stack.json is missing', hung: true, harm: (home) => remove(home, 'stack.json') },
  { what: 'stack.json is empty', harm: inFile('stack.json', '') },
  {
    what: 'stack.json ends in the middle',
    harm: (home) => fs.truncateSync(path.join(home, 'stack.json'), 200),
  },
  {
    what: 'stack.json has wrong types',
    harm: change((record) => ({ ...record, addresses: 7, ports: { postgres: 1e9, temporal: 'x' }, processes: [1, 2] })),
  },
  {
    what: 'stack.json names strangers',
    harm: change((record, stranger) => ({
      ...record,
      processes: { temporal: { ...stranger, startTime: '1' }, postgres: { pid: stranger.pid, startTime: 7 } },
    })),
  },
  {
    what: 'stack.json is of another boot',
    harm: change((record, stranger) => ({ ...record, bootId: 'another', processes: { temporal: stranger } })),
  },
  {
    what: 'stack.json, the pid files and the lock are all gone',
    harm: (home) => remove(home, 'stack.json', 'run', 'lock'),
  },
  {
    what: 'postmaster.pid is empty, and all else is gone',
    harm: (home) => {
      remove(home, 'stack.json', 'run', 'lock');
      inFile('postgres/data/postmaster.pid', '')(home, {}, { pid: 0, startTime: '' });
    },
  },
  {
    what: 'stack.json is missing, and pid files name strangers',
    gone: true,
    harm: (home, before, stranger) => {
      remove(home, 'stack.json');
      for (const name of Object.keys(before)) {
        const file = path.join(home, 'run', `${name}.pid`);
        fs.writeFileSync(file, JSON.stringify({ pid: stranger.pid, startTime: '1', bootId: '' }));
      }
    },
  },
  {
    what: 'stack.json names processes that are gone, and postmaster.pid a stranger',
    gone: true,
    harm: (home, _before, stranger) => {
      const file = path.join(home, 'postgres/data/postmaster.pid');
      const [, ...rest] = fs.readFileSync(file, 'utf8').split('\n');
      fs.writeFileSync(file, [stranger.pid, ...rest].join('\n'));
    },
  },
  { what: 'stack.json is half of one', gone: true, harm: inFile('stack.json', '{"state":"ready","proc') },
];

describe('a start after the supervisor was killed', () => {
  const home = newHome();
  let port: number;
  let stack: Started;
  let stranger: ChildProcess;

  beforeAll(async () => {
    port = await freePort();
    stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    stack = startStack(home, port);
    await stack.printed('serving; Ctrl-C');
  }, 120_000);

  afterAll(async () => {
    stranger.kill('SIGKILL');
    stack?.child.kill('SIGTERM');
    await stack?.exited();
    discardHome(home);
  });

  /** How many servers were seen at once on Temporal's file until now. */
  function watchServers() {
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, serversOn(openHome(home)).filter(({ name }) => name === 'temporal').length);
    }, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      return most;
    };
  }

  const killSupervisor = async (processes: Processes) => {
    process.kill(processes.supervisor!.pid, 'SIGKILL');
    await stack.exited();
  };

  it.each(DAMAGES)(
    'ends what is left and serves when $what',
    async ({ gone = false, hung = false, harm }) => {
      const { processes } = recordOf(home);
      const { supervisor: _, ...others } = processes;
      if (hung) process.kill(processes.worker!.pid, 'SIGSTOP');
      await killSupervisor(processes);
      if (gone) {
        for (const { pid } of Object.values(others)) if (startTimeOf(pid)) process.kill(pid, 'SIGKILL');
        await eventually('all are gone', () => aliveOf(processes).length === 0, STACK_PATIENCE);
      } else {
        expect(aliveOf(processes)).toEqual(
          expect.arrayContaining(['postgres', 'temporal', ...(hung ? ['worker'] : [])]),
        );
      }
      harm(home, processes, { pid: stranger.pid!, startTime: startTimeOf(stranger.pid!)! });
      const mostServers = watchServers();

      stack = startStack(home, port);
      await stack.printed('serving; Ctrl-C');

      expect(mostServers()).toBe(1);
      expect(aliveOf(processes)).toEqual([]);
      expect(stack.output().includes('ending what an earlier start left behind')).toBe(!gone);
      expect(startTimeOf(stranger.pid!)).toBeDefined();
      expect(aliveOf(recordOf(home).processes).sort()).toEqual(['api', 'postgres', 'supervisor', 'temporal', 'worker']);
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    },
    120_000,
  );

  it('says what is wrong when stack.json cannot be written, and starts when that is mended', async () => {
    const { processes } = recordOf(home);
    await killSupervisor(processes);
    const file = path.join(home, 'stack.json');
    fs.rmSync(file);
    fs.mkdirSync(file);

    stack = startStack(home, port);
    expect(await stack.exited()).toBe(1);
    expect(stack.output()).toContain(`${file} cannot be written`);

    fs.rmdirSync(file);
    stack = startStack(home, port);
    await stack.printed('serving; Ctrl-C');
    expect(aliveOf(processes)).toEqual([]);
  }, 120_000);

  it('is refused while the supervisor lives, also when neither stack.json nor the lock says so', async () => {
    const { supervisor } = recordOf(home).processes;
    remove(home, 'stack.json', 'lock');

    const second = startStack(home, await freePort());

    expect(await second.exited()).toBe(1);
    expect(second.output()).toContain(`pid ${supervisor!.pid}`);
    expect(isAlive(supervisor!)).toBe(true);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  });
});
