import { RefusedError } from '../client';
import type { Complaint } from '../tally';
import type { House } from './house';
import type { HostileCase } from './load';
import { CaseTask } from './tasks';
import { treeOf } from './trees';
import { judgeMessage } from './verdict';

const FAILS_WITHIN_MS = 30_000;
/** What an API says that did not know what to do: no refusal. */
const FAULT = /internal error, request_id/;

/** Creates and starts the task of a case, and judges how its node ends. Whatever becomes of it, it is over then. */
export async function checkTask(house: House, testCase: HostileCase, answerUrl: string): Promise<Complaint> {
  const { tree, culprit } = treeOf(testCase, answerUrl);
  const mayBeRefused = testCase.kind === 'constants';
  let task: CaseTask;
  try {
    task = await CaseTask.create(house.client, house.projectId, testCase.name.slice(0, 100), tree);
  } catch (error) {
    if (mayBeRefused && error instanceof RefusedError && !FAULT.test(error.message)) return undefined;
    throw error;
  }
  const nodeId = Object.keys(task.tree[culprit])[0]!;
  try {
    // Looking at what was not reached renders it; what it answers is not the case's matter, only what it costs.
    await task.look(nodeId).catch(() => {});
    await task.start();
    const resting = await task.untilResting(FAILS_WITHIN_MS);
    const state = await task.nodeState(nodeId);
    if (state !== 'FAILED') {
      return `the node is ${state ?? 'not reached'} and its task ${resting} after ${FAILS_WITHIN_MS / 1000} s at most`;
    }
    return mayBeRefused ? undefined : judgeMessage(await task.failureOf(nodeId), testCase);
  } finally {
    await house.terminate(task.id);
  }
}
