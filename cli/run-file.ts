import { openHome, readCredentials } from '../stack/home';
import { say } from '../stack/output';
import { readRecord } from '../stack/record';
import { GantryClient } from './client';
import { DEMO_PROJECT_ID } from './example';
import { drawProgress } from './progress';
import { readRunRequest } from './run-request';

/**
 * `gantry run FILE [--set key=value]`: creates and starts the task of a pipeline_tree on the stack of GANTRY_HOME, and
 * draws it.
 *
 * @param settings values of the tree's constants, by bare name
 * @returns 0 when the task FINISHED, 1 otherwise
 */
export async function runFile(file: string, settings: Record<string, string>): Promise<number> {
  const home = openHome();
  const record = readRecord(home.stackFile);
  const credentials = readCredentials(home.credentialsFile);
  if (record.state !== 'ready' || !record.addresses.api || !credentials) {
    throw new Error(`No stack runs on ${home.folder}. Start one with npm start, or set GANTRY_HOME.`);
  }
  const request = readRunRequest(file, settings);
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
