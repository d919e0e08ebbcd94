import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIST } from '../support/broken-protocol';
import { createDatabase } from '../support/database';
import { temporal } from '../support/temporal';
import { onMachines } from './support';

const ROUNDS = 3;

/** `npm run faults -- hosts` in short, on the suite's own servers. */
onMachines('a stack that works on ten real hosts', 'namespaces', () => {
  it(`runs every script once and keeps every log whole, for ${ROUNDS} rounds of killed workers and API processes, reboots, cut links, killed supervisors, stops and retries`, async () => {
    const database = await createDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'gantry-faults-'));
    const file = join(folder, 'report.json');
    try {
      const env = { ...process.env, DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal().address };
      const args = [join(DIST, 'bench/faults/main.js'), 'hosts', '--rounds', String(ROUNDS), '--json', file];
      // It exits with 1 when anything is wrong, and the report says what.
      await promisify(execFile)(process.execPath, args, { env }).catch((error) => {
        if (!existsSync(file)) throw error;
      });

      const { hosts } = JSON.parse(readFileSync(file, 'utf8'));

      expect(hosts).toMatchObject({ rounds: ROUNDS, problems: [], wrong: {} });
      // Tasks were hit: without these nothing would have been tried.
      expect(hosts.runs).toMatchObject({
        ok: expect.any(Number),
        failed: expect.any(Number),
        cancelled: expect.any(Number),
        lost: expect.any(Number),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await database.drop();
    }
  }, 300_000);
});
