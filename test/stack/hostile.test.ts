import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase } from '../support/database';
import { temporal } from '../support/temporal';

/** Made by the build that `npm test` begins with. */
const MAIN = join(__dirname, '../../dist/cli/main.js');

/** `npm run hostile` on the suite's own servers. */
describe('the command that sends hostile inputs', () => {
  it('tells a case that is held off from one that is not', async () => {
    const database = await createDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'gantry-hostile-'));
    try {
      const cases = [
        {
          name: 'two variables in a circle',
          kind: 'constants',
          text: '<${a}>',
          constants: { '${a}': '${b}', '${b}': '${a}' },
        },
        { name: 'innocent', kind: 'expression', text: '${1 + 1}' },
      ];
      writeFileSync(join(folder, 'hostile.json'), JSON.stringify(cases));
      const env = { ...process.env, DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal().address };

      const run = await promisify(execFile)(process.execPath, [MAIN, 'hostile', folder], { env }).catch(
        (error) => error,
      );

      const lines: string[] = run.stdout.trim().split('\n');
      expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([
        expect.stringMatching(/^FAILED expression innocent: the node is FINISHED/),
      ]);
      expect(lines.at(-2)).toMatch(/^healthz: p99 \d+ ms \(aim: 250 ms\), worst \d+ ms, \d+ answers$/);
      expect(lines.at(-1)).toBe('1 passed, 1 failed');
      expect(run.code).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await database.drop();
    }
  }, 180_000);
});
