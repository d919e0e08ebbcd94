import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bootDatabase, bootTemporal } from './backends';
import { openHome } from './home';
import { runStack } from './lifecycle';
import { pickPorts } from './ports';
import { removeHome } from './postgres-user';
import { findTemporal } from './temporal-binary';

const CLONE = path.resolve(__dirname, '..', '..');

/**
 * `npm test`: runs Jest against a Postgres and a Temporal of its own, in a throw-away home.
 *
 * @param jestArgs passed on, e.g. a path to filter by
 * @returns Jest's exit code
 */
export async function testRun(jestArgs: string[]): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-test-'));
  const home = openHome(folder);
  // Nobody listens there: the suite has no API of this stack, but the server wants a codec address.
  const { api: apiPort } = await pickPorts(['api'], {});
  let jest: ReturnType<typeof spawn> | undefined;
  try {
    // Never "ready": an interrupted suite has not passed, and says so by its exit code.
    return await runStack(home, async (boot) => {
      const [database, temporal] = await Promise.all([
        bootDatabase(boot, { durability: 'throwAway' }),
        bootTemporal(boot, { apiPort }),
      ]);
      boot.signal.throwIfAborted();
      jest = spawn(process.execPath, [path.join(CLONE, 'node_modules', 'jest', 'bin', 'jest.js'), ...jestArgs], {
        cwd: CLONE,
        stdio: 'inherit',
        env: {
          ...process.env,
          GANTRY_TEST_DATABASE_URL: database.adminUrl,
          GANTRY_TEST_WORKFLOW_BUNDLE: path.join(CLONE, 'dist', 'workflow-bundle.js'),
          GANTRY_TEST_TEMPORAL: await findTemporal(boot.table, boot.signal),
          TEMPORAL_ADDRESS: temporal.address,
          TEMPORAL_NAMESPACE: temporal.namespace,
        },
      });
      boot.signal.addEventListener('abort', () => jest?.kill('SIGTERM'));
      return exitCodeOf(jest);
    });
  } finally {
    removeHome(home);
  }
}

function exitCodeOf(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
