import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import pino from 'pino';
import { connectServices } from '../../tasks/services';
import { createDatabase, createEmptyDatabase } from '../support/database';
import { filesOf, ROOMS, ROOT } from '../support/rooms';

const NOBODY = { address: '127.0.0.1:1', namespace: 'default' };
const setup = { server: NOBODY, log: pino({ level: 'silent' }), baseUrl: 'http://gantry.test' };

describe('what a process works with', () => {
  it('is there before the Temporal server is', async () => {
    const { url, drop } = await createDatabase();

    const { services, installation, server, close } = await connectServices({ ...setup, database: { url } });

    expect(installation.name).toMatch(/^test_/);
    expect(server).toBe(NOBODY);
    expect(services.baseUrl).toBe('http://gantry.test');
    expect(await services.pipelines.isReachable()).toBe(false);
    await close();
    await drop();
  });

  it('is refused on a database that has not our schema', async () => {
    const { url, drop } = await createEmptyDatabase();

    await expect(connectServices({ ...setup, database: { url } })).rejects.toThrow('run `gantry migrate` first');

    await drop();
  });

  it('is put together in one place', () => {
    const places = ROOMS.flatMap((room) => filesOf(join(ROOT, room)))
      .filter((file) => /new (Schedules|Alarms)\(/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(ROOT, file));

    expect(places).toEqual([join('tasks', 'services.ts')]);
  });
});
