import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Home, openHome } from '../../stack/home';
import { ProcessTable } from '../../stack/processes';
import { emptyRecord, StackFile } from '../../stack/record';
import { keepRunning } from '../../stack/supervise';
import { eventually } from '../support/eventually';
import { STACK_PATIENCE } from './helper';

const LIVES = ['-e', 'setInterval(() => {}, 1000)'];

describe('a process that is kept running', () => {
  let home: Home;
  let table: ProcessTable;
  let said: string[];

  beforeEach(() => {
    home = openHome(fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-supervise-')));
    table = new ProcessTable(home, new StackFile(home.stackFile, emptyRecord()));
    said = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    table.close();
    await Promise.all(table.names().map((name) => table.stop(name, [{ signal: 'SIGKILL', waitMs: 1_000 }])));
    fs.rmSync(home.folder, { recursive: true, force: true });
  });

  const waits = (name: string) =>
    said.flatMap((line) => line.match(`${name} .*starting it again in (\\d+) s`)?.slice(1) ?? []).map(Number);

  /** Starts it, and has it die so often, each time when it runs again. */
  async function die(name: string, deaths: number, start = () => table.start(name, process.execPath, LIVES)) {
    let running = await start();
    keepRunning(table, running, async () => {
      running = await start();
      return running;
    });
    for (let death = 1; death <= deaths; death++) {
      const { pid } = running;
      process.kill(pid, 'SIGKILL');
      await eventually(`${name} runs again`, () => running.pid !== pid, STACK_PATIENCE);
    }
  }

  it('is waited for longer each time that it dies of itself', async () => {
    table.backends.add('postgres', async () => {});

    await die('api', 3);

    expect(waits('api')).toEqual([1, 2, 4]);
  });

  it('is not waited for longer when a backend was away, and is started when that is back', async () => {
    let isUp = true;
    table.backends.add('postgres', async () => {
      if (!isUp) throw new Error('away');
    });
    let startedWhileAway = 0;
    const start = () => {
      if (!isUp) startedWhileAway += 1;
      return table.start('api', process.execPath, LIVES);
    };
    let running = await start();
    keepRunning(table, running, async () => {
      running = await start();
      return running;
    });

    for (let death = 1; death <= 3; death++) {
      const { pid } = running;
      isUp = false;
      process.kill(pid, 'SIGKILL');
      await eventually('that was said', () => waits('api').length === death, STACK_PATIENCE);
      setTimeout(() => {
        isUp = true;
      }, 1_500);
      await eventually('api runs again', () => running.pid !== pid, STACK_PATIENCE);
    }

    expect(waits('api')).toEqual([1, 1, 1]);
    expect(said.filter((line) => line.includes('postgres was away'))).toHaveLength(3);
    expect(startedWhileAway).toBe(0);
  });

  it('is not waited for longer after the process of a backend died, though that is back by then', async () => {
    const backend = await table.start('postgres', process.execPath, LIVES);
    const again = () => table.start('postgres', process.execPath, LIVES);
    keepRunning(table, backend, again, { probe: async () => {} });
    process.kill(backend.pid, 'SIGKILL');
    await eventually(
      'the backend runs again',
      () => said.some((line) => line.includes('postgres runs again')),
      STACK_PATIENCE,
    );

    await die('worker', 3);

    expect(waits('worker')).toEqual([1, 1, 1]);
    expect(waits('postgres')).toEqual([1]);
  });

  it('is not waited for longer when it cannot start without a backend', async () => {
    let tries = 0;
    table.backends.add('temporal', async () => {
      if (tries < 3) throw new Error('away');
    });
    const running = await table.start('worker', process.execPath, LIVES);
    keepRunning(table, running, async () => {
      tries += 1;
      if (tries < 3) throw new Error('cannot connect');
      return table.start('worker', process.execPath, LIVES);
    });
    jest.spyOn(table.backends, 'untilBack').mockResolvedValue();

    process.kill(running.pid, 'SIGKILL');
    await eventually(
      'worker runs again',
      () => said.some((line) => line.includes('worker runs again')),
      STACK_PATIENCE,
    );

    expect(waits('worker')).toEqual([1, 1, 1]);
  });
});
