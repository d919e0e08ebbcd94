import fs from 'node:fs';
import { GantryClient } from './client';
import { DEMO_PROJECT_ID } from './example';
import { drawProgress } from './progress';
import { openHome, readCredentials } from './stack/home';
import { say } from './stack/output';
import { readRecord } from './stack/record';

/**
 * `gantry run FILE`: creates and starts the task of a fast_create_task request on the stack of GANTRY_HOME, and draws it.
 *
 * @returns 0 when the task FINISHED, 1 otherwise
 */
export async function runFile(file: string): Promise<number> {
  const home = openHome();
  const record = readRecord(home.stackFile);
  const credentials = readCredentials(home.credentialsFile);
  if (record.state !== 'ready' || !record.addresses.api || !credentials) {
    throw new Error(`No stack runs on ${home.folder}. Start one with npm start, or set GANTRY_HOME.`);
  }
  const request = readRequest(file);
  const client = new GantryClient({ url: record.addresses.api, credentials });
  const task = await client.fastCreateTask(request, DEMO_PROJECT_ID);
  say(`task ${task.task_id} created, starting it`);
  await client.startTask(task.task_id, DEMO_PROJECT_ID);
  const state = await drawProgress({
    poll: () => client.getTaskStatus(task.task_id, DEMO_PROJECT_ID),
    tree: task.pipeline_tree,
  });
  say(`task ${task.task_id} ${state}`);
  return state === 'FINISHED' ? 0 : 1;
}

function readRequest(file: string): object {
  const text = fs.readFileSync(file, 'utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(`${file} is not a request`);
}
