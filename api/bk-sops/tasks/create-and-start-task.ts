import { GantryError } from '../../../base/error';
import { findTask } from '../../../db/tasks';
import { startTask } from '../../../tasks/start';
import { type Call, defineEndpoint } from '../endpoint';
import { createdTask, createFromTemplate, describeCreated, templateTaskInput } from './from-template';

/**
 * Creates a task from a template and starts it (bk-sops §7.2). A request that is repeated with its `Idempotency-Key`
 * answers the same task, and starts it only if the first one did not come to that.
 */
export const createAndStartTask = defineEndpoint({
  name: 'create_and_start_task',
  method: 'post',
  path: ['template_id', 'bk_biz_id'],
  needs: 'operator',
  summary: 'Create a task from a template and start it; with an Idempotency-Key header, once',
  input: templateTaskInput,
  // Upstream spells it so.
  refusal: 'task parmas is invalid',
  data: createdTask,
  async run(call, input) {
    const created = await createFromTemplate(call, 'create_and_start_task', input);
    // Somebody has to claim it first.
    if (input.flow_type === 'common') await startUnlessStarted(call, created.id);
    return { data: describeCreated(call, created, input.flow_type) };
  },
});

async function startUnlessStarted({ services, project, actor }: Call, taskId: number): Promise<void> {
  const isWaiting = async () => {
    const task = await findTask(services.db, project.id, taskId);
    return task?.phase === 'created' ? task : undefined;
  };
  const task = await isWaiting();
  if (!task) return;
  try {
    await startTask(services, task, project, { actor, isPaused: false });
  } catch (error) {
    // The same request came twice at the same moment, and the other one was faster.
    if (error instanceof GantryError && error.kind === 'wrong_state' && !(await isWaiting())) return;
    throw error;
  }
}
