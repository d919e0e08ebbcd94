import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GantryClient } from '../client';
import { openHome, readCredentials } from '../stack/home';
import { runStack } from '../stack/lifecycle';
import { pickPorts } from '../stack/ports';
import { removeHome } from '../stack/postgres-user';
import { bootServices } from '../start';
import { type Complaint, checkCondition, checkTemplate, checkTree } from './functions';
import { loadCases } from './load';
import { type Caller, checkPipeline } from './pipelines';

/** Most cases wait for timers: several at once are done sooner. */
const PIPELINES_AT_ONCE = 6;

/**
 * `gantry cases DIR`: conditions, templates and trees through the functions that the API uses, pipelines through the
 * HTTP API of a stack of its own. Prints a line a failing case, and `N passed, N failed` as the last one.
 *
 * @returns 0 when every case passes
 */
export async function runCases(folder: string): Promise<number> {
  const cases = loadCases(folder);
  const tally = new Tally();
  for (const one of cases.conditions) await tally.add(`boolrule ${one.expr}`, () => checkCondition(one));
  for (const one of cases.templates)
    await tally.add(`template ${JSON.stringify(one.template)}`, () => checkTemplate(one));
  for (const one of cases.trees) await tally.add(`validator ${one.name}`, () => checkTree(one));
  if (cases.pipelines.length === 0) return tally.close();
  const home = openHome(fs.mkdtempSync(path.join(os.tmpdir(), 'gantry-cases-')));
  try {
    const { api: apiPort } = await pickPorts(['api'], {});
    return await runStack(home, async (boot, onReady) => {
      const { url } = await bootServices(boot, apiPort);
      onReady();
      const client = new GantryClient({ url, credentials: readCredentials(home.credentialsFile)! });
      const caller: Caller = {
        post: (endpoint, body) => client.call('POST', endpoint, body),
        get: (endpoint) => client.call('GET', endpoint),
      };
      const queue = [...cases.pipelines];
      const work = async () => {
        for (let one = queue.shift(); one; one = queue.shift()) {
          const testCase = one;
          await tally.add(`pipeline ${testCase.name}`, () => checkPipeline(caller, testCase));
        }
      };
      await Promise.all(Array.from({ length: PIPELINES_AT_ONCE }, work));
      return tally.close();
    });
  } finally {
    removeHome(home);
  }
}

/** Counts cases and prints those that fail. */
class Tally {
  #passed = 0;
  #failed = 0;

  async add(name: string, check: () => Complaint | Promise<Complaint>): Promise<void> {
    let complaint: Complaint;
    try {
      complaint = await check();
    } catch (error) {
      complaint = `cannot be run: ${(error as Error).message}`;
    }
    if (complaint === undefined) this.#passed += 1;
    else {
      this.#failed += 1;
      process.stdout.write(`FAILED ${name}: ${complaint.replaceAll('\n', ' ')}\n`);
    }
  }

  /** The exit code. The last line comes when the stack is down, so that it is the last. */
  close(): number {
    process.once('exit', () => process.stdout.write(`${this.#passed} passed, ${this.#failed} failed\n`));
    return this.#failed === 0 ? 0 : 1;
  }
}
