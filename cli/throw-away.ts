import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Boot } from '../stack/backends';
import { openHome } from '../stack/home';
import { runStack } from '../stack/lifecycle';
import { pickPorts } from '../stack/ports';
import { removeHome } from '../stack/postgres-user';
import { bootServices, type Services } from './start';

/**
 * Boots a stack on a home of its own, uses it, stops it and removes the home.
 *
 * @param purpose a word in the name of the temporary folder
 * @param use returns the exit code
 * @param env settings of worker and API besides those of this process
 */
export async function withThrowAwayStack(
  purpose: string,
  use: (services: Services, boot: Boot) => Promise<number>,
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const home = openHome(fs.mkdtempSync(path.join(os.tmpdir(), `gantry-${purpose}-`)));
  try {
    const { api: apiPort } = await pickPorts(['api'], {});
    return await runStack(home, async (boot, onReady) => {
      const services = await bootServices(boot, apiPort, env);
      onReady();
      return use(services, boot);
    });
  } finally {
    removeHome(home);
  }
}
