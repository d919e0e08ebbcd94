import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase } from '../support/database';
import { temporal } from '../support/temporal';

/** Made by the build that `npm test` begins with. */
const MAIN = join(__dirname, '../../dist/bench/faults/main.js');
const TASKS = 18;

/** `npm run faults` in short, on the suite's own servers. */
describe('a SIGKILL, with tasks in flight on two workers and two API processes,', () => {
  it.each(['worker', 'api'])(
    'of a process of kind %s loses nothing, does nothing twice and leaves nothing running',
    async (fault) => {
      const database = await createDatabase();
      const folder = mkdtempSync(join(tmpdir(), 'gantry-faults-'));
      const file = join(folder, 'report.json');
      try {
        const env = { ...process.env, DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal().address };
        const args = [MAIN, fault, '--rounds', '1', '--tasks', String(TASKS), '--json', file];
        // It exits with 1 when anything was lost, and the report says what.
        await promisify(execFile)(process.execPath, args, { env }).catch((error) => {
          if (!existsSync(file)) throw error;
        });

        const { faults } = JSON.parse(readFileSync(file, 'utf8'));

        const nothing = { lost: 0, doubled: 0, stuck: 0, leaked: 0, problems: [] };
        expect(faults).toEqual([expect.objectContaining({ fault, rounds: 1, tasks: TASKS, ...nothing })]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
        await database.drop();
      }
    },
    180_000,
  );
});
